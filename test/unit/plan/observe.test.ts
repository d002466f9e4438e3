import { expect, test } from "vitest";
import type { Call } from "../../../src/plan/call.ts";
import type { Answer, Exit, Fact, SeenContainer } from "../../../src/plan/fact.ts";
import { observe } from "../../../src/plan/observe.ts";
import { type Container, stateOf, type World } from "../../../src/plan/world.ts";
import type { Unit } from "../../../src/unit/unit.ts";
import { container, exit, need, unit, world } from "../../support/build.ts";
import { show } from "../../support/show.ts";

/** What svc makes of what it learns, mostly of ends. */

const died = (how: Exit): Fact => ({ fact: "died", unit: "db", id: "db.1", exit: how });
const gone: Fact = { fact: "gone", unit: "db", id: "db.1" };
const away: Fact = { fact: "engine-away" };
const listed = (seen: { readonly [unit: string]: SeenContainer }): Fact => ({
  fact: "listed",
  containers: new Map(Object.entries(seen)),
});
const answered = (call: Call, answer: Answer, luck = 0.5): Fact => ({
  fact: "answered",
  unit: "db",
  call,
  answer,
  luck,
});
const respawn = { enabled: true, normalExit: [], limit: null, onLimit: "delay" } as const;

function running(change: Partial<Unit> = {}, of: Partial<Container> = {}): World {
  return world({ units: [unit("db", change)], states: { db: { container: container("db.1", of) } } });
}

function after(start: World, ...facts: readonly (Fact | readonly [number, Fact])[]): World {
  let now = 0;
  let next = start;
  for (const each of facts) {
    const fact = "fact" in each ? each : each[1];
    if (!("fact" in each)) now = each[0];
    next = observe(next, fact, now);
  }
  return next;
}

/** What the end of its container means: the respawns it costs, or that the unit has finished. */
function meaning(start: World, ...facts: readonly (Fact | readonly [number, Fact])[]): string {
  const { finished, restarts } = stateOf(after(start, ...facts), "db");
  return finished ? `${finished.ok ? "done" : "failed"}: ${finished.words}` : `${restarts} respawns`;
}

test("what the end of a container means for its unit", () => {
  const normalExit = ["TERM", 0];
  const off = { ...respawn, enabled: false };
  const early = { startedAt: 0, watchedSince: 0 };
  const stopping = (why: "replaced" | "unhealthy" | "start-timeout") => ({
    stopping: { why, signalledAt: 0, killedAt: null, releasedAt: null },
  });
  expect({
    "a service, exit 1": meaning(running(), died(exit.bad)),
    "a service, exit 0": meaning(running(), died(exit.good)),
    "a service that may end so, exit 0": meaning(running({ respawn: { ...respawn, normalExit } }), died(exit.good)),
    "a service that may end so, SIGTERM": meaning(running({ respawn: { ...respawn, normalExit } }), died(exit.term)),
    "a service that may end so, exit 1": meaning(running({ respawn: { ...respawn, normalExit } }), died(exit.bad)),
    "one that may end so, before it was ready": meaning(
      running({ respawn: { ...respawn, normalExit } }, early),
      died(exit.good),
    ),
    "without respawn, exit 0": meaning(running({ respawn: off }), died(exit.good)),
    "without respawn, exit 1": meaning(running({ respawn: off }), died(exit.bad)),
    "without respawn, exit 0 before it was ready": meaning(running({ respawn: off }, early), died(exit.good)),
    "a task, exit 0 at once": meaning(running({ type: "task", respawn: off }, early), died(exit.good)),
    "a task, exit 1": meaning(running({ type: "task", respawn: off }), died(exit.bad)),
    "a task with respawn, exit 1": meaning(running({ type: "task" }), died(exit.bad)),
    "removed by hand": meaning(running(), gone),
    "told to stop for a restart": meaning(running({}, stopping("replaced")), died(exit.term)),
    unhealthy: meaning(running({}, stopping("unhealthy")), died(exit.term)),
    "not ready in time": meaning(running({}, stopping("start-timeout")), died(exit.term)),
    "of an earlier wish": meaning(running({}, { generation: -1 }), died(exit.bad)),
    "seen twice": meaning(running(), died(exit.bad), died(exit.bad), gone),
  }).toEqual({
    "a service, exit 1": "1 respawns",
    "a service, exit 0": "1 respawns",
    "a service that may end so, exit 0": "done: it ended as it may: exit 0",
    "a service that may end so, SIGTERM": "done: it ended as it may: signal SIGTERM",
    "a service that may end so, exit 1": "1 respawns",
    "one that may end so, before it was ready": "failed: it ended before it was ready: exit 0",
    "without respawn, exit 0": "done: exit 0",
    "without respawn, exit 1": "failed: exit 1",
    "without respawn, exit 0 before it was ready": "failed: it ended before it was ready: exit 0",
    "a task, exit 0 at once": "done: it ended with 0",
    "a task, exit 1": "failed: exit 1",
    "a task with respawn, exit 1": "1 respawns",
    "removed by hand": "1 respawns",
    "told to stop for a restart": "0 respawns",
    unhealthy: "1 respawns",
    "not ready in time": "1 respawns",
    "of an earlier wish": "0 respawns",
    "seen twice": "1 respawns",
  });
});

