import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Breaker,
  type BreakerEvent,
  type BreakerRules,
  freshBreaker,
  mayDial,
  observe,
  samplesOf,
} from "../../../src/front/breaker.ts";

const rules = (change: Partial<BreakerRules> = {}): BreakerRules => ({ threshold: 0.5, minimumSamples: 20, ...change });

/** A dial that ends as `kind` at `now`. */
function dial(breaker: Breaker, kind: "succeeded" | "failed" | "undecided", now: number, luck = 0.5): Breaker {
  const dialled = observe(breaker, { kind: "dialled" }, now, luck);
  return observe(dialled, { kind, round: dialled.round }, now, luck);
}

function dials(breaker: Breaker, kinds: string, now: number): Breaker {
  let after = breaker;
  for (const kind of kinds) after = dial(after, kind === "+" ? "succeeded" : "failed", now);
  return after;
}

const opened = (): Breaker => dials(freshBreaker(rules()), "-".repeat(20), 0);
const untilOf = (breaker: Breaker): number => (breaker.state === "open" ? breaker.until : -1);

test("nineteen failures leave it closed, the twentieth opens it for a second", () => {
  const almost = dials(freshBreaker(rules()), "-".repeat(19), 0);
  expect(almost.state).toBe("closed");
  expect(dial(almost, "failed", 0)).toMatchObject({ state: "open", until: 1_000, streak: 1 });
});

test("a threshold of .05 opens at 5 %: one in twenty", () => {
  const change = { threshold: 0.05 };
  expect(dials(freshBreaker(rules(change)), `${"+".repeat(19)}-`, 0).state).toBe("open");
  expect(dials(freshBreaker(rules(change)), `${"+".repeat(20)}-`, 0).state).toBe("closed");
});

test("what is older than the window does not count", () => {
  const almost = dials(freshBreaker(rules()), "-".repeat(19), 0);
  const later = dial(almost, "failed", 10_000);
  expect([later.state, samplesOf(later, 10_000)]).toEqual(["closed", { successes: 0, failures: 1 }]);
});

test("it opens for 1, 2, 4 … 60 s and a success closes it and forgets", () => {
  let breaker = opened();
  const delays = [untilOf(breaker)];
  for (let now = untilOf(breaker); delays.length < 9; now = untilOf(breaker)) {
    breaker = dial(breaker, "failed", now);
    delays.push(untilOf(breaker) - now);
  }
  expect(delays.map((ms) => ms / 1_000)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  const mended = dial(breaker, "succeeded", untilOf(breaker));
  expect([mended.state, samplesOf(mended, 0)]).toEqual(["closed", { successes: 0, failures: 0 }]);
  const again = dials(mended, "-".repeat(20), 1e6);
  expect(untilOf(again)).toBe(1e6 + 1_000);
});

test("a trial that says nothing makes room for the next at once", () => {
  const now = untilOf(opened());
  const after = dial(opened(), "undecided", now);
  expect([mayDial(after, now), dial(after, "failed", now)]).toMatchObject([true, { streak: 2 }]);
});

test("late results of dials from before it opened say nothing", () => {
  const before = freshBreaker(rules());
  const open = dials(before, "-".repeat(20), 0);
  const half = observe(open, { kind: "dialled" }, 1_000, 0.5);
  for (const breaker of [open, half])
    for (const kind of ["succeeded", "failed", "undecided"] as const)
      expect(observe(breaker, { kind, round: before.round }, 1_000, 0.5)).toBe(breaker);
});

type Step =
  | { readonly do: "dial" }
  | { readonly do: "end"; readonly which: number; readonly kind: "succeeded" | "failed" | "undecided" }
  | { readonly do: "wait"; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ do: "dial" } as const) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("end" as const),
      which: fc.nat(50),
      kind: fc.constantFrom("failed" as const, "failed" as const, "succeeded" as const, "undecided" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.oneof(fc.nat(3_000), fc.nat(80_000), fc.constant(1_000)),
    }),
  },
);

const someRules = fc.record({
  threshold: fc.constantFrom(0.05, 0.5, 1),
  minimumSamples: fc.constantFrom(1, 2, 5, 20),
});

