import type { Unit } from "../unit/unit.ts";
import { isWanted } from "./conditions.ts";
import { isOnItsWay } from "./dependencies.ts";
import { type Container, stateOf, type World } from "./world.ts";

/** Reasons, as `svc status` shows them. */

export function whyDown(unit: Unit, world: World): string {
  const { wish } = stateOf(world, unit.name);
  if (world.shuttingDown) return "svc is shutting down";
  return wish.by === "nobody" ? "nobody asked for it" : `${wish.by} asked for it to be down`;
}

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
  if (!isOnItsWay(unit, world, now)) return "waits for something that cannot start";
  return "is not ready yet";
}

/** Why a container that runs is not ready yet. */
export function readyWords(unit: Unit, container: Container): string {
  switch (unit.ready.how) {
    case "auto":
      return container.health === "none"
        ? `it counts as ready after ${seconds(unit.ready.afterMs)}`
        : "its healthcheck has not passed yet";
    case "after":
      return `it counts as ready after ${seconds(unit.ready.afterMs)}`;
    case "healthy":
      return container.health === "none"
        ? "it has no healthcheck to become ready by"
        : "its healthcheck has not passed yet";
    case "tcp":
      return `nothing answers on its port ${unit.ready.port} yet`;
    case "http":
      return `no good answer from port ${unit.ready.port}${unit.ready.path} yet`;
    case "log":
      return "the line that means ready has not come yet";
    default:
      return unit.ready satisfies never;
  }
}

export function seconds(ms: number): string {
  return `${ms / 1000} s`;
}
