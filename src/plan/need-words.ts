import { isRunning, isWanted, ownContainer } from "./conditions.ts";
import { isMet, isOnItsWay } from "./dependencies.ts";
import { badTag } from "./trial.ts";
import { stateOf, type World } from "./world.ts";

/** Continues "it needs db, which …". */
export function needWords(name: string, world: World, now: number): string {
  const unit = world.units.get(name);
  if (!unit) return "has no valid unit file";
  const state = stateOf(world, name);
  if (!isWanted(unit, world)) return "is down";
  if (state.trouble) return `cannot start: ${state.trouble.message}`;
  if (!unit.launch.ok) return `cannot start: ${unit.launch.message}`;
  if (state.finished) return state.finished.ok ? "is done" : `failed: ${state.finished.words}`;
  if (state.backoff) return `keeps failing: ${state.lastExit?.words ?? "no exit was seen"}`;
  const bad = badTag(unit, world);
  if (bad && !isRunning(ownContainer(unit, world))) return `failed: ${bad.words}`;
  const unmet = unit.needs.find((need) => need.required && !isMet(need, world, now));
  if (unmet && !isOnItsWay(unit, world, now))
    return `waits for ${unmet.unit}, which ${needWords(unmet.unit, world, now)}`;
  return "is not ready yet";
}