/** Dials that are under way, as the front keeps them, and a list of all results of the closed round. */
test("in every history its laws hold", () => {
  fc.assert(
    fc.property(
      someRules,
      fc.array(fc.tuple(step, fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 300 }),
      (rules, steps) => {
        let breaker = freshBreaker(rules);
        let now = 0;
        let flights: { readonly round: number }[] = [];
        let results: { readonly at: number; readonly kind: string }[] = [];
        let lastDelay = 0;
        const take = (event: BreakerEvent, luck: number): void => {
          const before = breaker;
          breaker = observe(breaker, event, now, luck);
          if (breaker.round === before.round) return;
          results = [];
          if (breaker.state === "closed") {
            expect([before.state, event.kind]).toEqual(["half-open", "succeeded"]);
            lastDelay = 0;
          }
          if (breaker.state === "open" && event.kind === "failed") {
            const delay = breaker.until - now;
            expect(delay).toBeGreaterThanOrEqual(Math.max(lastDelay, 750));
            expect(delay).toBeLessThanOrEqual(75_000);
            expect(delay).toBeLessThanOrEqual(1_250 * 2 ** (breaker.streak - 1));
            lastDelay = delay;
          }
        };
        for (const [each, luck] of steps) {
          if (each.do === "wait") now += each.ms;
          if (each.do === "dial" && mayDial(breaker, now)) {
            take({ kind: "dialled" }, luck);
            flights.push({ round: breaker.round });
          }
          const flight = each.do === "end" ? flights[each.which % Math.max(1, flights.length)] : undefined;
          if (each.do === "end" && flight) {
            flights = flights.filter((one) => one !== flight);
            const ofNow = flight.round === breaker.round && breaker.state === "closed";
            if (ofNow && each.kind !== "undecided") results.push({ at: now, kind: each.kind });
            take({ kind: each.kind, round: flight.round }, luck);
          }
          if (breaker.state === "half-open") {
            expect(flights.filter(({ round }) => round === breaker.round)).toHaveLength(1);
            expect(mayDial(breaker, now)).toBe(false);
          }
          const second = Math.floor(now / 1_000);
          const counted = results.filter(({ at }) => Math.floor(at / 1_000) > second - 10);
          expect(samplesOf(breaker, now)).toEqual({
            successes: counted.filter(({ kind }) => kind === "succeeded").length,
            failures: counted.filter(({ kind }) => kind === "failed").length,
          });
          if (breaker.state === "open") expect(mayDial(breaker, breaker.until)).toBe(true);
        }
      },
    ),
  );
});

const lucks = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

test("while failures go on no delay is shorter than the last or longer than 75 s; then one success closes it", () => {
  fc.assert(
    fc.property(lucks, (lucks) => {
      let breaker = opened();
      let lastDelay = untilOf(breaker);
      for (const luck of lucks) {
        const now = untilOf(breaker);
        breaker = dial(breaker, "failed", now, luck);
        const delay = untilOf(breaker) - now;
        expect(delay).toBeGreaterThanOrEqual(lastDelay);
        expect(delay).toBeLessThanOrEqual(75_000);
        lastDelay = delay;
      }
      expect(dial(breaker, "succeeded", untilOf(breaker))).toMatchObject({ state: "closed", window: [] });
    }),
  );
});

test("the window counts what a list of all results counts, at every instant", () => {
  const result = fc.record({ afterMs: fc.nat(2_500), kind: fc.constantFrom("succeeded" as const, "failed" as const) });
  fc.assert(
    fc.property(fc.array(result, { maxLength: 60 }), fc.array(fc.nat(12_000), { maxLength: 10 }), (results, later) => {
      let breaker = freshBreaker(rules({ minimumSamples: 1e6 }));
      let now = 0;
      const all: { readonly second: number; readonly kind: string }[] = [];
      const look = (at: number): void => {
        const young = all.filter(({ second }) => second > Math.floor(at / 1_000) - 10);
        const failures = young.filter(({ kind }) => kind === "failed").length;
        expect(samplesOf(breaker, at)).toEqual({ successes: young.length - failures, failures });
      };
      for (const { afterMs, kind } of results) {
        now += afterMs;
        look(now);
        breaker = dial(breaker, kind, now);
        all.push({ second: Math.floor(now / 1_000), kind });
        look(now);
      }
      for (const ms of later) look(now + ms);
    }),
  );
});
