import fc from "fast-check";
import { expect, test } from "vitest";
import { foresee } from "../../../src/plan/foresee.ts";
import { hosts, unitWords } from "../../support/random-units.ts";
import { settle } from "../../support/simulated-engine.ts";
import { type Command, simulate, wishesOf } from "../../support/simulation.ts";
import { type Done, type Takes, timedDeed } from "../../support/timed-deed.ts";

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

test("what is foreseen is what is done, call for call and instant for instant", {
  timeout: 60_000 + runs * 500,
}, () => {
  let calls = 0;
  const property = fc.property(
    hosts,
    fc.subarray([...Array(50).keys()]),
    commands,
    fc.nat(),
    (host, up, asked, seed) => {
      const names = host.units.map((unit) => unit.name);
      const takes = takesOf(seed);
      const begin = simulate(host.units, {
        containers: host.start.containers ?? [],
        stubborn: names,
        asked: names.filter((_, index) => up.includes(index)),
      });
      const rest = settle(begin);
      if (!rest) return;
      const named = [...new Set(asked.at.map((at) => names[at % names.length] ?? ""))];
      const command: Command = asked.command.startsWith("stop")
        ? { command: "stop", names: named, withDependents: asked.command !== "stop" }
        : { command: asked.command as "start", names: named };
      const facts = wishesOf(rest, command);
      const foreseen = foresee(rest.world, facts, rest.now, {
        takes: (unit, what) => takes(unit.name, what),
        hasHealthcheck: (unit) => unit.ready.how === "healthy",
      });
      const done = timedDeed(rest, facts, takes);
      calls += done.length;
      const plan = foreseen.steps.map(({ at, unit, call }) => ({ at, unit, call: call.call }));
      expect(words(plan), [JSON.stringify(command), ...host.units.map(unitWords)].join("\n")).toEqual(words(done));
      expect(foreseen.settles).toBe(true);
    },
  );
  fc.assert(property, { numRuns: runs });
  expect(calls).toBeGreaterThan(runs);
  console.log(`${calls} calls foreseen and done`);
});

function words(done: readonly Done[]): readonly string[] {
  return done.map(({ at, unit, call }) => `${at.toFixed(1)} ${unit} ${call}`);
}
