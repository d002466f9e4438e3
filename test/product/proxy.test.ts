import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { createServer as createWeb } from "node:http";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { FrontStatus, TargetStatus } from "../../src/front/status.ts";
import { program } from "../support/program.ts";
import { linesOf, startProxy } from "../support/proxy.ts";
import { must, run } from "../support/real-engine.ts";
import { echoes, type FakeTarget, fakeTarget, freePort, isRefused, resets, says, talk } from "../support/tcp.ts";
import { until } from "../support/until.ts";

/** `svc proxy`, the program, in front of servers of this process. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "svc-proxy-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function target(behaviour: Parameters<typeof fakeTarget>[0]): Promise<FakeTarget & { readonly name: string }> {
  const made = await fakeTarget(behaviour);
  onTestFinished(() => made.close());
  return { ...made, name: `127.0.0.1:${made.address.port}` };
}
const socketAt = (name: string): string => join(folder, name);
async function statusAt(path: string): Promise<TargetStatus> {
  const status = JSON.parse(await must(program, ["proxy", "--status", path, "--json"])) as FrontStatus;
  const [first] = status.targets;
  if (!first) throw new Error("it has no target");
  return first;
}

test.each([
  ["kept alive", []],
  ["closed after each request", ["-H", "Connection: close"]],
])("under load no request fails: connections are %s", async (_, header) => {
  const web = createWeb((_, answer) => answer.end("hello\n")).listen(0, "127.0.0.1");
  onTestFinished(() => void web.close().closeAllConnections());
  await once(web, "listening");
  const { port } = await startProxy(
    "-r",
    `127.0.0.1:${(web.address() as AddressInfo).port}`,
    "-t",
    ".05",
    "--status-socket",
    socketAt("load"),
  );
  const said = await must("wrk", ["-t1", "-c50", "-d3s", ...header, `http://127.0.0.1:${port}/`]);
  expect(said).toMatch(/[1-9]\d* requests in/);
  expect(said).not.toMatch(/Socket errors|Non-2xx/);
  expect(await statusAt(socketAt("load"))).toMatchObject({
    failures: 0,
    resets: 0,
    refused: 0,
    breaker: { state: "closed", failures: 0 },
  });
});

test("a dead target is dialled twenty times, then clients are refused without a dial but for a trial now and then", async () => {
  const { port, told } = await startProxy("-r", `127.0.0.1:${await freePort()}`, "--status-socket", socketAt("dead"));
  for (let client = 0; client < 400; client++) expect((await talk(port)).ended).toBe("ECONNRESET");
  const { dials, failures, refused } = await statusAt(socketAt("dead"));
  expect(dials).toBeGreaterThanOrEqual(20);
  // The eighth trial would come after three minutes at the earliest.
  expect(dials).toBeLessThan(28);
  expect([failures, refused]).toEqual([dials, 400 - dials]);
  expect(told[1]).toMatch(/^svc proxy: 127\.0\.0\.1:\d+ is not dialled for (0\.[89]|1\.\d) s: ECONNREFUSED$/);
});

test("a target that comes and goes is used when it is well, and every dial reaches it", async () => {
  const shaky = await target(resets);
  const { port, told } = await startProxy(
    "-r",
    shaky.name,
    "--minimum-samples",
    "5",
    "--status-socket",
    socketAt("flap"),
  );
  for (let round = 0; round < 2; round++) {
    shaky.behave(resets);
    await until(
      async () => (await talk(port)) && told.filter((line) => line.includes("is not dialled")).length > round,
    );
    expect((await talk(port)).ended).toBe("ECONNRESET");
    shaky.behave(says("back"));
    await until(async () => (await talk(port)).heard === "back");
    for (let client = 0; client < 20; client++) expect(await talk(port)).toEqual({ heard: "back", ended: "end" });
  }
  expect(told.filter((line) => line.includes("is well again"))).toHaveLength(2);
  const { dials, resets: were, breaker } = await statusAt(socketAt("flap"));
  expect([shaky.accepted(), breaker.state]).toEqual([dials, "closed"]);
  expect(were).toBeGreaterThanOrEqual(10);
});

test("a target that accepts nobody fails by the dial timeout and is then left alone", async () => {
  const listens =
    "require('net').createServer().listen(0, '127.0.0.1', 1, function () { console.log(this.address().port) })";
  const stuck = spawn(process.execPath, ["-e", listens], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void stuck.kill("SIGKILL"));
  const [line] = await once(stuck.stdout.setEncoding("utf8"), "data");
  stuck.kill("SIGSTOP");
  const { port, told } = await startProxy(
    ...["-r", `127.0.0.1:${Number(line)}`, "--dial-timeout", "50ms", "--minimum-samples", "5"],
    ...["--status-socket", socketAt("stuck")],
  );
  const clients = Array.from({ length: 12 }, () => connect(port, "127.0.0.1").on("error", () => undefined));
  onTestFinished(() => clients.forEach((client) => void client.destroy()));
  await until(() => told.some((line) => line.endsWith("s: no answer in 50 ms")));
  await until(() => clients.filter((client) => client.destroyed).length >= 5);
  const { failures, refused } = await statusAt(socketAt("stuck"));
  expect(failures).toBeGreaterThanOrEqual(5);
  for (let client = 0; client < 20; client++) expect((await talk(port)).ended).toBe("ECONNRESET");
  expect((await statusAt(socketAt("stuck"))).refused).toBeGreaterThan(refused);
});

test("SIGTERM: nobody new is accepted, who is there is served to the end, and it exits with 0", async () => {
  const echo = await target(echoes);
  const { port, child, ended } = await startProxy("-r", echo.name);
  const client = connect(port, "127.0.0.1");
  client.write("a");
  await once(client, "data");
  child.kill("SIGTERM");
  await until(() => isRefused(port));
  client.write("b");
  expect(String(await once(client, "data"))).toBe("b");
  client.end();
  expect(await ended).toBe(0);
});

test.each([
  ["a second SIGTERM", ["--drain", "1h"], 2],
  ["the end of --drain", ["--drain", "10ms"], 1],
])("%s resets who is left, and it exits with 0", async (_, args, signals) => {
  const echo = await target(echoes);
  const { port, child, ended } = await startProxy("-r", echo.name, ...args);
  const client = connect(port, "127.0.0.1");
  client.write("a");
  await once(client, "data");
  const reset = once(client, "error");
  for (let signal = 0; signal < signals; signal++) {
    child.kill("SIGTERM");
    await until(() => isRefused(port));
  }
  expect(await reset).toMatchObject([{ code: "ECONNRESET" }]);
  expect(await ended).toBe(0);
});

test("a socket that is passed on outlives the proxy: who connects meanwhile is served by the next one", async () => {
  const word = await target(says("served"));
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { _handle: handle } = server as unknown as { readonly _handle: { readonly fd: number } };
  // This shell holds the socket, as systemd does, and starts a proxy for each line that it reads.
  const starts = `while read -r _; do sh -c 'echo "pid $$" >&2; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$0" "$@"' "$@" </dev/null; done`;
  const holder = spawn("sh", ["-c", starts, "sh", program, "proxy", "-r", word.name], {
    stdio: ["pipe", "ignore", "pipe", handle.fd],
  });
  server.close();
  const told = linesOf(holder);
  const pids = (): readonly number[] => told.flatMap((line) => /^pid (\d+)$/.exec(line)?.slice(1).map(Number) ?? []);
  onTestFinished(async () => {
    holder.stdin?.end();
    for (const pid of pids()) if (await isThere(pid)) process.kill(pid, "SIGKILL");
    if (holder.exitCode === null) await once(holder, "exit");
  });
  for (const round of [1, 2, 3]) {
    const early = talk(port);
    holder.stdin?.write("\n");
    expect(await early).toEqual({ heard: "served", ended: "end" });
    const listening = `svc proxy: listening on 127.0.0.1:${port}`;
    await until(() => told.filter((line) => line === listening).length === round);
    const pid = await until(() => pids()[round - 1]);
    process.kill(pid, round === 2 ? "SIGKILL" : "SIGTERM");
    await until(async () => !(await isThere(pid)));
  }
});

async function isThere(pid: number): Promise<boolean> {
  return (await run("test", ["-d", `/proc/${pid}`])).code === 0;
}

test("the status socket is 0660, tells JSON, is shown as a table, and one left over by a crash is replaced", async () => {
  const word = await target(says("hi"));
  const path = socketAt("status");
  const first = await startProxy("-r", word.name, "--status-socket", path);
  first.child.kill("SIGKILL");
  await first.ended;
  const { child, port, told, ended } = await startProxy("-r", word.name, "--status-socket", path);
  await talk(port);
  expect(((await until(() => stat(path))).mode & 0o777).toString(8)).toBe("660");
  const status = {
    listen: [`127.0.0.1:${port}`],
    targets: [
      {
        address: word.name,
        draining: false,
        connections: 0,
        breaker: { state: "closed", until: null, failures: 0, successes: 1, share: 0 },
        dials: 1,
        failures: 0,
        resets: 0,
        refused: 0,
        bytesIn: 5,
        bytesOut: 2,
      },
    ],
  };
  expect(JSON.parse(await must(program, ["proxy", "--status", path, "--json"]))).toEqual(status);
  const gap = " ".repeat(word.name.length - 6);
  expect(await must(program, ["proxy", "--status", path])).toBe(
    `listening on 127.0.0.1:${port}\n` +
      `TARGET${gap}  BREAKER  FAILED  CONNECTIONS  DIALS  FAILURES  RESETS  REFUSED  IN  OUT\n` +
      `${word.name}  closed   0 of 1  0            1      0         0       0        5   2\n`,
  );
  child.kill("SIGUSR1");
  expect(JSON.parse(await until(() => told.find((line) => line.startsWith("{"))))).toEqual(status);
  expect(told.join()).not.toContain("Debugger");
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect((await run(program, ["proxy", "--status", path])).code).toBe(4);
});

test("a port that is taken is exit code 1, a wrong command line 2; a name that leads nowhere yet is only warned of", async () => {
  const taken = await target(echoes);
  expect(await run(program, ["proxy", "-l", taken.name, "-r", "127.0.0.1:1"])).toEqual({
    code: 1,
    stdout: "",
    stderr: `svc: ${taken.name} is taken\nhint: ss -ltnp 'sport = :${taken.address.port}' shows by whom\n`,
  });
  expect(await run(program, ["proxy", "-l", "8000", "-r", "web"])).toEqual({
    code: 2,
    stdout: "",
    stderr: 'svc: --remote: "web" is no address\nhint: write HOST:PORT, [IPV6]:PORT, or a PORT of this host alone\n',
  });
  const { told, port } = await startProxy("-r", "nobody.invalid:80");
  await until(() =>
    told.some((line) => line.startsWith("svc proxy: warning: the name nobody.invalid leads nowhere yet")),
  );
  expect((await talk(port)).ended).toBe("ECONNRESET");
});

test("help shows it with its options", async () => {
  const help = (await must(program, ["help"])).replaceAll(/\s+/g, " ");
  expect(help).toContain("a TCP front; a circuit breaker for each target");
  for (const words of [
    ["help", "proxy"],
    ["proxy", "--help"],
  ])
    expect(await must(program, words)).toContain("-t, --threshold <share>");
});
