import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, stat } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { program } from "../support/program.ts";
import { run } from "../support/real-engine.ts";
import { until } from "../support/until.ts";

/** The socket and the command: who may use it, what it makes of nonsense, `--json` and the exit codes of the README (B66). */
let host: Host;

beforeAll(async () => {
  host = await makeHost();
  await host.unit("web");
  await host.unit("app", { depends_on: ["PREFIX-web"] });
  await host.unit("task", { type: "task", command: ["true"] });
  await host.unit("bad", { command: ["/no/such/program"] });
  await host.startDaemon();
  await host.ask("start", { names: [host.name("app"), host.name("task")] });
});
afterAll(() => host?.cleanup());

/** Sends the bytes as they are and gives back what is answered until svc closes the connection. */
function send(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(host.env.SVC_SOCKET ?? "");
    socket.setEncoding("utf8");
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
    socket.write(bytes);
  });
}
const post = (name: string, body: string): string =>
  `POST /v1/${name} HTTP/1.0\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

test("the socket is for root and the group docker", async () => {
  const { mode, uid, gid } = await stat(host.env.SVC_SOCKET ?? "");
  const group = execFileSync("sh", ["-c", "getent group docker || true"]).toString().split(":")[2];
  expect({ mode: (mode & 0o777).toString(8), uid, gid }).toEqual({ mode: "660", uid: 0, gid: Number(group ?? 0) });
});

describe.concurrent("requests", () => {
  test.each([
    ["no HTTP", "\0\x01\x02 nonsense\r\n\r\n", /^HTTP\/1.1 400/],
    ["another method", "GET /v1/list HTTP/1.0\r\n\r\n", /404.*"code":"bad-request"/s],
    ["an unknown request", post("explode", "{}"), /404.*there is no request POST \/v1\/explode/s],
    ["one that is on the prototype", post("constructor", "{}"), /404/],
    ["no JSON", post("list", "{nonsense"), /the request is no JSON/],
    ["a body of another kind", post("list", "[]"), /the body must be a JSON object/],
    ["a missing field", post("start", "{}"), /400.*start: names is missing/s],
    ["an unknown field", post("list", '{"a":1}'), /list: a is not known/],
    ["a field of another kind", post("start", '{"names":"web"}'), /start: names must be a list of unit names/],
    ["half a body", "POST /v1/list HTTP/1.0\r\nContent-Length: 100\r\n\r\n{", /.*/],
    ["more than a MiB", post("list", `{"units":["${"x".repeat(2 << 20)}"]}`), /larger than 1 MiB|^$/],
  ])("%s is refused", async (_, bytes, answer) => {
    expect(await send(bytes)).toMatch(answer);
    expect(await send(post("list", "{}"))).toContain('"result"');
  });

  test("two hundred who stall hold nobody up, and are let go", async () => {
    const stalled: Socket[] = [];
    let closed = 0;
    for (let client = 0; client < 200; client++) {
      const socket = connect(host.env.SVC_SOCKET ?? "");
      socket.on("error", () => undefined).on("close", () => closed++);
      socket.resume();
      socket.write("POST /v1/list HTTP/1.1\r\nContent-Le");
      stalled.push(socket);
    }
    for (let round = 0; round < 20; round++) expect(await host.ask("list", {})).toHaveLength(4);
    expect((await host.svc("status")).code).toBe(0);
    await until(() => closed === 200);
  });
});

test("every command has --json, on success and on failure", async () => {
  const { svc } = host;
  const commands = [
    ["start", "PREFIX-web"],
    ["restart", "PREFIX-app"],
    ["stop", "PREFIX-app"],
    ["start", "PREFIX-app", "--no-wait"],
    ["wait", "PREFIX-app"],
    ["status"],
    ["status", "PREFIX-web"],
    ["list"],
    ["history", "PREFIX-app"],
    ["reload"],
    ["enable", "PREFIX-web"],
    ["check"],
    ["version"],
    ["schema"],
  ];
  for (const words of commands) {
    const { code, stdout } = await svc(...words, "--json");
    expect({ words, code, json: typeof JSON.parse(stdout) }).toEqual({ words, code: 0, json: "object" });
  }
  for (const words of [["logs", "PREFIX-web"], ["events"]]) {
    const lines = (await svc(...words, "--json")).stdout.split("\n").filter(Boolean);
    expect(lines.every((line) => typeof JSON.parse(line) === "object")).toBe(true);
    expect(lines.length).toBeGreaterThan(0);
  }
  const [one] = JSON.parse((await svc("list", "--json")).stdout) as object[];
  for (const field of ["name", "phase", "since", "because", "container", "image", "tag", "restarts", "stale"]) {
    expect(one).toHaveProperty(field);
  }
  for (const words of [
    ["start", "PREFIX-no-such"],
    ["stop", "PREFIX-web"],
    ["wait", "PREFIX-no-such"],
    ["status", "PREFIX-no-such"],
  ]) {
    const { stderr } = await svc(...words, "--json");
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
  }
});

test("the exit codes are those of the README", async () => {
  const { svc } = host;
  const elsewhere = { ...host.env, SVC_SOCKET: join(host.folder, "no-socket") };
  expect((await svc("status", "PREFIX-web")).code).toBe(0);
  expect((await svc("start", "PREFIX-bad")).code).toBe(1);
  await svc("stop", "PREFIX-bad");
  for (const words of [["start"], ["nonsense"], ["start", "PREFIX-no-such"], ["wait", "PREFIX-web", "--for", "tea"]]) {
    expect({ words, code: (await svc(...words)).code }).toEqual({ words, code: 2 });
  }
  expect((await svc("stop", "PREFIX-web")).code).toBe(3);
  const away = await run(program, ["status"], { env: elsewhere });
  expect(away).toMatchObject({ code: 4, stdout: "" });
  expect(away.stderr).toContain("svc is not running");
  expect(await svc("wait", "PREFIX-web", "--for", "down", "--timeout", "200ms")).toMatchObject({
    code: 124,
    stderr: expect.stringMatching(/\nsvc: not all are down, and the time is up\n$/),
  });
});

test("enable, disable and what is started at boot; wait for down and done", async () => {
  expect((await host.svc("disable", "PREFIX-web")).stdout).toBe(`disabled: ${host.name("web")}\n`);
  expect((await host.svc("disable", "PREFIX-web")).stdout).toBe("nothing to change\n");
  expect(await host.status(host.name("web"))).toMatchObject({ enabled: false, phase: "up" });
  await host.endDaemon("SIGKILL");
  await host.startDaemon();
  expect(await host.status(host.name("web"))).toMatchObject({ enabled: false });
  expect((await host.svc("enable", "PREFIX-web")).stdout).toBe(`enabled: ${host.name("web")}\n`);
  expect((await host.svc("wait", "PREFIX-task", "--for", "done")).code).toBe(0);
  const waiting = host.svc("wait", "PREFIX-app", "--for", "down");
  await host.svc("stop", "PREFIX-app");
  expect((await waiting).code).toBe(0);
});

test("events are followed as they happen, of the unit that is asked for", async () => {
  const seen: string[] = [];
  void host
    .ask("events", { units: [host.name("app")], follow: true, since: Date.now() }, (event) => {
      seen.push(`${event.unit} ${event.phase}`);
    })
    .catch(() => undefined);
  await host.svc("start", "PREFIX-app");
  await host.svc("stop", "PREFIX-app");
  const app = host.name("app");
  await until(() => seen.at(-1) === `${app} down`);
  expect(seen.filter((phase, index) => phase !== seen[index - 1])).toEqual(
    ["starting", "up", "stopping", "down"].map((phase) => `${app} ${phase}`),
  );
});

test("quiet, list and status print names only, one a line", async () => {
  const names = ["app", "web"].map(host.name);
  for (const command of ["list", "status"])
    expect(await host.svc(command, "-q", ...names)).toMatchObject({ code: 0, stdout: `${names.join("\n")}\n` });
});

test("check needs no daemon; version tells of it; a reexec keeps every container", async () => {
  const alone = { ...host.env, SVC_SOCKET: join(host.folder, "no-socket") };
  const checked = await run(program, ["check"], { env: alone });
  expect(checked).toMatchObject({ code: 0 });
  expect(checked.stdout).toContain("4 units, 0 errors");
  expect((await run(program, ["version"], { env: alone })).stdout).toContain("no daemon");
  const before = JSON.parse((await host.svc("version", "--json")).stdout) as {
    daemon: { pid: number; upSince: string };
  };
  expect(before.daemon.pid).toBe(host.pid);
  const id = await host.inspect("PREFIX-web", "{{.Id}}");
  expect((await host.svc("reexec")).code).toBe(0);
  // It returns when the new one answers.
  const now = JSON.parse((await host.svc("version", "--json")).stdout) as typeof before;
  expect(now.daemon.pid).toBe(before.daemon.pid);
  expect(now.daemon.upSince).not.toBe(before.daemon.upSince);
  await host.reaches("PREFIX-web", { phase: "up", container: id, restarts: 0 });
});

/** A command that goes on until its daemon ends: the lines that it has printed so far. */
function going(...args: string[]) {
  const child = spawn(program, args, { env: host.env });
  const seen = { lines: [] as string[], errors: "" };
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    seen.lines.push(...lines);
  });
  child.stderr.on("data", (chunk) => {
    seen.errors += chunk;
  });
  const ended = once(child, "exit").then(([code]) => code as number);
  return { seen, ended, kill: () => child.kill() };
}

describe("B48 svc replaces itself", () => {
  test("who follows a log goes on with it: no line is lost, none comes twice", async () => {
    await host.unit("counter", {
      command: ["sh", "-c", "i=0; while true; do i=$((i+1)); echo $i; [ $((i % 20)) != 0 ] || usleep 10000; done"],
    });
    await host.svc("start", "PREFIX-counter");
    const { seen, ended, kill } = going("logs", "-f", "-n", "5", host.name("counter"));
    const numbers = () => seen.lines.map((line) => line.split(" ").at(-1)).filter((word) => /^\d+$/.test(word ?? ""));
    for (const _ of ["once", "and again"]) {
      const before = numbers().length;
      await until(() => numbers().length > before + 100);
      expect((await host.svc("reexec")).code).toBe(0);
    }
    const before = numbers().length;
    await until(() => numbers().length > before + 100);
    kill();
    await ended;
    await host.svc("stop", "PREFIX-counter");
    const first = Number(numbers()[0]);
    expect(numbers()).toEqual(numbers().map((_, at) => String(first + at)));
    expect(seen.errors).toBe("");
  });

  test("who follows a log of which nothing was written yet gets what is written meanwhile", async () => {
    const { seen, ended, kill } = going("logs", "-f", "-n", "0", host.name("task"));
    await until(() => openRequests().then((open) => open > 0));
    expect((await host.svc("reexec")).code).toBe(0);
    await host.svc("start", "PREFIX-task");
    await until(() => seen.lines.some((line) => line.includes("exit 0")));
    kill();
    await ended;
    expect(seen.lines.filter((line) => line.includes("starting"))).toHaveLength(1);
  });

  test("who follows events goes on with them", async () => {
    const { seen, ended, kill } = going("events", "-f", "--json", host.name("web"));
    const events = () => seen.lines.map((line) => JSON.parse(line) as { time: string; phase: string });
    const phases = () => events().map(({ phase }) => phase);
    await until(() => phases().at(-1) === "up");
    const before = phases();
    expect((await host.svc("reexec")).code).toBe(0);
    await host.svc("stop", "PREFIX-web", "--only");
    await until(() => phases().at(-1) === "down");
    kill();
    await ended;
    expect(phases().slice(0, before.length)).toEqual(before);
    const after = phases().slice(before.length);
    expect(after.filter((phase, at) => phase !== after[at - 1])).toEqual(["stopping", "down"]);
    await host.svc("start", "PREFIX-web");
  });

  test("who waits goes on waiting, and no longer than was said", async () => {
    const waiting = going("wait", host.name("web"), "--for", "down");
    const late = going("wait", host.name("web"), "--for", "down", "--timeout", "3s");
    await until(() => openRequests().then((open) => open >= 2));
    const told = expect(host.ask("wait", { names: [host.name("web")], for: "down" })).rejects;
    const replaced = told.toMatchObject({
      code: "daemon-replaced",
      message: "svc was replaced (svc reexec) before it answered",
    });
    await host.ask("list", {});
    expect((await host.svc("reexec")).code).toBe(0);
    await replaced;
    expect(await late.ended).toBe(124);
    await host.reaches("PREFIX-web", { phase: "up", restarts: 0 });
    await host.svc("stop", "PREFIX-web", "--only");
    expect({ code: await waiting.ended, errors: waiting.seen.errors }).toEqual({ code: 0, errors: "" });
    await host.svc("start", "PREFIX-web");
  });

  test("a daemon that is killed has ended, and that is said", async () => {
    const { seen, ended } = going("logs", "-f", host.name("web"));
    await until(() => seen.lines.length > 0);
    await host.endDaemon("SIGKILL");
    expect({ code: await ended, errors: seen.errors }).toEqual({
      code: 4,
      errors: "svc: svc ended\nhint: svc status\n",
    });
    await host.startDaemon();
    await host.reaches("PREFIX-web", { phase: "up", restarts: 0 });
  });
});

/** Connections to the daemon that are open now. */
async function openRequests(): Promise<number> {
  const sockets = await readFile("/proc/net/unix", "utf8");
  return sockets.split("\n").filter((line) => line.endsWith(` ${host.env.SVC_SOCKET}`)).length - 1;
}