test("an outage of the engine costs nothing, whether the deaths are seen before, after or never", () => {
  const dead = { container: container("db.1", { state: "exited" }), exit: exit.good };
  const mayEnd = { respawn: { ...respawn, normalExit: [0] } };
  const once = { respawn: { ...respawn, enabled: false } };
  for (const change of [{}, mayEnd, once]) {
    expect(meaning(running(change), died(exit.good), [900, away], [5_000, listed({ db: dead })])).toBe("0 respawns");
    expect(meaning(running(change), away, [5_000, listed({ db: dead })])).toBe("0 respawns");
    expect(meaning(running(change), away, [5_000, listed({})])).toBe("0 respawns");
    expect(meaning(running(change), away, died(exit.term), [5_000, listed({})])).toBe("0 respawns");
  }
  expect(meaning(running(), died(exit.bad), [60_000, away])).toBe("1 respawns");
  const task = running({ type: "task", respawn: { ...respawn, enabled: false } });
  expect(meaning(task, died(exit.good), away, [5_000, listed({})])).toBe("done: it ended with 0");
  expect(meaning(task, away, [5_000, listed({ db: dead })])).toBe("done: it ended with 0");
});

test("an end while svc was away is no respawn, but a task that is done is done", () => {
  const unknown = world({ units: [unit("db", { type: "task" })], engine: { state: "unknown" } });
  const seen = (how: Exit | null) => listed({ db: { container: container("db.1", { state: "exited" }), exit: how } });
  expect(meaning(unknown, seen(exit.good))).toBe("done: it ended with 0");
  // Of another boot: it says nothing about this one.
  expect(meaning(unknown, seen(null))).toBe("0 respawns");
  const service = world({ units: [unit("db")], engine: { state: "unknown" } });
  expect(meaning(service, seen(exit.bad))).toBe("0 respawns");
});

test("the time that the engine is away, or the container paused, is not taken off the start timeout", () => {
  const slow = { ready: { how: "tcp", host: null, port: 1 } } as const;
  const alive = { db: { container: container("db.1", { startedAt: 0, watchedSince: 0 }), exit: null } };
  const back = after(running(slow, { startedAt: 0, watchedSince: 0 }), [10_000, away], [300_000, listed(alive)]);
  expect(show(back, 300_000)).toBe("db: starting, waits, 50000 ms: nothing answers on its port 1 yet");
  const pause = (paused: boolean): Fact => ({ fact: "paused", unit: "db", id: "db.1", paused });
  const woken = after(running(slow, { startedAt: 0, watchedSince: 0 }), [10_000, pause(true)], [300_000, pause(false)]);
  expect(show(woken, 300_000)).toBe("db: starting, waits, 60000 ms: nothing answers on its port 1 yet");
});

test("a signal that an engine which went away did not hear is sent again", () => {
  const call = { call: "signal", id: "db.1", why: "unwanted" } as const;
  const down: Fact = { fact: "wished", unit: "db", wish: { want: "down", by: "operator", generation: 0 }, anew: true };
  const asked = after(running(), down, { fact: "called", unit: "db", call });
  const lost = answered(call, { ok: false, kind: "away", message: "" });
  const alive = { db: { container: container("db.1"), exit: null } };
  expect(show(after(asked, lost, [60_000, listed(alive)]), 60_000)).toBe(
    "db: stopping, signal db.1: operator asked for it to be down",
  );
});

test("the grace begins when the signal is sent, however long the engine took for it", () => {
  const call = { call: "signal", id: "db.1", why: "unwanted" } as const;
  const down: Fact = { fact: "wished", unit: "db", wish: { want: "down", by: "operator", generation: 0 }, anew: true };
  const sent = after(running(), down, { fact: "called", unit: "db", call }, [8_000, answered(call, { ok: true })]);
  expect(show(sent, 8_000)).toBe("db: stopping, waits, 10000 ms: operator asked for it to be down; it has 10 s to end");
});

