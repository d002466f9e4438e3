import fc from "fast-check";
import { expect, test } from "vitest";
import { summarize } from "../../../src/daemon/foresight/summarize.ts";
import { decide } from "../../../src/plan/decide.ts";
import { type Foreseen, foresee } from "../../../src/plan/foresee.ts";
import type { Unit } from "../../../src/unit/unit.ts";
import { hosts, unitWords } from "../../support/random-units.ts";
import { isAlive, settle } from "../../support/simulated-engine.ts";
import { type Command, type Refusal, type Simulation, simulate, tell, wishesOf } from "../../support/simulation.ts";
import { type Done, type Takes, timedDeed, timedRun } from "../../support/timed-deed.ts";

/**
 * What `--plan` foresees is what is done: the plan's imagined engine and the simulated host of the other tests, which know nothing
 * of each other, are asked for the same calls at the same instants.
 */
const runs = Number(process.env.SVC_RUNS ?? 300);

const commands = fc.record({
  command: fc.constantFrom("start", "restart", "stop", "stop with dependents"),
  at: fc.array(fc.nat(50), { minLength: 1, maxLength: 3 }),
});

const longest: { readonly [what in Parameters<Takes>[1]]: number } = {
  pull: 30_000,
  launch: 900,
  ready: 8_000,
  stop: 15_000,
  remove: 200,
  run: 5_000,
  preStart: 4_000,
  postStart: 4_000,
  preStop: 4_000,
  postStop: 4_000,
};

/** No two take equally long, and some do not end by their signal. */
function takesOf(seed: number): Takes {
  return (unit, what) => {
    let hash = seed;
    for (const letter of `${unit} ${what}`) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0;
    if (what === "stop" && hash % 7 === 0) return Number.POSITIVE_INFINITY;
    return 10 + ((hash % 99_991) / 99_991) * longest[what];
  };
}

/** Each time of hooks at every second unit, or every third, … */
function withHooks(unit: Unit, at: number): Unit {
  const every = (n: number) => (at % n === 0 ? [hook] : []);
  return { ...unit, hooks: { preStart: every(2), postStart: every(3), preStop: every(4), postStop: every(5) } };
}
const hook = {
  where: "host",
  command: ["true"],
  timeoutMs: 30_000,
  user: null,
  workingDir: null,
  environment: [],
  privileged: false,
} as const;

const timeout = 60_000 + runs * 500;

test("what is foreseen is what is done, call for call and instant for instant", { timeout }, () => {
  let calls = 0;
  const property = fc.property(
    hosts,
    fc.subarray([...Array(50).keys()]),
    commands,
    fc.nat(),
    (host, up, asked, seed) => {
      const names = host.units.map((unit) => unit.name);
      const begin = simulate(host.units.map(withHooks), {
        containers: host.start.containers ?? [],
        stubborn: names,
        asked: names.filter((_, index) => up.includes(index)),
      });
      const rest = settle(begin);
      if (rest) calls += compare(rest, asked, takesOf(seed));
    },
  );
  fc.assert(property, { numRuns: runs });
  expect(calls).toBeGreaterThan(runs);
  console.log(`${calls} calls foreseen and done`);
});

const mishaps = fc.record({
  deaths: fc.constantFrom(0, 0, 1, 4, 6, 12),
  pullsThatFail: fc.constantFrom(0, 0, 0, 1, 5),
  startsThatFail: fc.constantFrom(0, 0, 0, 1, 5),
  stopped: fc.constantFrom(false, false, false, true),
});
const noImage: Refusal = { ok: false, kind: "no-such-image", message: "No such image" };
const noPull: Refusal = { ok: false, kind: "pull-failed", message: "cannot pull it" };
const noStart: Refusal = { ok: false, kind: "cannot-start", message: "the port is taken" };

test("the same on hosts with units in back-off, failed, without an image, stopped, starting and waiting", {
  timeout,
}, () => {
  const seen = new Map<string, number>();
  const property = fc.property(
    hosts,
    fc.array(mishaps, { minLength: 50, maxLength: 50 }),
    fc.record({ stoppedAt: fc.nat(60_000), askedAt: fc.nat(60_000) }),
    commands,
    fc.nat(),
    (host, wrong, { stoppedAt, askedAt }, asked, seed) => {
      const takes = takesOf(seed);
      const of = <T>(what: (mishap: (typeof wrong)[number]) => T): ReadonlyMap<string, T> =>
        new Map(host.units.flatMap(({ name }, at) => (wrong[at] ? [[name, what(wrong[at])]] : [])));
      const deaths = of((one) => one.deaths);
      const names = host.units.map((unit) => unit.name);
      const begin = simulate(host.units.map(withHooks), {
        containers: host.start.containers ?? [],
        stubborn: names,
        asked: names,
        refusals: refusalsOf(names, wrong),
      });
      const before = timedRun(begin, [], takes, { until: stoppedAt, deaths }).host;
      const stopped = names.filter((_, at) => wrong[at]?.stopped === true);
      const stop = wishesOf(before, { command: "stop", names: stopped, withDependents: false });
      const then = timedRun(before, stop, takes, { until: stoppedAt + askedAt, deaths }).host;
      const now = { ...tell(then, []), refusals: new Map() };
      if (isDoomed(now)) return;
      for (const { phase } of decide(now.world, now.now).values()) seen.set(phase, (seen.get(phase) ?? 0) + 1);
      compare(now, asked, takes);
    },
  );
  fc.assert(property, { numRuns: runs });
  for (const phase of ["backoff", "failed", "down", "starting", "waiting", "pulling", "stopping", "up", "done"])
    expect(seen.get(phase), phase).toBeGreaterThan(0);
  console.log("units met", Object.fromEntries(seen));
});

