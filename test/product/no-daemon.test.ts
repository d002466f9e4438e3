import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Finding } from "../../src/doctor/finding.ts";
import { engineSocket } from "../support/engine-proxy.ts";
import { type Host, makeHost } from "../support/host.ts";
import { program } from "../support/program.ts";
import { run } from "../support/real-engine.ts";
import { fakeTarget } from "../support/tcp.ts";

/** What svc does where no daemon is. */
let host: Host;
beforeAll(async () => {
  host = await makeHost();
  await host.unit("db");
  await host.unit("site", { links: [host.name("db")] });
});
afterAll(() => host.cleanup());

test("a graph is drawn from the files alone", async () => {
  const units = `${host.folder}/units`;
  const { stdout } = await host.svc("graph", "--units", units);
  expect(stdout).toMatch(/^UNIT, AND BELOW IT WHAT IT NEEDS .*\n\S+-site +- .*\n└─ \S+-db \(links to\) +- /);
  expect((await host.svc("graph", "--units", units, "--dot")).stdout).toMatch(/"\S+-site" -> "\S+-db"/);
  expect((await host.svc("graph", "--units", units, "--svg")).stdout).toContain("<svg");
  const graph = JSON.parse((await host.svc("graph", "--units", units, "PREFIX-db", "--json")).stdout);
  expect(graph).toMatchObject({ units: [{ name: host.name("db"), phase: null }], edges: [] });
  const unknown = await host.svc("graph", "--units", units, "nobody");
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("there is no unit nobody") });
});

test("on a terminal that does not know its size what is told is as on one of 80 columns", async () => {
  const graph = `${program} graph --units ${host.folder}/units`;
  const shown = (columns: number) =>
    run("script", ["-qec", `stty rows 0 cols ${columns}; ${graph}`, "/dev/null"], {
      env: { ...host.env, SHELL: "/bin/sh" },
    });
  const { stdout } = await shown(0);
  expect(stdout).toMatch(/^UNIT, AND BELOW/);
  expect(stdout).toBe((await shown(80)).stdout);
});

test.each([
  ["--json", "why", "site"],
  ["why", "site", "--json"],
  ["start", "site", "--bogus", "--json"],
  ["graph", "--dot", "--svg", "--json"],
  ["stop", "--only", "--with-dependents", "site", "--json"],
  ["stop", "--all", "site", "--json"],
])("a failure is JSON, wherever --json stands: svc %s %s %s", async (...args) => {
  const { code, stdout, stderr } = await host.svc(...args.filter((word) => word !== undefined));
  expect(code).toBeGreaterThan(0);
  expect(stdout).toBe("");
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
});

test("a DOCKER_HOST that svc cannot speak to ends the daemon and a task, with what to do", async () => {
  const env = { ...host.env, DOCKER_HOST: "ssh://u@h" };
  const folders = ["--state-dir", `${host.folder}/state`, "--log-dir", `${host.folder}/log`];
  const daemon = run(program, ["daemon", ...folders], { env });
  const words =
    "DOCKER_HOST is ssh://u@h: svc does not speak ssh to an engine\nhint: run svc on that host, or bring its";
  expect(await daemon).toMatchObject({ code: 2, stderr: expect.stringContaining(`svc: ${words}`) });
  const task = await run(program, ["run", host.name("db"), "true"], { env });
  expect(task).toMatchObject({ code: 125, stderr: expect.stringContaining(`docker-runner: ${words}`) });
});

test("svc check does without an engine that it cannot speak to", async () => {
  const env = { ...host.env, DOCKER_HOST: "ssh://u@h" };
  const checked = await run(program, ["check", "--units", `${host.folder}/units`], { env });
  expect(checked).toMatchObject({ code: 0, stderr: "images were not looked at: the engine does not answer\n" });
});

test("the disk of an engine that may be elsewhere is not looked for on this host", async () => {
  const target = await fakeTarget((socket) => void socket.pipe(connect(engineSocket)).pipe(socket));
  const engine = `tcp://127.0.0.1:${target.address.port}`;
  const { stdout } = await run(program, ["doctor", "--json"], { env: { ...host.env, DOCKER_HOST: engine } });
  const findings = JSON.parse(stdout) as readonly Finding[];
  expect(findings.find(({ about }) => about === "disk of engine")).toMatchObject({
    state: "ok",
    found: `not looked at: it may be on another host, as DOCKER_HOST is ${engine}`,
  });
  await target.close();
});
