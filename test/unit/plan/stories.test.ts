import { expect, test } from "vitest";
import { exit, link, need, unit } from "../../support/build.ts";
import { show } from "../../support/show.ts";
import { die, drain, outage, setHealth, settle } from "../../support/simulated-engine.ts";
import { command, crash, type Simulation, simulate } from "../../support/simulation.ts";
import { brokenAtRest } from "./laws.ts";

/** Stories with a beginning and an end, on the simulated engine and a virtual clock. The numbers are those of supervision.md. */

const site = [unit("relay"), unit("site", { needs: [link("relay")] })];
const boot = (units = site): Simulation => rest(simulate(units, { asked: units.map(({ name }) => name) }));

/** At rest, with no law broken, nothing in flight and no timer left. */
function rest(simulation: Simulation): Simulation {
  const settled = settle(simulation);
  if (!settled) throw new Error("it does not come to rest");
  expect(brokenAtRest(settled)).toEqual([]);
  expect({ broken: settled.broken, flights: settled.flights, wakeAt: settled.wakeAt }).toEqual({
    broken: [],
    flights: [],
    wakeAt: null,
  });
  return settled;
}

/** Goes on, a step at least, until svc says so of a unit. */
function until(simulation: Simulation, words: string): Simulation {
  let current = simulation;
  for (let step = 0; step < 500; step++) {
    current = drain(current) ?? current;
    if (show(current.world, current.now).includes(words)) return current;
  }
  throw new Error(`never: ${words}\n${show(current.world, current.now)}`);
}

const ids = ({ containers }: Simulation) => Object.fromEntries([...containers].map(([name, { id }]) => [name, id]));

test("a unit that is linked to a recreated one is made anew after it", () => {
  const up = boot();
  expect(ids(up)).toEqual({ relay: "relay.1", site: "site.1" });
  const back = rest(die(up, "relay"));
  expect(ids(back)).toEqual({ relay: "relay.2", site: "site.2" });
  expect(back.containers.get("site")?.bound).toEqual({ relay: "relay.2" });
});

test("a stop during the delay of a respawn, or while the respawn starts, is the end of it", () => {
  let crashing = boot([unit("db")]);
  for (let death = 0; death < 4; death++)
    crashing = until(die(crashing, "db"), death < 3 ? "it counts as ready" : "backoff");
  const stop = { command: "stop", names: ["db"], withDependents: false } as const;
  expect(ids(rest(command(crashing, stop)))).toEqual({});
  const starting = until(crashing, "the engine is starting it");
  expect(ids(rest(command(starting, stop)))).toEqual({});
});

test("a stop while a restart stops it is the end of it", () => {
  const restarting = command(boot(), { command: "restart", names: ["relay"] });
  const stopping = until(restarting, "the engine is sending it the stop signal");
  const stopped = rest(command(stopping, { command: "stop", names: ["relay"], withDependents: true }));
  expect(ids(stopped)).toEqual({});
});

test("a start during the delay starts now, and what was before is forgotten", () => {
  let crashing = boot([unit("db")]);
  for (let death = 0; death < 6; death++) crashing = until(die(crashing, "db"), "it counts as ready");
  crashing = until(die(crashing, "db"), "backoff");
  const { now } = crashing;
  const started = until(command(crashing, { command: "start", names: ["db"] }), "it counts as ready");
  expect(started.now).toBe(now);
  expect(started.world.states.get("db")).toMatchObject({ respawns: [], restarts: 0, backoff: null });
});

test("a container that ends by itself during its grace is neither killed nor started again", () => {
  const up = boot([unit("db")]);
  const stubborn = { ...up, stubborn: new Set(["db"]) };
  const asked = command(stubborn, { command: "stop", names: ["db"], withDependents: false });
  const waiting = until(asked, "it has 10 s to end");
  const ended = rest(die(waiting, "db", exit.good));
  expect(ids(ended)).toEqual({});
  expect(ended.now).toBe(waiting.now);
});

test("a unit that gave up does not keep those busy that need it", () => {
  const respawn = { enabled: true, normalExit: [], limit: { count: 2, windowMs: 300_000 }, onLimit: "fail" } as const;
  let failing = boot([unit("db", { respawn }), unit("app", { needs: [need("db")] })]);
  for (let death = 0; death < 3; death++)
    failing = until(die(failing, "db"), death < 2 ? "it counts as ready" : "failed");
  expect(show(rest(failing).world, failing.now)).toBe(
    `db: failed: crash loop: 2 respawns within 300 s; last: exit 1
app: degraded: it runs, but db, which it needs, is not ready`,
  );
});

test("an engine that ends all its containers and comes back finds all of them started in order, at no cost", () => {
  const up = boot();
  const back = rest(outage(up, "ends-them-seen"));
  expect(ids(back)).toEqual({ relay: "relay.2", site: "site.2" });
  expect([...back.world.states.values()].map(({ restarts, respawns }) => [restarts, respawns])).toEqual([
    [0, []],
    [0, []],
  ]);
  expect(ids(rest(outage(up, "keeps-containers")))).toEqual(ids(up));
});

test("a crash of svc touches nothing that runs", () => {
  const up = boot();
  expect(ids(rest(crash(up)))).toEqual(ids(up));
});

test("an unhealthy unit that is to be restarted counts it as a crash", () => {
  const db = unit("db", { onUnhealthy: "restart", ready: { how: "healthy" } });
  const starting = until(simulate([db], { asked: ["db"] }), "its healthcheck has not passed yet");
  const up = rest(setHealth(starting, "db", "healthy"));
  const again = until(setHealth(up, "db", "unhealthy"), "its healthcheck has not passed yet");
  expect(again.containers.get("db")?.id).toBe("db.2");
  expect(again.world.states.get("db")?.restarts).toBe(1);
});
