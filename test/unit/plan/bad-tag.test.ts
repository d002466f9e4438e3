import { expect, test } from "vitest";
import type { Fact } from "../../../src/plan/fact.ts";
import { stateOf } from "../../../src/plan/world.ts";
import type { Unit } from "../../../src/unit/unit.ts";
import { exit, need, unit, withTag } from "../../support/build.ts";
import { show } from "../../support/show.ts";
import { die, drain, outage, settle } from "../../support/simulated-engine.ts";
import { command, crash, reboot, type Simulation, simulate, tell } from "../../support/simulation.ts";
import { brokenAtRest } from "./laws.ts";

/** What becomes of a unit whose new tag does not stay up; on_bad_tag. */

/** It is up on build-41 when nothing else is said. */
const up = (change: Partial<Unit> = {}): Simulation =>
  rest(simulate([withTag(unit("site", change), "build-41")], { asked: ["site"] }));

/** TAG says so now. */
function write(simulation: Simulation, tag: string): Simulation {
  const disk = new Map([...simulation.disk].map(([name, one]) => [name, name === "site" ? withTag(one, tag) : one]));
  return tell({ ...simulation, disk }, [{ fact: "units-read", units: disk }]);
}

function rest(simulation: Simulation): Simulation {
  const settled = settle(simulation);
  if (!settled) throw new Error(`it does not come to rest\n${words(simulation)}`);
  expect({ broken: settled.broken, rest: brokenAtRest(settled) }).toEqual({ broken: [], rest: [] });
  return settled;
}

/** Goes on until it runs; not so far that it counts as ready unless that is asked. */
function running(simulation: Simulation, forMs = 0): Simulation {
  let current = simulation;
  for (let step = 0; step < 100; step++) {
    const container = current.containers.get("site");
    const known = stateOf(current.world, "site").container;
    if (
      container?.state === "running" &&
      known?.id === container.id &&
      current.flights.length + current.answers.length === 0
    )
      return forMs === 0 ? current : tell({ ...current, now: current.now + forMs }, []);
    const next = drain(current);
    if (!next) break;
    current = next;
  }
  throw new Error(`it does not run\n${words(current)}`);
}

const words = ({ world, now }: Simulation): string => show(world, now);
const restart = { command: "restart", names: ["site"] } as const;
const start = { command: "start", names: ["site"] } as const;
const stop = { command: "stop", names: ["site"], withDependents: false } as const;

/** So many ends, each after so long. */
function ends(simulation: Simulation, count: number, afterMs = 100): Simulation {
  let current = simulation;
  for (let end = 0; end < count; end++) {
    current = die(running(current, afterMs), "site");
    while (current.events.length > 0) current = drain(current) ?? current;
  }
  return current;
}

const bad = (change: Partial<Unit> = {}, count = 3): Simulation =>
  ends(command(write(up(change), "build-42"), restart), count);

const held = "site: failed: tag build-42 ended 3 times within 0.3 s; build-41 was up before it; held";

test("a new tag that ends three times before it has been ready for 10 s is held, and what needs it is not kept busy", () => {
  expect(words(bad({}, 2))).not.toContain("failed");
  expect(words(rest(bad()))).toBe(held);
  const app = unit("app", { needs: [need("site")] });
  const two = rest(simulate([withTag(unit("site"), "build-41"), app], { asked: ["site", "app"] }));
  expect(words(rest(ends(command(write(two, "build-42"), restart), 3)))).toContain(
    "app: degraded: it runs, but site, which it needs, is not ready",
  );
});

test("a tag that is ready at once and ends soon after is held too", () => {
  expect(words(rest(ends(command(write(up(), "build-42"), restart), 3, 3_000)))).toContain("held");
});

test("it is held when the new tag comes with a respawn, and nobody asked", () => {
  const unnoticed = write(up(), "build-42");
  expect(words(rest(ends(die(unnoticed, "site"), 3)))).toContain("held");
});

test("ends that are not quick do not count, and one that stays up for 10 s begins anew", () => {
  const two = bad({}, 2);
  const steady = ends(two, 1, 11_000);
  expect(words(rest(ends(steady, 2)))).not.toContain("held");
  expect(words(rest(ends(steady, 3)))).toContain("held");
});

test("ends later than 10 minutes after the first start of the tag have nothing to do with it", () => {
  const old = ends(command(write(up(), "build-42"), restart), 1, 600_001);
  expect(words(rest(ends(old, 4)))).not.toContain("held");
});

test("a respawn limit that is reached is a crash loop, however long each run was", () => {
  const respawn = { enabled: true, normalExit: [], limit: { count: 1, windowMs: 300_000 }, onLimit: "delay" } as const;
  expect(words(rest(ends(command(write(up({ respawn }), "build-42"), restart), 2, 11_000)))).toContain(
    "tag build-42 ended 2 times within 22 s; build-41 was up before it; held",
  );
});

