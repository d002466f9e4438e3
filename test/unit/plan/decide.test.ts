import { expect, test } from "vitest";
import { decide, nextLook } from "../../../src/plan/decide.ts";
import type { Container, StopReason, UnitState } from "../../../src/plan/world.ts";
import type { Unit } from "../../../src/unit/unit.ts";
import { container, link, need, unit, world } from "../../support/build.ts";
import { show } from "../../support/show.ts";

/** What svc does next in the main stories, and what it says of it. Every story is a situation at the instant 0. */

const site = [unit("db"), unit("relay", { needs: [need("db")] }), unit("site", { needs: [link("relay")] })];
const stopping = (change = {}) => ({
  why: "unwanted" as const,
  signalledAt: -4_000,
  killedAt: null,
  releasedAt: null,
  ...change,
});
const down = { want: "down", by: "operator", generation: 0 } as const;

test("a chain starts at its end; the others say what they wait for", () => {
  expect(show(world({ units: site }), 0)).toBe(
    `db: starting, launch: operator asked for it
relay: waiting, waits: it needs db, which is not ready yet
site: waiting, waits: it needs relay, which is not ready yet`,
  );
});

test("a unit that is not ready yet is waited for until it is", () => {
  const fresh = container("db.1", { startedAt: -400, watchedSince: -400 });
  expect(show(world({ units: site, states: { db: { container: fresh } } }), 0)).toBe(
    `db: starting, waits, 600 ms: it counts as ready after 1 s
relay: waiting, waits: it needs db, which is not ready yet
site: waiting, waits: it needs relay, which is not ready yet`,
  );
});

test("when the target of a link has died, what is linked runs on until the next one is ready", () => {
  const dead = container("relay.1", { state: "exited" });
  const linked = container("site.1", { bound: { relay: "relay.1" } });
  const died = world({
    units: site,
    running: ["db"],
    states: {
      relay: { container: dead, lastExit: { words: "exit 137 (SIGKILL)", at: 0 } },
      site: { container: linked },
    },
  });
  expect(show(died, 0)).toBe(
    `db: up: it is ready
relay: starting, remove relay.1: it ended: exit 137 (SIGKILL)
site: degraded: it runs, but relay, which it needs, is not ready`,
  );
  const back = world({
    units: site,
    running: ["db"],
    states: { relay: { container: container("relay.2") }, site: { container: linked } },
  });
  expect(show(back, 0)).toBe(
    `db: up: it is ready
relay: up: it is ready
site: stopping, signal site.1: relay, which it is tied to, was replaced`,
  );
});

test("a unit may be named as something that every JavaScript object knows", () => {
  const units = [unit("constructor"), unit("site", { needs: [link("constructor")] })];
  expect(show(world({ units, running: ["constructor", "site"] }), 0)).toBe(
    `constructor: up: it is ready
site: up: it is ready`,
  );
});

test("what could not be started anew is not stopped because the target of its link was replaced", () => {
  const linked = container("site.1", { bound: { relay: "relay.1" } });
  const [db, relay, one] = site as [Unit, Unit, Unit];
  const broken = {
    ...one,
    launch: { ok: false, code: "no-tag", message: "there is no TAG", hint: "write one" },
  } as const;
  const after = (units: readonly Unit[], target: Partial<UnitState>) =>
    show(world({ units, running: ["db"], states: { relay: target, site: { container: linked } } }), 0);
  expect(after([db, relay, broken], { container: container("relay.2") })).toBe(
    `db: up: it is ready
relay: up: it is ready
site: degraded: it is tied to a relay that is gone, and cannot be started anew: there is no TAG`,
  );
  expect(after([db, relay, one], { container: container("relay.2") })).toContain("site: stopping, signal site.1");
  const restart = { want: "up", by: "operator", generation: 1 } as const;
  expect(after([db, relay, broken], { container: container("relay.1"), wish: restart })).toBe(
    `db: up: it is ready
relay: stopping, signal relay.1: a restart was asked for
site: degraded: it runs, but relay, which it needs, is not ready`,
  );
});

