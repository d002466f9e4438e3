import { execFile } from "node:child_process";
import { expect, test } from "vitest";
import type { Finding } from "../../../src/doctor/finding.ts";
import { program } from "../../support/program.ts";

/** `svc doctor` as it is shipped, where there is nothing: no engine, no daemon, no folders. */
function doctor(...args: readonly string[]): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    DOCKER_HOST: "unix:///nope/docker.sock",
    SVC_SOCKET: "/nope/svc.sock",
    SVC_UNITS: "/nope/units",
    SVC_DEFAULT_DIR: "/nope/default",
    SVC_WWW_DIR: "/nope/www",
  };
  return new Promise((resolve) => execFile(program, ["doctor", ...args], { env }, (_, stdout) => resolve(stdout)));
}

test("what could not be looked at is not called well", async () => {
  const findings = JSON.parse(await doctor("--json")) as readonly Finding[];
  expect(findings.find(({ about }) => about === "unit files")).toEqual({
    about: "unit files",
    state: "bad",
    found: "/nope/units: there is no folder of unit files here",
    remedy: "make it, and put NAME.yml files there",
  });
  expect(
    findings.filter(({ state, found }) => state === "ok" && /as the engine's|unit and env files/.test(found)),
  ).toEqual([]);
  expect(findings.filter(({ about }) => about === "leftovers")).toEqual([]);
});

test("the words are those of JSON", async () => {
  const states = (JSON.parse(await doctor("--json")) as readonly Finding[]).map(({ state }) => state);
  const words = (await doctor()).split("\n").flatMap((line) => /^(\w+) /.exec(line)?.[1] ?? []);
  expect(states).toContain("warn");
  expect(words).toEqual(states);
});