test("nothing is held where there is no former tag that had been up", () => {
  const first = simulate([withTag(unit("site"), "build-41")], { asked: ["site"] });
  expect(words(rest(ends(first, 4)))).not.toContain("held");
  // build-42 never was up: what came before it is what there is to go back to.
  const third = ends(command(write(bad(), "build-43"), restart), 3);
  expect(words(rest(third))).toContain("tag build-43 ended 3 times within 0.3 s; build-41 was up before it; held");
  // Back on the former tag there is no way further back.
  expect(words(rest(ends(command(write(bad(), "build-41"), restart), 4)))).not.toContain("held");
});

test("of two changes after each other the tag that was well is the former one, that which was not is none", () => {
  const well = command(write(running(command(write(up(), "build-42"), restart), 2_000), "build-43"), restart);
  expect(words(rest(ends(well, 3)))).toContain("build-42 was up before it");
});

test("ignore: the delays of any crash", () => {
  const ignored = ends(command(write(up({ onBadTag: "ignore" }), "build-42"), restart), 4);
  expect(stateOf(ignored.world, "site").backoff).not.toBeNull();
  expect(words(rest(ignored))).toBe("site: up: it is ready");
});

test("a task is not concerned, and one that is not respawned neither", () => {
  const respawn = { ...unit("site").respawn, enabled: false };
  expect(words(rest(ends(command(write(up({ respawn }), "build-42"), restart), 1)))).toBe(
    "site: failed: it ended before it was ready: exit 1",
  );
});

test("held it stays, whatever svc and the host go through: a kill of svc, a reboot, an outage of the engine, a stop", () => {
  const before = rest(bad());
  expect(words(rest(crash(before)))).toBe(held);
  expect(words(rest(reboot(before, ["site"])))).toBe(held);
  expect(words(rest(reboot(rest(command(before, stop)), ["site"])))).toBe(held);
  const away = outage({ ...before, now: before.now + 30_000 }, "keeps-containers");
  expect(words(rest(away))).toBe(held);
});

test("what is on trial is so after a kill of svc and a reboot too", () => {
  const on42 = running(command(write(up(), "build-42"), restart));
  expect(words(rest(ends(crash(on42), 3)))).toContain("held");
  // The new tag was written before the reboot, and is started first after it.
  expect(words(rest(ends(reboot(write(up(), "build-42"), ["site"]), 3)))).toContain("build-41 was up before it; held");
});

test("a new tag, svc start and svc restart begin anew; so many ends again, and it is held again", () => {
  const before = rest(bad());
  expect(words(rest(write(before, "build-43")))).toBe("site: up: it is ready");
  for (const again of [start, restart]) {
    expect(words(rest(command(before, again)))).toBe("site: up: it is ready");
    expect(words(rest(ends(command(before, again), 2)))).not.toContain("held");
    expect(words(rest(ends(command(before, again), 3)))).toContain("held");
  }
});

test("an engine that goes away takes its ends back", () => {
  const gone = outage(bad(), "ends-them-seen");
  expect(words(rest(gone))).toBe("site: up: it is ready");
});

test("while a deploy of the app is under way it has the say; afterwards what was counted counts", () => {
  const about = { fact: "deploying", app: "site" } as const;
  const begun = tell(write(up(), "build-42"), [{ ...about, isUnderWay: true }]);
  const looping = ends(command(begun, restart), 3);
  expect(words(looping)).not.toContain("held");
  expect(words(rest(tell(ends(looping, 1), [{ ...about, isUnderWay: false }])))).toContain("held");
});

const putBack = { call: "put-back", from: "build-42", to: "build-41" } as const;
function askedToPutBack(): Simulation {
  let current = bad({ onBadTag: "revert" });
  while (!current.flights.some(({ call }) => call.call === "put-back")) current = drain(current) ?? failing(current);
  return current;
}
function failing(simulation: Simulation): never {
  throw new Error(words(simulation));
}
const answer = (message: string): Fact => ({
  fact: "answered",
  unit: "site",
  call: putBack,
  answer: { ok: false, kind: "not-put-back", message },
  luck: 0.5,
});

test("revert: the former tag is put back, once; a refusal is told, and it is held", () => {
  const asked = askedToPutBack();
  expect(asked.flights.map(({ call }) => call)).toEqual([putBack]);
  const refused = tell({ ...asked, flights: [] }, [answer("svc is deployed by hand")]);
  expect(words(rest(refused))).toBe(`${held.replace("; held", "")}; not put back: svc is deployed by hand; held`);
  expect(refused.flights).toEqual([]);
});

test("revert: what follows from the tag that is put back is a start like any other", () => {
  const asked = askedToPutBack();
  const back = write(asked, "build-41");
  const wish = { ...stateOf(back.world, "site").wish, generation: 2 };
  const told = tell(back, [{ fact: "wished", unit: "site", wish, anew: true }]);
  const flights = told.flights.filter(({ call }) => call.call !== "put-back");
  const done = tell({ ...told, flights }, [
    { fact: "answered", unit: "site", call: putBack, answer: { ok: true }, luck: 0.5 },
  ]);
  expect(words(rest(done))).toBe("site: up: it is ready");
  expect(rest(done).containers.get("site")?.made.tag).toBe("build-41");
  expect(words(rest(die(rest(done), "site", exit.bad)))).toBe("site: up: it is ready");
});