test("what could not be started anew is not stopped because it is unhealthy or was not ready in time", () => {
  const launch = { ok: false, code: "no-tag", message: "there is no TAG", hint: "write one" } as const;
  const sick = unit("sick", { onUnhealthy: "restart" });
  const slow = unit("slow", { ready: { how: "tcp", host: null, port: 80 } });
  const states = {
    sick: { container: container("sick.1", { health: "unhealthy" }) },
    slow: { container: container("slow.1") },
  };
  const shown = (units: readonly Unit[]) => show(world({ units, running: [], states }), 60_000);
  expect(shown([sick, slow])).toMatch(/^sick: stopping, signal sick.1.*\nslow: stopping, signal slow.1/);
  expect(shown([sick, slow].map((one) => ({ ...one, launch })))).toBe(
    `sick: degraded: its healthcheck says unhealthy
slow: degraded: it was not ready in time, and cannot be started anew: there is no TAG`,
  );
});

test("a restart of the target of a link takes down first what is linked to it", () => {
  const linked = container("site.1", { bound: { relay: "relay.1" } });
  const restart = { want: "up", by: "operator", generation: 1 } as const;
  const asked = world({
    units: site,
    running: ["db", "relay"],
    states: { relay: { container: container("relay.1"), wish: restart }, site: { container: linked } },
  });
  expect(show(asked, 0)).toBe(
    `db: up: it is ready
relay: stopping, waits: site, which needs it, stops first
site: stopping, signal site.1: relay, which it is tied to, is being replaced`,
  );
});

test("a chain that nobody wants stops from the outside in", () => {
  const running = ["db", "relay", "site"];
  const nobody = world({ units: site, running, down: running });
  expect(show(nobody, 0)).toBe(
    `db: stopping, waits: relay, which needs it, stops first
relay: stopping, waits: site, which needs it, stops first
site: stopping, signal site.1: operator asked for it to be down`,
  );
  expect(show({ ...world({ units: site, running }), shuttingDown: true }, 0)).toBe(
    `db: stopping, waits: relay, which needs it, stops first
relay: stopping, waits: site, which needs it, stops first
site: stopping, signal site.1: svc is shutting down`,
  );
});

test("what is being started when its need has to stop is waited for", () => {
  const launch = { call: { call: "launch", generation: 0, bound: {} }, since: 0 } as const;
  const early = world({ units: site.slice(0, 2), running: ["db"], down: ["db"], states: { relay: { call: launch } } });
  expect(show(early, 0)).toBe(
    `db: stopping, waits: relay, which needs it, is being started
relay: starting, waits: the engine is starting it`,
  );
});

test("the stop signal, the grace, kill, and what comes after a kill that does nothing", () => {
  const at = (change: object): string =>
    show(
      world({
        units: [unit("db")],
        states: { db: { wish: down, container: container("db.1", { stopping: stopping(change) }) } },
      }),
      0,
    );
  expect(at({})).toBe("db: stopping, waits, 6000 ms: operator asked for it to be down; it has 10 s to end");
  expect(at({ signalledAt: -10_000 })).toBe("db: stopping, kill db.1: it did not end within 10 s");
  expect(at({ killedAt: -1_000 })).toBe("db: stopping, waits, 4000 ms: it was killed");
  expect(at({ killedAt: -5_000 })).toBe("db: stopping, release db.1: the engine is slow to say that it died");
  expect(at({ killedAt: -9_000, releasedAt: -4_000 })).toBe("db: stopping, waits, 1000 ms: it was killed");
  expect(at({ killedAt: -10_000, releasedAt: -5_000 })).toBe(
    "db: stopping, kill db.1: the engine is slow to say that it died",
  );
});

test("back-off, crash loop, and giving up", () => {
  const exit = { words: "exit 1", at: -100 };
  const backoff = { streak: 3, until: 3_900, delayMs: 4_000 };
  const six = [-6, -5, -4, -3, -2, -1];
  const failing = { lastExit: exit, backoff, respawns: six, restarts: 6 };
  const limit = { count: 5, windowMs: 300_000 };
  const of = (respawn: object, state: object): string =>
    show(
      world({
        units: [
          unit("db", { respawn: { enabled: true, normalExit: [], limit: null, onLimit: "delay", ...respawn } }),
          unit("site", { needs: [need("db")] }),
        ],
        states: { db: state },
      }),
      0,
    );
  expect(of({}, failing)).toBe(
    `db: backoff, waits, 3900 ms: it keeps failing (6): exit 1
site: waiting, waits: it needs db, which keeps failing: exit 1`,
  );
  expect(of({ limit }, failing)).toBe(
    `db: backoff, waits, 3900 ms: crash loop: 5 respawns within 300 s; last: exit 1
site: waiting, waits: it needs db, which keeps failing: exit 1`,
  );
  expect(of({ limit, onLimit: "fail" }, failing)).toBe(
    `db: failed: crash loop: 5 respawns within 300 s; last: exit 1
site: waiting, waits: it needs db, which keeps failing: exit 1`,
  );
  expect(of({}, { ...failing, backoff: { ...backoff, until: 0 } })).toBe(
    `db: starting, launch: it ended: exit 1
site: waiting, waits: it needs db, which keeps failing: exit 1`,
  );
});