/** What a launch that is under way links to has died: the engine will refuse it, which a plan does not foresee. */
function isDoomed({ flights, disk, containers }: Simulation): boolean {
  return flights.some(({ unit, call }) => {
    const bound = disk.get(unit)?.needs.filter(({ binds }) => binds) ?? [];
    return call.call === "launch" && bound.some((need) => !isAlive(containers.get(need.unit)));
  });
}

type Wrong = { readonly pullsThatFail: number; readonly startsThatFail: number };

function refusalsOf(names: readonly string[], wrong: readonly Wrong[]): ReadonlyMap<string, readonly Refusal[]> {
  const refusals = new Map<string, readonly Refusal[]>();
  for (const [at, name] of names.entries()) {
    const { pullsThatFail = 0, startsThatFail = 0 } = wrong[at] ?? {};
    refusals.set(`pull ${name}`, Array(pullsThatFail).fill(noPull));
    refusals.set(`launch ${name}`, [...Array(pullsThatFail).fill(noImage), ...Array(startsThatFail).fill(noStart)]);
  }
  return refusals;
}

/** How many calls were foreseen, each as it is then done; and the plan that is shown has all of them that the command brings about. */
function compare(host: Simulation, asked: { command: string; at: readonly number[] }, takes: Takes): number {
  const units = [...host.disk.values()];
  const named = [...new Set(asked.at.map((at) => units[at % units.length]?.name ?? ""))];
  const command: Command = asked.command.startsWith("stop")
    ? { command: "stop", names: named, withDependents: asked.command !== "stop" }
    : { command: asked.command as "start", names: named };
  const facts = wishesOf(host, command);
  const imagined = {
    takes: (unit: Unit, what: Parameters<Takes>[1]) => takes(unit.name, what),
    hasHealthcheck: (unit: Unit) => unit.ready.how === "healthy",
  };
  const foreseen = foresee(host.world, facts, host.now, imagined);
  const anyway = foresee(host.world, [], host.now, imagined);
  const done = timedDeed(host, facts, takes);
  const doneAnyway = timedDeed(host, [], takes);
  const story = [JSON.stringify(command), ...units.map(unitWords)].join("\n");
  const calls = ({ steps }: Foreseen) => words(steps.map(({ at, unit, call }) => ({ at, unit, call: call.call })));
  expect(calls(foreseen), story).toEqual(words(done));
  expect(calls(anyway), story).toEqual(words(doneAnyway));
  expect(foreseen.settles).toBe(true);
  const { steps } = summarize(foreseen, anyway, {
    world: host.world,
    from: host.now,
    named,
    spans: { takes: imagined.takes, isGuess: () => false },
    doubts: new Map(),
  });
  const of = (all: readonly Done[], unit: string) => words(all.filter((one) => one.unit === unit)).join("\n");
  const brought = done.filter(({ unit, call }) => of(done, unit) !== of(doneAnyway, unit) && call !== "release");
  const calledFor = steps.filter(({ does }) => does !== "run").map((step) => ({ ...step, at: step.at * 1000 }));
  const shown = inOrder(calledFor).map(({ at, unit, does }) => `${Math.round(at)} ${unit} ${does}`);
  expect(shown, story).toEqual(
    inOrder(brought.map((one) => ({ ...one, at: one.heardAt - host.now }))).map(
      ({ at, unit, call }) => `${Math.round(at)} ${unit} ${doneBy[call]}`,
    ),
  );
  return done.length;
}

const doneBy = {
  ...{ pull: "pull", launch: "start", signal: "stop", kill: "kill", release: "kill", remove: "remove" },
  ...{ "put-back": "revert", fetch: "pull" },
};

/** Of several units at one instant it does not matter which comes first. */
function words(done: readonly Omit<Done, "heardAt">[]): readonly string[] {
  return inOrder(done).map(({ at, unit, call }) => `${at.toFixed(1)} ${unit} ${call}`);
}

function inOrder<T extends { readonly at: number; readonly unit: string }>(all: readonly T[]): readonly T[] {
  return [...all].sort(
    (one, other) =>
      Math.round(one.at) - Math.round(other.at) || (one.unit < other.unit ? -1 : one.unit > other.unit ? 1 : 0),
  );
}