test("a container that is removed before its launch is answered does not come back to life", () => {
  const call = { call: "launch", generation: 0, bound: {} } as const;
  const created: Fact = { fact: "appeared", unit: "db", container: container("db.1", { state: "created" }) };
  const launching = after(world({ units: [unit("db")] }), { fact: "called", unit: "db", call }, created);
  const late = answered(call, { ok: true, container: container("db.1") });
  expect(show(after(launching, died(exit.bad), gone, late), 0)).toBe("db: starting, remove db.1: it ended: exit 1");
});

test.each([
  [0, 750],
  [0.5, 1_000],
  [0.9, 1_200],
])("a start that is refused is tried again as one that died, by its luck %d after %d ms", (luck, ms) => {
  const call = { call: "launch", generation: 0, bound: {} } as const;
  const refused = answered(call, { ok: false, kind: "cannot-start", message: "the port is taken" }, luck);
  expect(stateOf(after(world({ units: [unit("db")] }), refused), "db").trouble?.until).toBe(ms);
});

test("a start that is refused costs no respawn", () => {
  const call = { call: "launch", generation: 0, bound: {} } as const;
  const created: Fact = { fact: "appeared", unit: "db", container: container("db.1", { state: "created" }) };
  const refused = answered(call, { ok: false, kind: "cannot-start", message: "the port is taken" });
  const launching = after(world({ units: [unit("db")] }), { fact: "called", unit: "db", call }, created);
  for (const facts of [
    [gone, refused],
    [refused, gone],
  ]) {
    expect(meaning(launching, ...facts)).toBe("0 respawns");
    expect(stateOf(after(launching, ...facts), "db").trouble?.message).toBe("the port is taken");
  }
});

test("one that was healthy by a list and is unhealthy now has not missed its start", () => {
  const healthy = { db: { container: container("db.1", { health: "healthy" }), exit: null } };
  const sick: Fact = { fact: "health", unit: "db", id: "db.1", health: "unhealthy" };
  const start = running({ ready: { how: "healthy" } }, { health: "starting", startedAt: 0, watchedSince: 0 });
  expect(show(after(start, listed(healthy), [70_000, sick]), 70_000)).toBe(
    "db: degraded: its healthcheck says unhealthy",
  );
});

test("with pull always, an image that is nowhere is asked of the registry again and again", () => {
  const made = unit("db");
  const always = made.launch.ok ? { ...made, launch: { ...made.launch, pull: "always" as const } } : made;
  let here = world({ units: [always] });
  let now = 0;
  const said: string[] = [];
  for (let turn = 0; turn < 6; turn++) {
    const decision = show(here, now);
    said.push(/pull db:1|launch|waits, \d+ ms/.exec(decision)?.[0] ?? decision);
    const call: Call = decision.includes("launch")
      ? { call: "launch", generation: 0, bound: {} }
      : { call: "pull", image: "db:1", forStart: "0/0" };
    const kind = call.call === "launch" ? "no-such-image" : "pull-failed";
    if (!decision.includes("waits")) here = observe(here, answered(call, { ok: false, kind, message: kind }), now);
    else now = stateOf(here, "db").trouble?.until ?? now;
  }
  expect(said).toEqual(["pull db:1", "launch", "waits, 1000 ms", "pull db:1", "waits, 2000 ms", "pull db:1"]);
});

test("a launch that was not begun, as it was not wanted any more, leaves no trouble", () => {
  const launch: Call = { call: "launch", generation: 0, bound: {} };
  const called = after(world({ units: [unit("db")] }), { fact: "called", unit: "db", call: launch });
  const told = after(called, answered(launch, { ok: false, kind: "not-wanted", message: "it is not wanted any more" }));
  expect(stateOf(told, "db")).toMatchObject({ call: null, trouble: null, container: null });
});