test("a unit whose need has given up for good sets no timer", () => {
  const limit = { count: 1, windowMs: 300_000 };
  const respawn = { enabled: true, normalExit: [], limit, onLimit: "fail" } as const;
  const units = [
    unit("db", { respawn }),
    unit("site", { needs: [need("db")] }),
    unit("worker", { needs: [need("db")] }),
  ];
  const backoff = { streak: 1, until: 60_000, delayMs: 60_000 };
  const failed = { respawns: [-2, -1], backoff, lastExit: { words: "exit 1", at: 0 }, restarts: 2 };
  const gone = world({ units, running: ["worker"], states: { db: failed } });
  expect(show(gone, 0)).toBe(
    `db: failed: crash loop: 1 respawn within 300 s; last: exit 1
site: waiting, waits: it needs db, which keeps failing: exit 1
worker: degraded: it runs, but db, which it needs, is not ready`,
  );
  expect(nextLook(decide(gone, 0))).toBeNull();
});

test("what is not wanted sets no timer, whatever delays it had", () => {
  const backoff = { streak: 3, until: 3_900, delayMs: 4_000 };
  const stopped = world({ units: [unit("db")], states: { db: { wish: down, backoff, respawns: [-3, -2, -1, 0] } } });
  expect(show(stopped, 0)).toBe("db: down: operator asked for it to be down");
  expect(nextLook(decide(stopped, 0))).toBeNull();
});

test("an image that is missing is pulled; a pull that fails is tried again, and keeps no need waiting for words", () => {
  const trouble = { kind: "pull-failed", message: "cannot pull db:1: no route", times: 1, until: 750 } as const;
  const units = [unit("db"), unit("site", { needs: [need("db")] })];
  expect(show(world({ units, states: { db: { missingImage: "db:1" } } }), 0)).toBe(
    `db: pulling, pull db:1: its image db:1 is pulled
site: waiting, waits: it needs db, which is not ready yet`,
  );
  expect(show(world({ units, states: { db: { missingImage: "db:1", trouble } } }), 0)).toBe(
    `db: waiting, waits, 750 ms: cannot pull db:1: no route
site: waiting, waits: it needs db, which cannot start: cannot pull db:1: no route`,
  );
  expect(show(world({ units, states: { db: { missingImage: "db:1", trouble: { ...trouble, until: 0 } } } }), 0)).toBe(
    `db: pulling, pull db:1: its image db:1 is pulled
site: waiting, waits: it needs db, which cannot start: cannot pull db:1: no route`,
  );
});

test("who stops a unit does not wait for the pull of its image", () => {
  const pull = { call: { call: "pull", image: "db:1", forStart: null }, since: 0 } as const;
  expect(show(world({ units: [unit("db")], states: { db: { call: pull } } }), 0)).toBe(
    "db: pulling, waits: its image is being pulled",
  );
  expect(show(world({ units: [unit("db")], states: { db: { call: pull, wish: down } } }), 0)).toBe(
    "db: down: operator asked for it to be down",
  );
});

test("a foreign container of the name goes just before the start, not while the unit waits", () => {
  const foreign = container("site.x", { unit: null });
  const units = [unit("db"), unit("site", { needs: [need("db")] })];
  expect(show(world({ units, states: { site: { container: foreign } } }), 0)).toBe(
    `db: starting, launch: operator asked for it
site: waiting, waits: it needs db, which is not ready yet`,
  );
  const of = (change: object): string =>
    show(world({ units, running: ["db"], states: { site: { container: { ...foreign, ...change } } } }), 0);
  expect(of({})).toBe("db: up: it is ready\nsite: starting, signal site.x: a foreign container has its name");
  expect(of({ stopping: stopping({ why: "foreign" }) })).toBe(
    "db: up: it is ready\nsite: starting, waits, 6000 ms: a foreign container has its name; it has 10 s to end",
  );
  expect(of({ stopping: stopping({ why: "foreign", signalledAt: -10_000 }) })).toBe(
    "db: up: it is ready\nsite: starting, remove site.x: a foreign container has its name",
  );
  expect(of({ state: "exited" })).toBe(
    "db: up: it is ready\nsite: starting, remove site.x: a foreign container has its name",
  );
});

