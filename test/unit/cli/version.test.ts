import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { program } from "../../support/program.ts";
import { run } from "../../support/real-engine.ts";

test("svc --version needs no daemon, and asks none", async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../../package.json"), "utf8"));
  expect(await run(program, ["--version"])).toEqual({ code: 0, stdout: `svc ${version}\n`, stderr: "" });
});
