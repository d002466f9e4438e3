import type { Respawn, Unit } from "../unit/unit.ts";
import { isRunning, ownContainer, readyAt } from "./conditions.ts";
import { hasReachedLimit, isSteady } from "./restart-limit.ts";
import { seconds } from "./words.ts";
import { type Container, noTrial, stateOf, type Trial, type World } from "./world.ts";

/**
 * What is to be thought of a new tag (`on_bad_tag`). From its first start on it is on trial for 10 min, if the tag before it had
 * been ready. It has failed as soon as it ended three times in a row before it had been ready for 10 s, or the respawn limit is
 * reached, by ends since that start. What ends steadily is no worse than the tag before; ends that do not count for the respawn
 * limit (asked for, of an engine that went away) do not count here either.
 */
const trialMs = 600_000;
const quickEnds = 3;

/** The trial with what can be said of its unit's container until `at`: with which tag it runs, and whether that got ready. */
export function trialWith(trial: Trial, unit: Unit, container: Container | null, at: number): Trial {
  const tag = container?.made.tag ?? null;
  if (container === null || container.unit !== unit.name || tag === null || unit.type === "task") return trial;
  const current = trial.tag === tag ? trial : begun(trial, tag, container.startedAt);
  if (readyAt(unit, container) > at || current.failed) return current;
  const isOver = current.since === null || at - current.since > trialMs;
  const ends = isOver ? 0 : current.ends;
  return current.wasReady && current.ends === ends ? current : { ...current, wasReady: true, ends };
}

/** As it is to be remembered now, with what runs. */
export function trialNow(unit: Unit | undefined, world: World, now: number): Trial {
  if (!unit) return noTrial;
  const { trial, container } = stateOf(world, unit.name);
  return isRunning(container) ? trialWith(trial, unit, container, container.stopping?.signalledAt ?? now) : trial;
}

/** Another tag: what was before it counts as good if it got ready and did not end on its trial. */
function begun(trial: Trial, tag: string, since: number): Trial {
  const isGood = trial.wasReady && trial.ends === 0;
  const former = isGood ? trial.tag : trial.former;
  return { ...noTrial, tag, since, former: former === tag ? null : former };
}

/** After one more end that counts. `respawns` are all that count now, this one too. */
export function trialAfterEnd(
  trial: Trial,
  end: {
    readonly now: number;
    readonly readyForMs: number | null;
    readonly respawns: readonly number[];
    readonly respawn: Respawn;
  },
): Trial {
  const { now, respawns, respawn } = end;
  const { since, former } = trial;
  if (former === null || since === null || now - since > trialMs || trial.failed) return trial;
  const ends = isSteady(end.readyForMs, null) ? 0 : trial.ends + 1;
  const all = respawns.filter((at) => at >= since);
  if (ends < quickEnds && !hasReachedLimit(all, respawn)) return { ...trial, ends };
  return { ...trial, ends, failed: { ends: Math.max(ends, all.length), withinMs: now - since } };
}

/** What an engine that went away did is taken back. */
export function trialWithout(trial: Trial, ends: number): Trial {
  return ends === 0 ? trial : { ...trial, ends: Math.max(0, trial.ends - ends), failed: null };
}

/** Somebody asked for it anew: one that had failed has a trial of its own again. */
export function trialAnew(trial: Trial): Trial {
  return trial.failed ? { ...noTrial, former: trial.former } : { ...trial, ends: 0 };
}

/** A failed trial whose tag the unit still has, and what is to be thought of it; null: there is none, or somebody else has the say. */
export function badTag(unit: Unit, world: World): BadTag | null {
  const { tag, former, failed, notPutBack } = stateOf(world, unit.name).trial;
  if (failed === null || tag === null || former === null || unit.onBadTag === "ignore") return null;
  if (!unit.launch.ok || unit.launch.tag !== tag || world.deploying.has(unit.app)) return null;
  const words = `tag ${tag} ended ${failed.ends} times within ${seconds(Math.ceil(failed.withinMs / 100) * 100)}; ${former} was up before it`;
  return { tag, former, words, notPutBack };
}

export type BadTag = {
  readonly tag: string;
  readonly former: string;
  readonly words: string;
  readonly notPutBack: string | null;
};

/** Of a unit that is wanted and does not run. */
export function isHeld(unit: Unit, world: World): boolean {
  return !isRunning(ownContainer(unit, world)) && badTag(unit, world) !== null;
}
