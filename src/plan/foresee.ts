import type { Phase } from "../unit/phase.ts";
import type { HookTime } from "../unit/unit.ts";
import type { Call } from "./call.ts";
import { type Decision, decide, nextLook } from "./decide.ts";
import type { Fact } from "./fact.ts";
import { comingAlready, consequences, hooksBefore, type Imagined, type Promised } from "./imagined-engine.ts";
import { observe } from "./observe.ts";
import type { World } from "./world.ts";

/** What will be done, in this order. Instants are those of the world, ms. */
export type Foreseen = {
  readonly steps: readonly {
    readonly at: number;
    readonly unit: string;
    readonly call: Call;
    readonly because: string;
    /** The unit that is the reason; null: there is none. */
    readonly dueTo: string | null;
    /** The unit's hooks that are run first. */
    readonly hooks: HookTime | null;
  }[];
  /** Every phase that a unit will go through, from the first one now; `because`: as it is at its end. */
  readonly phases: ReadonlyMap<
    string,
    readonly { readonly at: number; readonly phase: Phase; readonly because: string }[]
  >;
  readonly endsAt: number;
  /** false: it does not come to rest within a day. */
  readonly settles: boolean;
};

const longestMs = 86_400_000;
const mostSteps = 100_000;

/**
 * What would come of these facts, in an engine that does all it is told to and takes as long as it is imagined to take. It is the
 * loop of the supervisor with the same `observe` and `decide`, so that what is foreseen and what is done cannot differ.
 */
export function foresee(start: World, facts: readonly Fact[], from: number, imagined: Imagined): Foreseen {
  const steps: Foreseen["steps"][number][] = [];
  const phases = new Map<string, { at: number; phase: Phase; because: string }[]>();
  let promised: readonly Promised[] = comingAlready(start, from, imagined);
  let world = start;
  let now = from;
  note(decide(world, now));
  let due: readonly Fact[] = facts;
  for (let count = 0; count < mostSteps; count++) {
    for (const fact of due) world = observe(world, fact, now);
    const decisions = decide(world, now);
    note(decisions);
    for (const [unit, decision] of decisions) {
      if (!("do" in decision)) continue;
      const about = world.units.get(unit);
      const hooks = about ? hooksBefore(about, decision.do, world) : null;
      const { because, dueTo = null } = decision;
      steps.push({ at: now, unit, call: decision.do, because, dueTo, hooks });
      promised = [...promised, ...consequences(unit, decision.do, world, now, { imagined, number: steps.length })];
      world = observe(world, { fact: "called", unit, call: decision.do }, now);
    }
    const next = soonest(promised, nextLook(decisions));
    if (next === null) return { steps, phases, endsAt: now, settles: true };
    if (next - from > longestMs) break;
    now = Math.max(now, next);
    due = promised.filter((one) => one.at <= now).map((one) => one.fact);
    promised = promised.filter((one) => one.at > now);
  }
  return { steps, phases, endsAt: now, settles: false };

  function note(decisions: ReadonlyMap<string, Decision>): void {
    for (const [unit, { phase, because }] of decisions) {
      const known = phases.get(unit) ?? [];
      const last = known.at(-1);
      if (last?.phase === phase) last.because = because;
      else phases.set(unit, [...known, { at: now, phase, because }]);
    }
  }
}

function soonest(promised: readonly Promised[], look: number | null): number | null {
  const instants = promised.map((one) => one.at);
  if (look !== null) instants.push(look);
  return instants.length === 0 ? null : Math.min(...instants);
}
