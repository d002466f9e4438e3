import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { program } from "../../support/program.ts";
import { type Ran, run } from "../../support/real-engine.ts";

/** What docker-runner says about mistakes, whole. */
const folder = mkdtempSync(join(tmpdir(), "svc-words-"));
afterAll(() => rmSync(folder, { recursive: true }));

mkdirSync(join(folder, "units"));
mkdirSync(join(folder, "default"));
writeFileSync(join(folder, "units/site.yml"), "image: site:1\n");
writeFileSync(join(folder, "units/wrong.yml"), "image: a:1\nlinsk: [site]\nstop_grace_period: soon\n");
writeFileSync(join(folder, "default/bad"), "IMAGE=bad:1\nPASSWORD=$(secret)\n");

function runner(...args: string[]): Promise<Ran> {
  const env = {
    SVC_UNITS: join(folder, "units"),
    SVC_DEFAULT_DIR: join(folder, "default"),
    SVC_WWW_DIR: join(folder, "www"),
    DOCKER_HOST: "unix:///nowhere/docker.sock",
  };
  return run(program, ["run", ...args], { env });
}

test.each([
  [["stie", "x"], `there is no unit stie and no FOLDER/default/stie\nhint: did you mean site?\n`],
  [[], "no app is named\nhint: docker-runner APP ARGS…; docker-runner --help\n"],
  [["--foo", "site"], "unknown option --foo\nhint: options of the task stand after APP; docker-runner --help\n"],
  [
    ["--units", "/nowhere/units", "site"],
    "there is no folder of unit files at /nowhere/units\nhint: name another with --units, or make it: mkdir -p /nowhere/units\n",
  ],
  [["--print=false", "site"], "--print takes no value\nhint: write --print, or leave it out\n"],
  [["-v=", "site"], "-v takes no value\nhint: write -v, or leave it out\n"],
  [["--tag"], "--tag needs a value\nhint: docker-runner --help\n"],
  [
    ["wrong", "x"],
    `there are mistakes in the files of wrong
FOLDER/units/wrong.yml:2:1  error: unknown key "linsk"    hint: did you mean "links"?
  2 | linsk: [site]
    | ^^^^^
FOLDER/units/wrong.yml:3:20  error: stop_grace_period: "soon" is not a time such as 10s, 1m30s or 500ms; a bare number is seconds    hint: svc help unit stop_grace_period
  3 | stop_grace_period: soon
    |                    ^^^^
`,
  ],
  [
    ["bad", "x"],
    `there are mistakes in the files of bad
FOLDER/default/bad:2:10  error: this is a command, and nothing here is executed    hint: write its result, or quote it with '…'
  2 | PASSWORD=…
    |          ^
`,
  ],
  [
    ["site", "x"],
    "no engine answers at /nowhere/docker.sock (ENOENT)\nhint: docker info says how it is; sudo usermod -aG docker NAME lets a user use it\n",
  ],
])("docker-runner %j", async (args, words) => {
  const stderr = `docker-runner: ${words}`.replaceAll("FOLDER", folder);
  expect(await runner(...args)).toEqual({ code: 125, stdout: "", stderr });
});

test("an engine whose host is not known: no task was begun, and DOCKER_HOST is what is to be mended", async () => {
  const env = {
    SVC_UNITS: join(folder, "units"),
    SVC_DEFAULT_DIR: join(folder, "default"),
    DOCKER_HOST: "no.such.invalid",
  };
  const { stderr } = await run(program, ["run", "site", "x"], { env });
  expect(stderr).toContain("ENOTFOUND");
  expect(stderr.split("\n")[1]).toBe(
    "hint: DOCKER_HOST names it: no.such.invalid; write unix:///PATH or tcp://HOST:PORT, or unset it for the engine of this host",
  );
});
