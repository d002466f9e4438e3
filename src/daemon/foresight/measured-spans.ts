import type { UnitEvent } from "../../control/request.ts";
import type { Imagined } from "../../plan/imagined-engine.ts";
import { type HookKey, hookKeys } from "../../unit/hooks.ts";
import type { Phase } from "../../unit/phase.ts";
import type { Unit } from "../../unit/unit.ts";

type What = Parameters<Imagined["takes"]>[1];

export type Spans = {
  readonly takes: Imagined["takes"];
  /** It was never seen how long this takes. */
  readonly isGuess: (unit: string, what: Measured) => boolean;
};

/** What is measured: between changes of phase, or told with its time. */
export type Measured = "pull" | "start" | "stop" | HookKey;

/** Of what was never seen. A container of a small image is created and started in less than half a second. */
const guesses: { readonly [what in What]: number } = {
  pull: 20_000,
  launch: 400,
  ready: 2_000,
  stop: 1_000,
  remove: 100,
  run: 5_000,
  preStart: 1_000,
  postStart: 1_000,
  preStop: 1_000,
  postStop: 1_000,
};
/** An event that tells how long something took, which was done well then. */
const told: { readonly [event: string]: Measured } = {
  pulled: "pull",
  ...Object.fromEntries(Object.values(hookKeys).map((key) => [key, key])),
};

/** What passed between two changes of phase is the span of… */
const between: { readonly [phase in Phase]?: { readonly span: string; readonly until: readonly Phase[] } } = {
  starting: { span: "start", until: ["up"] },
  stopping: { span: "stop", until: ["down", "starting", "waiting"] },
  up: { span: "run", until: ["done"] },
};
const looksBack = 5;

/**
 * How long things take, each the median of the last five times that the events tell of. A phase is measured from the outside, less
 * the hooks that were run in it; a pull and hooks tell themselves how long they took, if they were done well.
 */
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
        case "preStart":
        case "postStart":
        case "preStop":
        case "postStop":
          return spanOf(unit, hookKeys[what]) ?? guesses[what] * unit.hooks[what].length;
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
  const inHooks = new Map<string, number>();
  const add = (unit: string, what: string, ms: number): void => {
    const key = `${unit} ${what}`;
    spans.set(key, [...(spans.get(key) ?? []).slice(1 - looksBack), ms]);
  };
  for (const { unit, phase, time, since, event, tookMs } of events) {
    if (unit === null) continue;
    const what = told[event];
    if (what !== undefined && tookMs !== undefined) {
      add(unit, what, tookMs);
      // Nothing waits for post_start.
      if (what !== "pull" && what !== "post_start") inHooks.set(unit, (inHooks.get(unit) ?? 0) + tookMs);
    }
    if (phase === null) continue;
    const at = Date.parse(time);
    const before = last.get(unit);
    last.set(unit, { phase, at });
    const hooksMs = inHooks.get(unit) ?? 0;
    inHooks.delete(unit);
    const ended = before ? between[before.phase] : undefined;
    // One that svc found running when it came was not started then.
    if (!before || since !== undefined || !ended?.until.includes(phase)) continue;
    add(unit, ended.span, Math.max(0, at - before.at - hooksMs));
  }
  return spans;
}

function median(spans: readonly number[]): number | null {
  const sorted = [...spans].sort((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