test("an image that somebody loads by hand is found, though no registry has it", () => {
  const launch: Call = { call: "launch", generation: 0, bound: {} };
  const pull: Call = { call: "pull", image: "db:1", forStart: null };
  const refused = (kind: "no-such-image" | "pull-failed"): Answer => ({ ok: false, kind, message: kind });
  const missing = after(world({ units: [unit("db")] }), answered(launch, refused("no-such-image")));
  expect(show(missing, 0)).toContain("pull db:1");
  const failed = after(missing, answered(pull, refused("pull-failed")));
  expect(show(failed, 0)).toContain("waits, 1000 ms");
  expect(show(failed, 1_000)).toContain("launch");
  const again = after(failed, [1_000, answered(launch, refused("no-such-image"))]);
  expect(show(again, 1_000)).toContain("pull db:1");
  const failedAgain = after(again, [1_000, answered(pull, refused("pull-failed"))]);
  expect(show(failedAgain, 1_000)).toContain("waits, 2000 ms");
});

test("a unit whose file is gone runs on, and is not made again", () => {
  const read = (...units: readonly Unit[]): Fact => ({
    fact: "units-read",
    units: new Map(units.map((each) => [each.name, each])),
  });
  const site = unit("site", { needs: [need("db")] });
  const both = world({ units: [unit("db"), site], running: ["db", "site"] });
  const orphaned = after(both, read(site));
  expect(show(orphaned, 0)).toBe("db: up: it is ready\nsite: up: it is ready");
  const ended = after(orphaned, died(exit.bad), gone);
  expect(show(ended, 0)).toBe(
    `db: failed: its unit file is gone
site: degraded: it runs, but db, which it needs, is not ready`,
  );
  expect(show(after(ended, read(site)), 0)).toBe("site: degraded: it runs, but db, which it needs, is not ready");
  expect(show(after(ended, read(unit("db"), site)), 0)).toMatch(/^db: starting, launch/);
});

test("definitions that stay and new ones do not close a cycle", () => {
  const before = world({
    units: [unit("db"), unit("site", { needs: [need("db", { onLoss: "restart" })] })],
    running: ["db", "site"],
    down: ["db", "site"],
  });
  const edited = new Map([["db", unit("db", { needs: [need("site", { onLoss: "restart" })] })]]);
  expect(show(after(before, { fact: "units-read", units: edited }), 0)).toBe(
    `site: stopping, waits: db, which needs it, stops first
db: stopping, signal db.1: operator asked for it to be down`,
  );
});

test("a hand-over makes another container the unit's, as if it had been asked for now; the tag before it counts as good", () => {
  const tagged = (tag: string) => ({ made: { image: "", imageId: "", tag, parts: {} } });
  const old = container("web.1", { generation: 3, startedAt: -100_000, ...tagged("1") });
  const next = container("web.2", { generation: 4, startedAt: 0, ...tagged("2") });
  const wish = { want: "up", by: "boot", generation: 3 } as const;
  const before = world({
    units: [unit("web")],
    states: { web: { wish, container: old, restarts: 2, respawns: [-5_000, -4_000] } },
  });
  const after = stateOf(observe(before, { fact: "handed-over", unit: "web", container: next }, 10), "web");
  expect(after).toMatchObject({ container: next, restarts: 0, respawns: [], wish: { generation: 4, by: "boot" } });
  expect(after.trial).toMatchObject({ tag: "1", wasReady: true, failed: null });
});

test("of one that svc stopped for a reason of its own that reason is told, and then how it ended", () => {
  const stopping = { signalledAt: 0, killedAt: null, releasedAt: null };
  const lastExit = (why: "start-timeout" | "unhealthy", said: Partial<Container> = {}) => {
    const stopped = container("web.1", { stopping: { ...stopping, why }, ...said });
    const before = world({ units: [unit("web", { startTimeoutMs: 8_000 })], states: { web: { container: stopped } } });
    const after = observe(before, { fact: "died", unit: "web", id: "web.1", exit: exit.kill }, 10);
    return stateOf(after, "web").lastExit?.words;
  };
  expect(lastExit("start-timeout", { answer: "connection refused" })).toBe(
    "it was not ready within 8 s (connection refused), and was stopped: signal SIGKILL",
  );
  expect(lastExit("start-timeout")).toBe("it was not ready within 8 s, and was stopped: signal SIGKILL");
  expect(lastExit("start-timeout", { lastCheck: "exit 1: db gone away" })).toBe(
    "it was not ready within 8 s (exit 1: db gone away), and was stopped: signal SIGKILL",
  );
  expect(lastExit("unhealthy", { lastCheck: "exit 1: db gone away" })).toBe(
    "its healthcheck said unhealthy (exit 1: db gone away), and it was stopped: signal SIGKILL",
  );
  expect(lastExit("unhealthy")).toBe("its healthcheck said unhealthy, and it was stopped: signal SIGKILL");
});
