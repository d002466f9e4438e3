import type { Outcome, Progress } from "../../control/request.ts";
import { isReady, ownContainer } from "../../plan/conditions.ts";
import type { Decision } from "../../plan/decide.ts";
import { stateOf } from "../../plan/world.ts";
import type { Phase } from "../../unit/phase.ts";
import type { Daemon } from "../context.ts";
import { wrongFiles } from "../wrong-files.ts";

export type WaitFor = {
  readonly names: readonly string[];
  readonly goal: "up" | "down" | "done";
  /** false: tells how things are now. */
  readonly wait?: boolean;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
  readonly progress?: (progress: Progress) => unknown;
  /** The one who waits has asked for it: when somebody asks for something else meanwhile there is no more point. */
  readonly asked?: boolean;
  /** While the engine is away nothing will happen: that is told at once, not waited for. */
  readonly notWhileAway?: boolean;
};

type Verdict = "reached" | "hopeless" | "open";

/** Waits until every unit is where it was asked to be, or cannot get there without help. */
export async function waitFor(what: WaitFor, daemon: Daemon): Promise<Outcome> {
  const { supervisor, clock } = daemon;
  const { names, signal } = what;
  const deadline = new AbortController();
  const cancel = what.timeoutMs === undefined ? () => undefined : clock.after(what.timeoutMs, () => deadline.abort());
  const shown = new Map<string, string>();
  try {
    if (what.wait ?? true) {
      const given = AbortSignal.any([signal, deadline.signal]);
      await supervisor.until(() => {
        if (what.progress) showChanges(names, shown, what.progress, daemon);
        if (what.notWhileAway && supervisor.world.engine.state === "away") return true;
        return names.every((name) => verdictOn(name, what, daemon) !== "open") ? true : null;
      }, given);
      if (what.goal === "up") await Promise.race([daemon.fronts.passedOn(names), rejected(given)]);
    }
  } catch (error) {
    if (!signal.aborted && !deadline.signal.aborted) throw error;
  } finally {
    cancel();
  }
  const units = names.map((name) => {
    const { phase, because } = isOverruled(name, what, daemon) ?? phaseOf(name, daemon);
    const verdict = verdictOn(name, what, daemon);
    return { name, phase, because, ok: verdict === "reached" || (what.wait === false && verdict === "open") };
  });
  return {
    ok: units.every((unit) => unit.ok),
    timedOut: deadline.signal.aborted && !units.every((unit) => unit.ok),
    units,
  };
}

function rejected(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

/** It was asked to be down, and then somebody asked for it to be up. */
function isOverruled(
  name: string,
  { goal, asked }: WaitFor,
  daemon: Daemon,
): { readonly phase: Phase; readonly because: string } | null {
  const { wish } = stateOf(daemon.supervisor.world, name);
  if (asked !== true || goal !== "down" || wish.want === "down") return null;
  return { phase: phaseOf(name, daemon).phase, because: `meanwhile ${wish.by} asked for it to be up` };
}

function verdictOn(name: string, what: WaitFor, daemon: Daemon): Verdict {
  const { goal } = what;
  const { world, decisions } = daemon.supervisor;
  const unit = world.units.get(name);
  const decision = decisions.get(name);
  if (!unit || !decision) return goal === "down" ? "reached" : "hopeless";
  // What runs is not known yet.
  if (world.engine.state === "unknown") return "open";
  if (isOverruled(name, what, daemon)) return "hopeless";
  const state = stateOf(world, name);
  if (goal === "down") return decision.phase === "down" ? "reached" : "open";
  if (decision.phase === "done") return "reached";
  if (goal === "up" && unit.type === "service" && isReady(unit, world, daemon.clock.now())) {
    const isCurrent = ownContainer(unit, world)?.generation === state.wish.generation;
    if (isCurrent && (decision.phase === "up" || decision.phase === "degraded")) return "reached";
  }
  return isHopeless(name, decisions, daemon, new Set()) ? "hopeless" : "open";
}

/** It failed, or waits for something that did. Retries go on by themselves; the one who asked is told now. */
function isHopeless(
  name: string,
  decisions: ReadonlyMap<string, Decision>,
  daemon: Daemon,
  seen: ReadonlySet<string>,
): boolean {
  const decision = decisions.get(name);
  if (!decision || seen.has(name)) return true;
  if (decision.phase === "failed" || decision.phase === "backoff") return true;
  const state = stateOf(daemon.supervisor.world, name);
  if (state.wish.want === "down") return decision.phase === "down";
  if (decision.phase !== "waiting" || !("wait" in decision)) return false;
  if (state.trouble) return true;
  if (decision.dueTo === undefined) return false;
  return isHopeless(decision.dueTo, decisions, daemon, new Set([...seen, name]));
}

function showChanges(
  names: readonly string[],
  shown: Map<string, string>,
  progress: (progress: Progress) => unknown,
  daemon: Daemon,
): void {
  for (const name of names) {
    const { phase, because } = phaseOf(name, daemon);
    const pull = phase === "pulling" ? daemon.pulls.get(name) : undefined;
    const line = `${phase} ${because} ${pull?.doneBytes ?? ""}`;
    if (shown.get(name) === line) continue;
    shown.set(name, line);
    progress({ unit: name, phase, because, ...(pull ? { pull } : {}) });
  }
}

function phaseOf(name: string, { supervisor, source }: Daemon): { phase: Phase; because: string } {
  const decision = supervisor.decisions.get(name);
  if (decision) return decision;
  const wrong = source.now.invalid.get(name);
  const because = wrong
    ? `${wrongFiles(wrong)}, and no container of it is known`
    : "it has no unit file and no container";
  return { phase: "down", because };
}
