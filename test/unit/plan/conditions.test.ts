import { expect, test } from "vitest";
import { isReady, isRunning, isWanted, ownContainer, startDeadline } from "../../../src/plan/conditions.ts";
import { decide } from "../../../src/plan/decide.ts";
import { isMet, isOnItsWay, mustStop } from "../../../src/plan/dependencies.ts";
import type { Container, UnitState, World } from "../../../src/plan/world.ts";
import type { Unit } from "../../../src/unit/unit.ts";
import { container, link, need, unit, world } from "../../support/build.ts";

const now = 0;
const db = unit("db");

/** Every wish with every state a container can be in. */
const wishes = { up: "up", down: "down" } as const;
const stopping = { why: "unwanted", signalledAt: -1, killedAt: null, releasedAt: null } as const;
const containers: { readonly [state: string]: Container | null } = {
  none: null,
  created: container("db.1", { state: "created" }),
  starting: container("db.1", { startedAt: -1, watchedSince: -1 }),
  ready: container("db.1"),
  paused: container("db.1", { state: "paused" }),
  unhealthy: container("db.1", { health: "unhealthy", probedReadyAt: -5 }),
  stopping: container("db.1", { stopping }),
  "of an earlier wish": container("db.1", { generation: -1 }),
  exited: container("db.1", { state: "exited" }),
  foreign: container("db.x", { unit: null }),
  "foreign, dead": container("db.x", { unit: null, state: "exited" }),
};

test("every wish in every state has one thing to do", () => {
  const table: string[] = [];
  for (const want of Object.values(wishes)) {
    for (const [state, there] of Object.entries(containers)) {
      const wish = { want, by: "operator", generation: 0 } as const;
      const here = world({ units: [db], states: { db: { wish, container: there } } });
      const decision = decide(here, now).get("db");
      const does = decision && "do" in decision ? decision.do.call : decision && "wait" in decision ? "wait" : "rest";
      const facts = [
        isWanted(db, here) && "wanted",
        ownContainer(db, here) && "own",
        isRunning(ownContainer(db, here)) && "runs",
        isReady(db, here, now) && "ready",
        mustStop(db, here, now) && "must stop",
        isOnItsWay(db, here, now) && "on its way",
      ].filter((fact) => fact !== false && fact !== null);
      table.push(`${want}, ${state}: ${does}, ${decision?.phase} (${facts.join(", ")})`);
    }
  }
  expect(table.join("\n")).toBe(`up, none: launch, starting (wanted, on its way)
up, created: remove, starting (wanted, own, on its way)
up, starting: wait, starting (wanted, own, runs, on its way)
up, ready: rest, up (wanted, own, runs, ready, on its way)
up, paused: rest, degraded (wanted, own, runs)
up, unhealthy: rest, degraded (wanted, own, runs)
up, stopping: wait, stopping (wanted, own, runs, must stop, on its way)
up, of an earlier wish: signal, stopping (wanted, own, runs, ready, must stop, on its way)
up, exited: remove, starting (wanted, own, on its way)
up, foreign: signal, starting (wanted, on its way)
up, foreign, dead: remove, starting (wanted, on its way)
down, none: rest, down ()
down, created: remove, stopping (own)
down, starting: signal, stopping (own, runs, must stop)
down, ready: signal, stopping (own, runs, ready, must stop)
down, paused: signal, stopping (own, runs, must stop)
down, unhealthy: signal, stopping (own, runs, must stop)
down, stopping: wait, stopping (own, runs, must stop)
down, of an earlier wish: signal, stopping (own, runs, ready, must stop)
down, exited: remove, stopping (own)
down, foreign: rest, down ()
down, foreign, dead: rest, down ()`);
});

/** When a container that started 5 s ago is ready, by what the unit calls ready and what is known of it. */
test.each<[string, Partial<Unit>, Partial<Container>, boolean]>([
  ["after 4 s", { ready: { how: "after", afterMs: 4_000 } }, {}, true],
  ["after 6 s", { ready: { how: "after", afterMs: 6_000 } }, {}, false],
  ["auto, without a healthcheck", { ready: { how: "auto", afterMs: 4_000 } }, {}, true],
  ["auto, its healthcheck has not passed", { ready: { how: "auto", afterMs: 1 } }, { health: "starting" }, false],
  ["auto, healthy", { ready: { how: "auto", afterMs: 60_000 } }, { health: "healthy" }, true],
  ["healthy, without a healthcheck", { ready: { how: "healthy" } }, {}, false],
  ["healthy", { ready: { how: "healthy" } }, { health: "healthy" }, true],
  ["unhealthy that was healthy", { ready: { how: "healthy" } }, { health: "unhealthy", probedReadyAt: -1 }, false],
  ["a port that answered", { ready: { how: "tcp", host: null, port: 1 } }, { probedReadyAt: -1 }, true],
  ["a port that has not", { ready: { how: "tcp", host: null, port: 1 } }, {}, false],
  ["a line that has not come", { ready: { how: "log", pattern: "x" } }, {}, false],
  ["a line that may have come before svc did", { ready: { how: "log", pattern: "x" } }, { adopted: true }, true],
  ["ready, and told to stop", {}, { stopping }, false],
  ["a task at work", { type: "task" }, {}, false],
])("%s", (_, change, of, ready) => {
  const one = unit("db", change);
  const there = container("db.1", { startedAt: -5_000, watchedSince: -5_000, ...of });
  expect(isReady(one, world({ units: [one], states: { db: { container: there } } }), now)).toBe(ready);
});

