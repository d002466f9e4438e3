import type { ExitRecord } from "../../control/request.ts";
import { isReady, isRunning, isSteady, isWanted, ownContainer, readyAt } from "../../plan/conditions.ts";
import { steadyAfterMs } from "../../plan/restart-limit.ts";
import { readyWords } from "../../plan/words.ts";
import { stateOf, type World } from "../../plan/world.ts";
import type { Unit } from "../../unit/unit.ts";
import type { Spans } from "./measured-spans.ts";

type Past = {
  readonly world: World;
  readonly now: number;
  readonly takes: Spans["takes"];
  /** Newest last. */
  readonly recordsOf: (unit: string) => Promise<readonly ExitRecord[]>;
  readonly isImageMissing: (unit: string) => boolean;
};

/**
 * Why units that were started over and over and have not stayed up since are not expected to come up this time, and those that
 * need them neither. A plan supposes that all goes well; of these it is known that it did not.
 */
export async function doubtsAbout(names: readonly string[], past: Past): Promise<ReadonlyMap<string, string>> {
  const doubts = new Map<string, string>();
  const { units } = past.world;
  for (const name of names) {
    const unit = units.get(name);
    const doubt = unit ? await doubtOf(unit, past) : null;
    if (doubt !== null) doubts.set(name, doubt);
  }
  for (let known = -1; known < doubts.size; ) {
    known = doubts.size;
    for (const name of names) {
      const unit = units.get(name);
      if (!unit || doubts.has(name) || stateOf(past.world, name).wish.alone || isSteady(unit, past.world, past.now))
        continue;
      const need = unit.needs.find((one) => one.required && doubts.has(one.unit));
      if (need) doubts.set(name, `it needs ${need.unit}, which is not expected to be up`);
    }
  }
  return doubts;
}

async function doubtOf(unit: Unit, past: Past): Promise<string | null> {
  const { world } = past;
  const { trouble, respawns, backoff, finished, lastExit } = stateOf(world, unit.name);
  if (isSteady(unit, past.world, past.now)) return null;
  if (!unit.launch.ok) return unit.launch.message;
  if (unit.launch.pull === "never" && past.isImageMissing(unit.name))
    return `its image ${unit.launch.image} is not on this host, and is never pulled`;
  if (trouble)
    return `${trouble.times === 1 ? "its last try" : `each of its last ${trouble.times} tries`} failed: ${trouble.message}`;
  const container = ownContainer(unit, world);
  const lateAt = (container?.startedAt ?? past.now) + usualMs(unit, past);
  if (isRunning(container) && readyAt(unit, container) > past.now && past.now > lateAt)
    return `it was started ${seconds((past.now - container.startedAt) / 1000)} s ago and is not ready: ${readyWords(unit, container)}`;
  // One that died and is back is well, unless it dies again and again.
  if (isReady(unit, world, past.now) && backoff === null) return null;
  const failed = failedStarts(unit, await past.recordsOf(unit.name), past);
  const last = failed.at(-1);
  if (last) return `${endWords(failed)}: ${last.words}`;
  const isFailing = respawns.length > 0 || finished?.ok === false;
  if (!isWanted(unit, world) || !isFailing || !lastExit) return null;
  return `it has not stayed up since it failed: ${lastExit.words}`;
}

/** The last starts in a row of what would be started now that came to an early end by themselves. */
function failedStarts(unit: Unit, records: readonly ExitRecord[], past: Past): readonly ExitRecord[] {
  const shortMs = usualMs(unit, past);
  const parts = unit.launch.ok ? unit.launch.parts : {};
  const good = records.findLastIndex((record) => {
    const isLong = record.ranFor === null || record.ranFor * 1000 > shortMs;
    return record.by !== "itself" || isLong || isWell(unit, record) || isOther(record, parts);
  });
  return records.slice(good + 1);
}

/** From its start until it is ready and has stayed so for a while. */
function usualMs(unit: Unit, { takes }: Past): number {
  return takes(unit, "launch") + takes(unit, "ready") + steadyAfterMs;
}

function isWell({ type, respawn }: Unit, { code, signal }: ExitRecord): boolean {
  if (type === "task" && code === 0) return true;
  return respawn.normalExit.some((normal) => normal === code || normal === signal || `SIG${normal}` === signal);
}

/** It was made from another unit file, env file or tag: what was wrong may be mended. */
function isOther({ parts: before }: ExitRecord, now: { readonly [part: string]: string }): boolean {
  return before !== undefined && Object.keys(now).some((part) => before[part] !== now[part]);
}

function endWords(failed: readonly ExitRecord[]): string {
  const spans = failed.map(({ ranFor }) => seconds(ranFor ?? 0));
  const longest = Math.max(...spans);
  if (failed.length === 1) return `it ended ${longest} s after its last start`;
  const isSame = spans.every((span) => span === longest);
  return `it ended ${isSame ? `${longest} s after` : `within ${longest} s of`} each of its last ${failed.length} starts`;
}

function seconds(span: number): number {
  return span < 1 ? Math.max(0.1, Math.ceil(span * 10) / 10) : Math.ceil(span);
}
