import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { daemonOptions } from "../../../src/daemon/daemon-options.ts";
import { makePlaces } from "../../../src/daemon/make-places.ts";

const folder = mkdtempSync(join(tmpdir(), "svc-places-"));
writeFileSync(join(folder, "file"), "");
afterAll(() => rmSync(folder, { recursive: true }));

const usual = ["--state-dir", `${folder}/state`, "--log-dir", `${folder}/logs`, "--socket", `${folder}/run/svc.sock`];

test("a variable that is empty is as one that is not set", () => {
  const places = daemonOptions([], { SVC_UNITS: "", SVC_DEFAULT_DIR: "", SVC_WWW_DIR: "", SVC_SOCKET: "" });
  expect(places).toEqual(daemonOptions([], {}));
  expect(daemonOptions([], { SVC_UNITS: "/a" }).units).toBe("/a");
});

test("an option that names no path is refused", () => {
  expect(() => daemonOptions(["--units", ""], {})).toThrow("--units names no path");
});

test("the folders that are written to are made", async () => {
  await makePlaces(daemonOptions(usual, {}));
  expect(["state", "logs", "run"].map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([
    0o700, 0o750, 0o755,
  ]);
});

test.each([
  [["--state-dir", `${folder}/file/x`], /^there can be no folder of svc at .*file\/x: ENOTDIR/, "--state-dir"],
  [["--state-dir", `${folder}/file`], /^there can be no folder of svc at .*file: EEXIST/, "--state-dir"],
  [["--log-dir", `${folder}/file/x`], /^there can be no folder of svc at .*file\/x: ENOTDIR/, "--log-dir"],
  [["--socket", `${folder}/file/x/svc.sock`], /^there can be no folder of svc at .*file\/x: ENOTDIR/, "--socket"],
  [["--socket", `/tmp/${"x".repeat(103)}`], /^the path of a socket has 107 bytes at most, this one 108: /, "--socket"],
  [
    ["--state-dir", `/tmp/${"x".repeat(92)}`],
    /^the path of a socket has 107 bytes at most, this one 108: /,
    "--front-socket",
  ],
])("%j is told as a mistake, with what to do", async (args, message, option) => {
  const options = daemonOptions([...usual, ...args], {});
  await expect(makePlaces(options)).rejects.toMatchObject({
    code: "usage",
    message: expect.stringMatching(message),
    hint: expect.stringContaining(option),
  });
});