test("a unit that counts as ready after longer than its start timeout has until then", () => {
  const slow = unit("db", { ready: { how: "after", afterMs: 90_000 } });
  expect(startDeadline(slow, container("db.1", { startedAt: 0, watchedSince: 0 }))).toBe(90_000);
});

/** What each kind of need makes of each state of the unit that is needed. */
test("when a need is met", () => {
  const states: { readonly [state: string]: Partial<UnitState> } = {
    "not there": {},
    starting: { container: containers.starting ?? null },
    ready: { container: containers.ready ?? null },
    "about to be replaced": { container: containers["of an earlier wish"] ?? null },
    down: { wish: { want: "down", by: "operator", generation: 0 } },
    "in trouble": { trouble: { kind: "cannot-start", message: "", times: 1, until: 1 } },
    done: { finished: { ok: true, words: "" } },
    failed: { finished: { ok: false, words: "" } },
  };
  const needs = {
    started: need("db", { until: "started" }),
    ready: need("db"),
    completed: need("db", { until: "completed" }),
    wanted: need("db", { required: false }),
  };
  const met = Object.entries(states).map(([state, of]) => {
    const here = world({ units: [db], states: { db: of } });
    const kinds = Object.entries(needs).filter(([, each]) => isMet(each, here, now));
    return `${state}: ${kinds.map(([kind]) => kind).join(", ")}`;
  });
  expect(met).toEqual([
    "not there: ",
    "starting: started",
    "ready: started, ready, wanted",
    "about to be replaced: ",
    "down: wanted",
    "in trouble: wanted",
    "done: completed, wanted",
    "failed: wanted",
  ]);
  expect(isMet(need("nobody"), world({ units: [] }), now)).toBe(false);
  expect(isMet(need("nobody", { required: false }), world({ units: [] }), now)).toBe(true);
});

/** What becomes of a running unit when the one it needs is lost, by what its need says. */
test("when the loss of a need stops a unit", () => {
  const needs = {
    keep: need("db"),
    restart: need("db", { onLoss: "restart" }),
    stop: need("db", { onLoss: "stop" }),
    link: link("db"),
    "needed once": need("db", { until: "completed", onLoss: "restart" }),
  };
  const losses: { readonly [loss: string]: Partial<UnitState> } = {
    "is there": { container: container("db.1") },
    "has died": {},
    "is there anew, not ready": { container: container("db.2", { startedAt: 0, watchedSince: 0 }) },
    "is there anew, ready": { container: container("db.2") },
    "is to be replaced": { container: container("db.1", { generation: -1 }) },
    "is stopped by hand": { container: container("db.1"), wish: { want: "down", by: "operator", generation: 0 } },
  };
  const table = Object.entries(losses).map(([loss, of]) => {
    const stops = Object.entries(needs).filter(([, each]) => {
      const site = unit("site", { needs: [each] });
      const there = container("site.1", each.onLoss === "restart" ? { bound: { db: "db.1" } } : {});
      return mustStop(site, world({ units: [db, site], states: { db: of, site: { container: there } } }), now);
    });
    return `${loss}: ${stops.map(([kind]) => kind).join(", ")}`;
  });
  expect(table).toEqual([
    "is there: ",
    "has died: stop",
    "is there anew, not ready: stop",
    "is there anew, ready: restart, link",
    "is to be replaced: restart, stop, link",
    "is stopped by hand: stop",
  ]);
});

test("after a crash of svc one whose port has not been asked yet is not lost", () => {
  const asked = unit("db", { ready: { how: "tcp", host: null, port: 80 } });
  const site = unit("site", { needs: [need("db", { onLoss: "stop" })] });
  const stops = (db: Container, at = now): boolean => {
    const states = { db: { container: db }, site: { container: container("site.1") } };
    return mustStop(site, world({ units: [asked, site], states }), at) !== null;
  };
  const adopted = container("db.1", { adopted: true, watchedSince: now });
  expect(stops(adopted)).toBe(false);
  expect(stops({ ...adopted, probedReadyAt: now })).toBe(false);
  expect(stops({ ...adopted, adopted: false })).toBe(true);
  expect(stops({ ...adopted, state: "paused" })).toBe(true);
  expect(stops({ ...adopted, stopping })).toBe(true);
  expect(stops(adopted, now + asked.startTimeoutMs)).toBe(true);
});

test("a world with a cycle is looked at without end or error", () => {
  const ring = [unit("a", { needs: [link("b")] }), unit("b", { needs: [link("a")] })];
  const there: World = world({ units: ring, running: ["a", "b"] });
  expect(() => decide(there, now)).not.toThrow();
});
