import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Handlers } from "../../../src/control/server.ts";
import { withDocumentedCodes } from "../../../src/daemon/handlers/documented-codes.ts";
import { EngineError } from "../../../src/engine/engine.ts";
import { SvcError } from "../../../src/svc-error.ts";

const asked = (work: () => Promise<unknown>): Promise<unknown> =>
  withDocumentedCodes({ unlock: work } as unknown as Handlers).unlock({ app: "web" }, {} as never);

test("an engine that hangs, or refuses, and a disk that is full have their codes; a mistake of svc stays one", async () => {
  const engine = (kind: "timeout" | "refused") => () => Promise.reject(new EngineError(kind, "so it says"));
  await expect(asked(engine("timeout"))).rejects.toMatchObject({
    code: "engine-away",
    exitCode: 5,
    message: "so it says",
  });
  await expect(asked(engine("refused"))).rejects.toMatchObject({ code: "engine-refused", exitCode: 1 });
  await expect(asked(() => writeFile("/dev/full", "x"))).rejects.toMatchObject({ code: "not-saved", exitCode: 1 });
  const known = new SvcError("usage", "so it is");
  await expect(asked(() => Promise.reject(known))).rejects.toBe(known);
  const mistake = new TypeError("nobody thought of this");
  await expect(asked(() => Promise.reject(mistake))).rejects.toBe(mistake);
  expect(await asked(async () => "done")).toBe("done");
});
