import type { Plan } from "../../control/request.ts";
import type { Foreseen } from "../../plan/foresee.ts";
import type { World } from "../../plan/world.ts";
import type { Phase } from "../../unit/phase.ts";
import { publishedPorts } from "../../unit/published-ports.ts";
import type { Unit } from "../../unit/unit.ts";
import { deedsOf } from "./deeds.ts";
import type { Spans } from "./measured-spans.ts";

type Step = Plan["steps"][number];

/** What is foreseen as people want to know it; what would happen without the command too is left out. */
export function summarize(
  foreseen: Foreseen,
  anyway: Foreseen,
  about: {
    readonly world: World;
    readonly from: number;
    readonly named: readonly string[];
    readonly spans: Spans;
    /** Why these are not expected to come up, though the engine will do as it is told. */
    readonly doubts: ReadonlyMap<string, string>;
  },
): Plan {
  const { world, from, named } = about;
  const seconds = (at: number): number => Math.round(at - from) / 1000;
  const [calls, callsAnyway] = [callsByUnit(foreseen), callsByUnit(anyway)];
  const deeds = foreseen.steps
    .filter(({ unit, call }) => calls.get(unit) !== callsAnyway.get(unit) && call.call !== "release")
    .map((step) => ({ ...step, because: becauseOf(step) }))
    .flatMap((step) => deedsOf(step, world.units.get(step.unit), about.spans.takes))
    .sort((one, other) => one.at - other.at);
  const steps = deeds.map(({ at, unit, does, what, because }) => ({ at: seconds(at), unit, does, what, because }));
  const meanwhile = [...foreseen.phases]
    .filter(([unit, phases]) => !isSameWay(phases, anyway.phases.get(unit) ?? []))
    .flatMap(([unit, phases]) => awayOf(unit, phases, heardAt(unit), seconds));
  const moved = [...new Set(steps.map(({ unit }) => unit))];
  // Where nothing is to be done it is told how things are.
  const touched = moved.length > 0 ? moved : named;
  const ends = touched.map(endOf);
  return {
    steps,
    meanwhile,
    darkPorts: meanwhile
      .filter(isDark)
      .flatMap(({ unit, from, until }) => portsOf(world.units.get(unit)).map((port) => ({ port, unit, from, until }))),
    inTheEnd: ends,
    takes: Math.max(0, ...steps.filter(isWaitedFor).map(({ at }) => at), ...ends.map(({ unit }) => restOf(unit))),
    guessed: moved.flatMap((unit) => {
      const spans = deeds.flatMap((deed) => (deed.unit === unit && deed.span !== null ? [deed.span] : []));
      const what = [...new Set(spans)].filter((span) => about.spans.isGuess(unit, span));
      return what.length > 0 ? [{ unit, what }] : [];
    }),
  };

  /** Whoever asked for it once, now it is started because it was stopped for another. */
  function becauseOf({ unit, call, because }: Foreseen["steps"][number]): string {
    const stop = foreseen.steps.find((step) => step.unit === unit && step.call.call === "signal");
    return call.call === "launch" && stop && stop.dueTo !== null ? `it was stopped for ${stop.dueTo}` : because;
  }

  /** When its first stop signal reaches it. */
  function heardAt(unit: string): number | null {
    const known = world.units.get(unit);
    const signal = foreseen.steps.find((step) => step.unit === unit && step.call.call === "signal");
    if (!signal || !known) return null;
    return signal.at + (signal.hooks === null ? 0 : about.spans.takes(known, signal.hooks));
  }

  /** `up` is only hoped for where there is a doubt. */
  function endOf(unit: string): Plan["inTheEnd"][number] {
    const { phase, because = null } = foreseen.phases.get(unit)?.at(-1) ?? { phase: "down" };
    if (phase === "down") return { unit, phase, doubt: null };
    if (phase !== "up" && phase !== "done") return { unit, phase, doubt: because };
    const doubt = about.doubts.get(unit) ?? null;
    return { unit, phase: doubt === null ? phase : null, doubt };
  }

  function restOf(unit: string): number {
    return seconds(foreseen.phases.get(unit)?.at(-1)?.at ?? from);
  }
}

/** Of what svc will do by itself a command may change nothing but when. */
function callsByUnit({ steps }: Foreseen): ReadonlyMap<string, string> {
  const calls = new Map<string, string>();
  for (const { at, unit, call } of steps) calls.set(unit, `${calls.get(unit) ?? ""} ${at} ${call.call}`);
  return calls;
}

type Phases = readonly { readonly at: number; readonly phase: Phase }[];

function isSameWay(one: Phases, other: Phases): boolean {
  return (
    one.length === other.length && one.every(({ at, phase }, n) => at === other[n]?.at && phase === other[n].phase)
  );
}

/** Nothing waits for post_start, which comes last. */
function isWaitedFor({ does }: Step): boolean {
  return does !== "run";
}

/** From when it leaves `up` until it is up again. */
function awayOf(
  unit: string,
  phases: Phases,
  signalledAt: number | null,
  seconds: (at: number) => number,
): Plan["meanwhile"] {
  const [first, ...rest] = phases;
  const [leaves] = rest;
  if (first?.phase !== "up" || !leaves) return [];
  // While it waits for those that go before it, and for its pre_stop hooks, it works.
  const from = leaves.phase === "stopping" ? (signalledAt ?? leaves.at) : leaves.at;
  const back = rest.findLast(({ phase }) => phase === "up" || phase === "done");
  const isBack = back !== undefined && rest.at(-1) === back;
  const through = [...new Set(rest.map(({ phase }) => phase))].filter((phase) => phase !== "up");
  return [{ unit, from: seconds(from), until: isBack ? seconds(back.at) : null, phases: through }];
}

/** One that is only degraded still answers. */
function isDark({ phases }: Plan["meanwhile"][number]): boolean {
  return phases.some((phase) => phase !== "degraded");
}

function portsOf(unit: Unit | undefined): readonly string[] {
  return (unit ? publishedPorts(unit) : []).map(
    ({ ip, port, protocol }) => `${ip === "" ? "" : `${ip}:`}${port ?? "any"}/${protocol}`,
  );
}
