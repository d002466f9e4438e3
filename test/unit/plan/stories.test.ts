import { expect, test } from "vitest";
import type { Fact } from "../../../src/plan/fact.ts";
import { exit, link, need, unit, withTag } from "../../support/build.ts";
import { show } from "../../support/show.ts";
import { die, drain, outage, setHealth, settle } from "../../support/simulated-engine.ts";
import { command, crash, type Simulation, simulate, tell } from "../../support/simulation.ts";
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

/** TAG of the site says build-42 now. */
function tagged(simulation: Simulation): Simulation {
  const disk = new Map(simulation.disk).set("site", withTag(site[1] ?? unit("site"), "build-42"));
  return tell({ ...simulation, disk }, [{ fact: "units-read", units: disk }]);
}

test("what runs is not given up for an image that cannot be had: it is tried again and again, and then it is replaced", () => {
  const missing = { ok: false, kind: "other", message: "manifest unknown" } as const;
  const up = { ...tagged(boot()), refusals: new Map([["fetch site", [missing, missing]]]) };
  const waiting = until(die(up, "relay"), "as its image cannot be had: manifest unknown");
  expect(show(waiting.world, waiting.now)).toBe(
    `relay: up: it is ready
site: degraded, waits, 1000 ms: relay, which it is tied to, was replaced; it runs on, as its image cannot be had: manifest unknown`,
  );
  expect(ids(waiting)).toEqual({ relay: "relay.2", site: "site.1" });
  const back = rest(waiting);
  expect(ids(back)).toEqual({ relay: "relay.2", site: "site.2" });
  expect(back.containers.get("site")?.made.image).toBe("site:build-42");
  expect(back.now - waiting.now).toBe(1_000 + 2_000 + 1_000);
});

test("a stop does not wait for the image that is being fetched, and nothing comes of it afterwards", () => {
  const asked = until(die(tagged(boot()), "relay"), "its next image is looked for");
  const slow = { ...(drain(asked) ?? asked), events: [] };
  const fetching = until(slow, "it runs on until its image site:build-42 is here");
  const stopped = rest(command(fetching, { command: "stop", names: ["site"], withDependents: false }));
  expect(ids(stopped)).toEqual({ relay: "relay.2" });
  const late: Fact = { fact: "fetched", unit: "site", image: "site:build-42", problem: null, luck: 0.5 };
  expect(ids(rest(tell(stopped, [late])))).toEqual({ relay: "relay.2" });
});

test("a restart that was asked for goes from the outside in, whatever TAG says by then", () => {
  const asked = command(tagged(boot()), { command: "restart", names: ["relay"] });
  expect(asked.flights.map(({ unit, call }) => [unit, call.call])).toEqual([["site", "signal"]]);
  expect(ids(rest(asked))).toEqual({ relay: "relay.2", site: "site.2" });
});

test("a crash of svc and an outage of the engine while an image is fetched change nothing", () => {
  const fetching = until(die(tagged(boot()), "relay"), "its next image is looked for");
  for (const blow of [crash, (one: Simulation) => outage(one, "keeps-containers")])
    expect(ids(rest(blow(fetching)))).toEqual({ relay: "relay.2", site: "site.2" });
});

test("nobody waits for ever for one that was not ready in time and cannot be started anew", () => {
  const relay = unit("relay", { ready: { how: "tcp", host: null, port: 25 } });
  const wanting = unit("site", { needs: [need("relay", { required: false })] });
  const relayRuns = until(simulate([relay, wanting], { asked: ["relay", "site"] }), "nothing answers");
  const gone: Fact = { fact: "units-read", units: new Map([["site", wanting]]) };
  const late = rest(tell({ ...relayRuns, disk: gone.units }, [gone]));
  expect(show(late.world, late.now)).toBe(
    `relay: degraded: it was not ready in time, and cannot be started anew: its unit file is gone
site: up: it is ready`,
  );
});
