import type { UnitEvent } from "../../control/request.ts";
import type { Imagined } from "../../plan/imagined-engine.ts";
import type { Phase } from "../../unit/phase.ts";
import type { Unit } from "../../unit/unit.ts";

type What = Parameters<Imagined["takes"]>[1];

export type Spans = {
  readonly takes: Imagined["takes"];
  /** It was never seen how long this takes. */
  readonly isGuess: (unit: string, what: "pull" | "start" | "stop") => boolean;
};

/** Of what was never seen. A container of a small image is created and started in less than half a second. */
const guesses: { readonly [what in What]: number } = {
  pull: 20_000,
  launch: 400,
  ready: 2_000,
  stop: 1_000,
  remove: 100,
  run: 5_000,
};

/** What passed between two changes of phase is the span of… */
const between: { readonly [phase in Phase]?: { readonly span: string; readonly until: readonly Phase[] } } = {
  pulling: { span: "pull", until: ["starting", "waiting"] },
  starting: { span: "start", until: ["up"] },
  stopping: { span: "stop", until: ["down", "starting", "waiting"] },
  up: { span: "run", until: ["done"] },
};
const looksBack = 5;

/** How long things take, each the median of the last five times that the events tell of. */
export function measuredSpans(events: readonly UnitEvent[]): Spans {
  const measured = measure(events);
  const spanOf = (unit: Unit, span: string): number | null => median(measured.get(`${unit.name} ${span}`) ?? []);
  return {
    isGuess: (unit, what) =>
      !(what === "start" ? ["start", "run"] : [what]).some((span) => measured.has(`${unit} ${span}`)),
    takes(unit, what) {
      const start = spanOf(unit, "start");
      switch (what) {
        case "launch":
          return start === null ? guesses.launch : launchPart(unit, start);
        case "ready":
          return start === null ? guesses.ready : Math.max(0, start - launchPart(unit, start));
        case "stop":
          return spanOf(unit, "stop") ?? Math.min(guesses.stop, unit.stopGraceMs);
        case "pull":
        case "run":
          return spanOf(unit, what) ?? guesses[what];
        case "remove":
          return guesses.remove;
        default:
          return what satisfies never;
      }
    },
  };
}

/** The phase `starting` lasts from the call until it is ready; a unit that is ready after a time spends that time in it. */
function launchPart({ ready, type }: Unit, start: number): number {
  if (type === "task") return start;
  const waits = ready.how === "after" || ready.how === "auto" ? ready.afterMs : 0;
  return waits > 0 && waits < start ? start - waits : Math.min(start, guesses.launch);
}

function measure(events: readonly UnitEvent[]): ReadonlyMap<string, readonly number[]> {
  const last = new Map<string, { readonly phase: Phase; readonly at: number }>();
  const spans = new Map<string, number[]>();
  for (const { unit, phase, time } of events) {
    if (unit === null || phase === null) continue;
    const at = Date.parse(time);
    const before = last.get(unit);
    last.set(unit, { phase, at });
    const ended = before ? between[before.phase] : undefined;
    if (!before || !ended?.until.includes(phase)) continue;
    const key = `${unit} ${ended.span}`;
    spans.set(key, [...(spans.get(key) ?? []).slice(1 - looksBack), at - before.at]);
  }
  return spans;
}

function median(spans: readonly number[]): number | null {
  const sorted = [...spans].sort((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
