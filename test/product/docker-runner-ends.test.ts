import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { engineProxy } from "../support/engine-proxy.ts";
import { type Host, makeHost } from "../support/host.ts";
import { allGone, cleanUp, guardsOf, runRunner, type Started, startRunner, tasksOf } from "../support/runner.ts";
import { watchedEngine } from "../support/watched-engine.ts";

/** However a task's client ends, its container is gone afterwards. The engine stands behind a socket that tells or can be cut. */
let host: Host;
const sockets: { close(): Promise<void> }[] = [];
let made = 0;

beforeAll(async () => {
  host = await makeHost();
  await host.write("units/PREFIX-app.yml", "image: IMG\nstop_grace_period: 1s\n");
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) await socket.close();
});
afterAll(() => cleanUp(host));

const forever = ["PREFIX-app", "sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.1; done"];

/** A task whose engine can be looked at, or cut. */
async function start<E extends { readonly host: string; close(): Promise<void> }>(
  args: readonly string[],
  through: (path: string) => Promise<E>,
): Promise<{ readonly task: Started; readonly engine: E }> {
  const engine = await through(join(host.folder, `engine-${made++}`));
  sockets.push(engine);
  return { task: startRunner(host, args, { env: { DOCKER_HOST: engine.host } }), engine };
}

test("a client that is killed at any moment leaves nothing behind", async () => {
  const moments = [
    ["GET /containers/json", "asked"],
    ["POST /containers/create", "asked"],
    ["POST /containers/create", "answered"],
    ["/attach", "asked"],
    ["/wait", "answered"],
    ["/start", "asked"],
    ["/start", "answered"],
  ] as const;
  await Promise.all(
    moments.map(async ([request, at]) => {
      const { task, engine } = await start(forever, watchedEngine);
      await engine.next(new RegExp(request), at);
      task.child.kill("SIGKILL");
      expect(await task.ended).toBe(137);
    }),
  );
  await allGone(host, "PREFIX-app");
});

test("a running task whose client is killed has its grace, and is gone", async () => {
  const polite = [
    "PREFIX-app",
    "sh",
    "-c",
    "trap 'echo bye >/proc/1/fd/1; exit' TERM; echo up; while :; do sleep 0.1; done",
  ];
  const task = startRunner(host, polite);
  await task.says("up");
  const [id = ""] = await tasksOf(host, "PREFIX-app");
  const events = startRunner(
    host,
    ["events", "--since", "0s", "--filter", `container=${id}`, "--format", "{{.Action}} {{.Actor.Attributes.signal}}"],
    { program: ["docker"] },
  );
  task.child.kill("SIGKILL");
  await events.says("destroy");
  expect(events.stdout()).toContain("kill 15");
  expect(events.stdout()).not.toContain("kill 9");
  events.child.kill("SIGKILL");
  await allGone(host, "PREFIX-app");
});

test("when the guard is killed too, the next run of docker-runner ends what is left; what lives it leaves alone", async () => {
  const alive = startRunner(host, ["PREFIX-app", "sh", "-c", "echo up; cat"]);
  await alive.says("up");
  const [kept = ""] = await tasksOf(host, "PREFIX-app");
  const keeping = await guardsOf(host);
  const task = startRunner(host, forever);
  await task.says("up");
  for (const pid of await guardsOf(host)) if (!keeping.includes(pid)) process.kill(pid, "SIGKILL");
  task.child.kill("SIGKILL");
  await task.ended;
  expect((await tasksOf(host, "PREFIX-app")).length).toBe(2);
  expect((await runRunner(host, ["PREFIX-app", "true"])).code).toBe(0);
  expect(await tasksOf(host, "PREFIX-app")).toEqual([kept]);
  alive.child.stdin?.end();
  expect(await alive.ended).toBe(0);
});

test("an engine that goes away in the middle ends docker-runner with 125 and words; once it is back the task is ended", async () => {
  const { task, engine } = await start(forever, engineProxy);
  await task.says("up");
  await engine.cut();
  expect(await task.ended).toBe(125);
  expect(task.stderr()).toMatch(/^docker-runner: the engine went away .*\nhint: .+\n$/);
  expect((await tasksOf(host, "PREFIX-app")).length).toBe(1);
  await engine.restore();
  await allGone(host, "PREFIX-app");
});

test("an engine that is not there is told of, with what to do", async () => {
  const { task, engine } = await start(["PREFIX-app", "true"], engineProxy);
  await engine.cut();
  expect(await task.ended).toBe(125);
  expect(task.stderr()).toMatch(/^docker-runner: no engine answers at \S+engine-\d+ \(ENOENT\)\nhint: .+\n$/);
});

async function interruptUntilItLeaves(task: Started): Promise<void> {
  // Signals of a kind that come too fast count as one.
  const again = setInterval(() => task.child.kill("SIGINT"), 100);
  expect(await task.ended).toBe(130);
  clearInterval(again);
}

test("an engine that hangs cannot hold the user: the third signal leaves, and the task is ended later", async () => {
  const { task, engine } = await start(forever, engineProxy);
  await task.says("up");
  await engine.stall();
  await interruptUntilItLeaves(task);
  await engine.restore();
  await allGone(host, "PREFIX-app");
});

test("nor can an engine that hangs while it starts the task", async () => {
  const engine = await engineProxy(join(host.folder, `engine-${made++}`));
  sockets.push(engine);
  const { task, engine: watched } = await start(forever, (path) => watchedEngine(path, engine.host));
  await watched.next(/\/start/, "asked");
  await engine.stall();
  await interruptUntilItLeaves(task);
  await engine.restore();
  await allGone(host, "PREFIX-app");
});

test("a signal before the start: the task never runs", async () => {
  const { task, engine } = await start(forever, watchedEngine);
  let isStarted = false;
  engine.watch(({ request }) => {
    if (/\/start/.test(request)) isStarted = true;
    if (/\/attach/.test(request)) process.kill(task.pid, "SIGTERM");
  });
  expect(await task.ended).toBe(143);
  expect(isStarted).toBe(false);
  await allGone(host, "PREFIX-app");
});

test("a signal that comes while the start is under way reaches the task", async () => {
  const trapping = ["PREFIX-app", "sh", "-c", "trap 'exit 9' USR1; while :; do sleep 0.1; done"];
  const { task, engine } = await start(trapping, watchedEngine);
  engine.watch(({ request, at }) => {
    if (/\/start/.test(request) && at === "answered") process.kill(task.pid, "SIGUSR1");
  });
  // 138: the task had not got as far as its trap.
  expect([9, 138]).toContain(await task.ended);
  await allGone(host, "PREFIX-app");
});
