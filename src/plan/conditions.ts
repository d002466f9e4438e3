import type { Unit } from "../unit/unit.ts";
import { steadyAfterMs } from "./restart-limit.ts";
import { type Container, stateOf, type World } from "./world.ts";

/** What can be said of one unit and its container by itself, each a sentence. What other units mean to it: dependencies.ts. */

/** The container with the unit's name, if svc made it for this unit. */
export function ownContainer(unit: Unit, world: World): Container | null {
  const { container } = stateOf(world, unit.name);
  return container?.unit === unit.name ? container : null;
}

export type RunningContainer = Container & { readonly state: "running" | "paused" | "restarting" };

export function isRunning(container: Container | null): container is RunningContainer {
  return (
    container !== null &&
    (container.state === "running" || container.state === "paused" || container.state === "restarting")
  );
}

export function isWanted(unit: Unit, world: World): boolean {
  return !world.shuttingDown && stateOf(world, unit.name).wish.want === "up";
}

/** A service: its container runs, is not being stopped, and answers to what the unit calls ready. A task: it ended with 0. */
export function isReady(unit: Unit, world: World, now: number): boolean {
  if (unit.type === "task") return stateOf(world, unit.name).finished?.ok === true;
  const container = ownContainer(unit, world);
  if (!isRunning(container) || container.stopping !== null || container.state !== "running") return false;
  return container.health !== "unhealthy" && readyAt(unit, container) <= now;
}

/** The instant from which it counts as ready; Infinity while that is not known. */
export function readyAt(unit: Unit, container: Container): number {
  switch (unit.ready.how) {
    case "healthy":
      return healthyAt(container);
    case "after":
      return container.startedAt + unit.ready.afterMs;
    case "auto":
      if (container.health === "none") return container.startedAt + unit.ready.afterMs;
      return healthyAt(container);
    case "log":
      return container.adopted ? container.watchedSince : (container.probedReadyAt ?? Number.POSITIVE_INFINITY);
    case "tcp":
    case "http":
      return container.probedReadyAt ?? Number.POSITIVE_INFINITY;
    default:
      return unit.ready satisfies never;
  }
}

/** It has been ready for so long that its earlier failures are past. */
export function isSteady(unit: Unit, world: World, now: number): boolean {
  const container = ownContainer(unit, world);
  return isRunning(container) && container.stopping === null && readyAt(unit, container) + steadyAfterMs <= now;
}

/** It ran when svc came, and its port or page may yet answer: whether it was ready before is not known. */
export function isYetToBeAsked(unit: Unit, container: Container | null, now: number): boolean {
  if (unit.ready.how !== "tcp" && unit.ready.how !== "http") return false;
  if (container?.state !== "running" || !container.adopted || container.probedReadyAt !== null) return false;
  return !hasMissedItsDeadline(unit, container, now);
}

/** One that was healthy before and is unhealthy now did get ready. */
function healthyAt(container: Container): number {
  if (container.health === "healthy") return container.startedAt;
  if (container.health === "unhealthy" && container.adopted) return container.watchedSince;
  return container.health === "unhealthy"
    ? (container.probedReadyAt ?? Number.POSITIVE_INFINITY)
    : Number.POSITIVE_INFINITY;
}

/** Nothing gets ready while it is paused, so that time is not held against it. */
export function hasMissedItsDeadline(unit: Unit, container: Container, now: number): boolean {
  if (unit.type === "task" || container.state === "paused") return false;
  return readyAt(unit, container) > now && now >= startDeadline(unit, container);
}

/** A unit that is ready after a time that is longer than its start timeout has until then. */
export function startDeadline(unit: Unit, container: Container): number {
  const ready = readyAt(unit, container);
  const deadline = container.watchedSince + unit.startTimeoutMs;
  return Number.isFinite(ready) ? Math.max(ready, deadline) : deadline;
}