test("while the engine is away nothing is done, nothing is timed, and nothing is called a failure", () => {
  const units = [unit("db"), unit("site", { needs: [need("db")] }), unit("old"), unit("job", { type: "task" })];
  const finished = { ok: true, words: "it ended with 0" };
  const away = world({
    units,
    running: ["db"],
    down: ["old"],
    states: { job: { finished } },
    engine: { state: "away", since: -5 },
  });
  expect(show(away, 0)).toBe(
    `db: degraded, waits: the engine does not answer; it ran when last seen
site: waiting, waits: the engine does not answer
old: down: operator asked for it to be down
job: done: it ended with 0`,
  );
  expect(nextLook(decide(away, 0))).toBeNull();
});

test("a unit that never gets ready is stopped at its deadline", () => {
  const slow = unit("db", { ready: { how: "tcp", host: null, port: 5432 } });
  const at = (watchedSince: number, answer?: string): string => {
    const there = container("db.1", { watchedSince, ...(answer === undefined ? {} : { answer }) });
    return show(world({ units: [slow], states: { db: { container: there } } }), 0);
  };
  expect(at(-59_000)).toBe("db: starting, waits, 1000 ms: nothing answers on its port 5432 yet");
  expect(at(-59_000, "connection refused")).toBe(
    "db: starting, waits, 1000 ms: nothing answers on its port 5432 yet: connection refused",
  );
  expect(at(-60_000)).toBe("db: stopping, signal db.1: it was not ready within 60 s");
});

test("of a container that is dead and goes it is told how it ended, or why it was stopped", () => {
  const over = (change: Partial<Container>): string => {
    const dead = container("db.1", { state: "exited", ...change });
    const state = { container: dead, lastExit: { words: "exit 137: out of memory", at: 0 } };
    return show(world({ units: [unit("db")], states: { db: state } }), 0).replace("db: starting, remove db.1: ", "");
  };
  const stopped = (why: StopReason): Partial<Container> => ({
    stopping: { why, signalledAt: 0, killedAt: null, releasedAt: null },
  });
  expect(over({})).toBe("it ended: exit 137: out of memory");
  expect(over(stopped("replaced"))).toBe("it was stopped to be started anew");
  expect(over(stopped("start-timeout"))).toBe("it was stopped, for it was not ready in time");
  expect(over(stopped("unhealthy"))).toBe("it was stopped, for its healthcheck said unhealthy");
  expect(over({ state: "created" })).toBe("its last container was never started");
});

test("an unhealthy container is left alone, unless the unit says otherwise", () => {
  const sick = container("db.1", { health: "unhealthy", probedReadyAt: -50_000 });
  const of = (onUnhealthy: "ignore" | "restart"): string =>
    show(
      world({
        units: [unit("db", { onUnhealthy, ready: { how: "healthy" } }), unit("site", { needs: [need("db")] })],
        running: ["site"],
        states: { db: { container: sick } },
      }),
      0,
    );
  expect(of("ignore")).toBe(
    `db: degraded: its healthcheck says unhealthy
site: degraded: it runs, but db, which it needs, is not ready`,
  );
  expect(of("restart")).toBe(
    `db: stopping, signal db.1: its healthcheck says unhealthy
site: degraded: it runs, but db, which it needs, is not ready`,
  );
});

test("a paused container is left alone, also past its deadline", () => {
  const paused = container("db.1", { state: "paused" });
  const slow = unit("db", { ready: { how: "tcp", host: null, port: 5432 } });
  expect(show(world({ units: [slow], states: { db: { container: paused } } }), 0)).toBe(
    "db: degraded: somebody paused its container; docker unpause wakes it",
  );
});

