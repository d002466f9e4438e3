import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import type { Finding } from "../../../src/doctor/finding.ts";
import { program } from "../../support/program.ts";
import { type Ran, run } from "../../support/real-engine.ts";

/** `svc doctor` as it is shipped, where there is nothing: no engine, no daemon, no folders. */
function doctor(...args: readonly string[]): Promise<string> {
  return svc(["doctor", ...args], "unix:///nope/docker.sock").then(({ stdout }) => stdout);
}

function svc(args: readonly string[], engine: string): Promise<Ran> {
  const env = {
    PATH: process.env.PATH ?? "",
    DOCKER_HOST: engine,
    SVC_SOCKET: "/nope/svc.sock",
    SVC_UNITS: "/nope/units",
    SVC_DEFAULT_DIR: "/nope/default",
    SVC_WWW_DIR: "/nope/www",
  };
  return run(program, args, { env });
}

async function engineAt(host: string): Promise<Finding | undefined> {
  const findings = JSON.parse((await svc(["doctor", "--json"], host)).stdout) as readonly Finding[];
  return findings.find(({ about }) => about === "engine");
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

const ssh = "DOCKER_HOST is ssh://u@h: svc does not speak ssh to an engine";
const bySsh =
  "run svc on that host, or bring its socket here: ssh -nNT -L /run/there.sock:/var/run/docker.sock u@h, and DOCKER_HOST=unix:///run/there.sock";

test("a DOCKER_HOST that svc cannot speak to is told as one, with what there is", async () => {
  expect(await engineAt("ssh://u@h")).toMatchObject({ state: "bad", found: ssh, remedy: bySsh });
  expect(await engineAt("foo://x")).toMatchObject({
    state: "bad",
    found: "DOCKER_HOST is foo://x: svc knows no such way to an engine",
    remedy: "write unix:///PATH/OF/SOCKET or tcp://HOST:PORT",
  });
});

test("what answers without a word is no engine; a name that nobody knows is told", async () => {
  const server = createServer((_, answer) => answer.writeHead(404).end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await engineAt(host)).toMatchObject({
    found: "what answers there says 404 and nothing more: it may be no engine",
    remedy: expect.stringContaining(`DOCKER_HOST names it: ${host}`),
  });
  server.close();
  expect(await engineAt("tcp://no.such.host.invalid:1")).toMatchObject({
    found: "the engine's host no.such.host.invalid is not known (ENOTFOUND)",
  });
});
