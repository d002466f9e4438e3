import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { run } from "../support/real-engine.ts";
import { dist } from "./support.ts";

/** The one file that is shipped: it needs nothing of the machine but its libraries, and obeys systemd. */
const svc = join(dist, "svc");
let folder: string;
let daemon: ChildProcess | null = null;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "svc-binary-"));
  for (const name of ["units", "bin"]) await mkdir(join(folder, name));
  // What svc falls back to where libsystemd does not deliver: here it writes down what svc tells systemd.
  const notify = `#!/bin/sh\nprintf '%s ' "$@" >>${folder}/told\n`;
  await writeFile(join(folder, "bin/systemd-notify"), notify, { mode: 0o755 });
});
afterEach(async () => {
  if (daemon && daemon.exitCode === null) {
    const ended = once(daemon, "exit");
    daemon.kill("SIGKILL");
    await ended;
  }
  daemon = null;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("runs with an empty environment and no node on the machine", async () => {
  const bare = { env: { PATH: "" } };
  const version = await run(svc, ["--socket", join(folder, "nobody"), "version"], bare);
  expect(version).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^svc \d+\.\d+\.\d+, no daemon\n$/),
    stderr: "",
  });
  const help = await run(svc, ["help", "unit"], bare);
  expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining("stop_grace_period"), stderr: "" });
  const runner = await run(join(dist, "docker-runner"), ["--help"], bare);
  expect(runner).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^docker-runner \[options\] APP/),
    stderr: "",
  });
});

test("is one file, and docker-runner is a link to it", async () => {
  expect(await readlink(join(dist, "docker-runner"))).toBe("svc");
  expect((await stat(svc)).size).toBeLessThan(160e6);
});

test("takes no options of node from outside", async () => {
  const env = { PATH: "", NODE_OPTIONS: "--require /nonexistent.js" };
  expect((await run(svc, ["help"], { env })).code).toBe(0);
});

test("a wrong option of the daemon is said in one line, and exits 2", async () => {
  expect(await run(svc, ["daemon", "--bogus"], { env: { PATH: "" } })).toMatchObject({
    code: 2,
    stderr: "svc: Unknown option '--bogus'\nhint: svc help daemon\n",
  });
  expect((await run(svc, ["daemon", "--help"], { env: { PATH: "" } })).stdout).toContain("--state-dir <folder>");
});

test("under systemd it says that it is ready, is alive, is stopping, and for how long, and it ends", async () => {
  daemon = await startDaemon();
  await expect.poll(told).toMatch(/READY=1 STATUS=supervising 1 units/);
  await expect.poll(told, { timeout: 20_000 }).toContain("WATCHDOG=1");
  const ended = once(daemon, "exit");
  daemon.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  // 30 s more than the grace of all units together.
  expect(await told()).toContain("STOPPING=1 EXTEND_TIMEOUT_USEC=50000000 ");
});

test("reexec puts the program that is on disk in its place: same process, same options, and systemd is told of no end", async () => {
  daemon = await startDaemon();
  const before = await version();
  const asked = await run(svc, ["reexec"], { env: environment() });
  expect(asked).toMatchObject({ code: 0, stderr: "" });
  await expect
    .poll(async () => (await version())?.upSince ?? before?.upSince, { timeout: 30_000 })
    .not.toBe(before?.upSince);
  expect((await version())?.pid).toBe(daemon.pid);
  expect(JSON.parse((await run(svc, ["list", "--json"], { env: environment() })).stdout)).toMatchObject([
    { name: "a" },
  ]);
  expect((await told()).match(/READY=1/g)).toHaveLength(2);
  expect(await told()).not.toContain("STOPPING");
});

function environment(): NodeJS.ProcessEnv {
  return {
    PATH: `${folder}/bin:/usr/bin:/bin`,
    SVC_SOCKET: join(folder, "socket"),
    DOCKER_HOST: `unix://${folder}/no-engine`,
    NOTIFY_SOCKET: join(folder, "nobody"),
    WATCHDOG_USEC: "300000",
  };
}

/** With no engine, so that nothing of this machine is touched. */
async function startDaemon(): Promise<ChildProcess> {
  await rm(join(folder, "told"), { force: true });
  await writeFile(join(folder, "units/a.yml"), "image: a:1\nenabled: false\nstop_grace_period: 20s\n");
  const folders = ["units", "state", "log", "default", "www"].flatMap((name) => [
    `--${name === "units" ? name : `${name}-dir`}`,
    join(folder, name),
  ]);
  const child = spawn(svc, ["daemon", ...folders], { env: environment(), stdio: ["ignore", "ignore", "inherit"] });
  await expect.poll(async () => (await version())?.pid, { timeout: 30_000 }).toBe(child.pid);
  return child;
}

async function version(): Promise<{ pid: number; upSince: string } | null> {
  const { stdout } = await run(svc, ["version", "--json"], { env: environment() });
  return (JSON.parse(stdout) as { daemon: { pid: number; upSince: string } | null }).daemon;
}

function told(): Promise<string> {
  return readFile(join(folder, "told"), "utf8").catch(() => "");
}