test("what stops with its need goes down when that is lost, and comes back with it", () => {
  const units = [unit("db"), unit("site", { needs: [need("db", { onLoss: "stop" })] })];
  expect(show(world({ units, running: ["site"] }), 0)).toBe(
    `db: starting, launch: operator asked for it
site: stopping, signal site.1: db is not up`,
  );
  expect(show(world({ units }), 0)).toBe(
    `db: starting, launch: operator asked for it
site: waiting, waits: it needs db, which is not ready yet`,
  );
  expect(show(world({ units, running: ["db"] }), 0)).toBe(
    `db: up: it is ready
site: starting, launch: operator asked for it`,
  );
});

test("a task is waited for until it is done, and done is for good", () => {
  const units = [
    unit("migrate", { type: "task" }),
    unit("site", { needs: [need("migrate")] }),
    unit("worker", { needs: [need("migrate", { until: "started" })] }),
  ];
  expect(show(world({ units, running: ["migrate"] }), 0)).toBe(
    `migrate: up: the task runs
site: waiting, waits: it needs migrate, which is not ready yet
worker: starting, launch: operator asked for it`,
  );
  const finished = { ok: true, words: "it ended with 0" };
  expect(show(world({ units, states: { migrate: { finished } } }), 0)).toBe(
    `migrate: done: it ended with 0
site: starting, launch: operator asked for it
worker: starting, launch: operator asked for it`,
  );
  const failed = { ok: false, words: "exit 1" };
  expect(show(world({ units: units.slice(0, 2), states: { migrate: { finished: failed } } }), 0)).toBe(
    `migrate: failed: exit 1
site: waiting, waits: it needs migrate, which failed: exit 1`,
  );
  // Run again, it leaves alone what needed it once.
  expect(show(world({ units: units.slice(0, 2), running: ["migrate", "site"] }), 0)).toBe(
    `migrate: up: the task runs
site: up: it is ready`,
  );
});

test("what is only wanted is waited for as long as it may come, and no longer", () => {
  const wants = need("cache", { required: false, from: "wants" });
  const units = [unit("db"), unit("cache", { needs: [need("db")] }), unit("site", { needs: [wants] })];
  const of = (
    states: { readonly [unit: string]: Partial<UnitState> },
    running: readonly string[] = [],
  ): string | undefined => show(world({ units, states, running }), 0).split("\n")[2];
  const start = "site: starting, launch: operator asked for it";
  const trouble = { kind: "cannot-start", message: "port taken", times: 1, until: 500 } as const;
  expect(of({})).toBe("site: waiting, waits: it needs cache, which is not ready yet");
  expect(of({ cache: { trouble } }, ["db"])).toBe(start);
  expect(of({ cache: { wish: down } })).toBe(start);
  // Its own need fails, so it is not coming either.
  expect(of({ db: { trouble } })).toBe(start);
  expect(of({ db: { wish: down } })).toBe(start);
  // It runs, and may stay as it is for ever.
  expect(of({ cache: { container: container("cache.1", { state: "paused" }) } }, ["db"])).toBe(start);
});

test("order alone starts nothing and waits only for what is coming", () => {
  const units = [unit("db"), unit("site", { after: ["db"] })];
  expect(show(world({ units }), 0)).toBe(
    `db: starting, launch: operator asked for it
site: waiting, waits: it starts after db`,
  );
  expect(show(world({ units, down: ["db"] }), 0)).toBe(
    `db: down: operator asked for it to be down
site: starting, launch: operator asked for it`,
  );
  expect(show(world({ units, running: ["db", "site"], down: ["db", "site"] }), 0)).toBe(
    `db: stopping, waits: site, which starts after it, stops first
site: stopping, signal site.1: operator asked for it to be down`,
  );
});

test("a chain of links is looked at once each, however long and tangled it is", () => {
  const units = Array.from({ length: 60 }, (_, index) => {
    const needs = [1, 2].filter((back) => back <= index).map((back) => need(`u${index - back}`, { onLoss: "stop" }));
    return unit(`u${index}`, { needs });
  });
  const running = units.map(({ name }) => name);
  const lines = show(world({ units, running }), 0).split("\n");
  expect(lines[59]).toBe("u59: up: it is ready");
});

test("of a chain that waits its root is told: what failed, of whom", () => {
  const units = [unit("site", { needs: [need("cache")] }), unit("cache", { needs: [need("db")] }), unit("db")];
  const finished = { ok: false, words: "exit 9" };
  const decisions = decide(world({ units, states: { db: { finished } } }), 0);
  expect(decisions.get("site")?.because).toBe("it needs cache, which waits for db, which failed: exit 9");
});
