import type { Need, Unit } from "../unit/unit.ts";
import { type Container, type StopReason, stateOf, type World } from "./world.ts";

/** The conditions that decisions are made of, each a sentence about one unit. Pure; the graph has no cycles. */

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

/** Its container runs and answers to what the unit calls ready. A container that is being stopped is not. */
export function isReady(unit: Unit, world: World, now: number): boolean {
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

/** One that was healthy before and is unhealthy now did get ready. */
function healthyAt(container: Container): number {
  if (container.health === "healthy") return container.startedAt;
  if (container.health === "unhealthy" && container.adopted) return container.watchedSince;
  return container.health === "unhealthy"
    ? (container.probedReadyAt ?? Number.POSITIVE_INFINITY)
    : Number.POSITIVE_INFINITY;
}

/** Why its running container has to stop, null if it need not. A stop that has begun is always finished. */
export function mustStop(
  unit: Unit,
  world: World,
  now: number,
): { readonly why: StopReason; readonly because: string } | null {
  const container = ownContainer(unit, world);
  if (!isRunning(container)) return null;
  const { wish } = stateOf(world, unit.name);

  if (world.shuttingDown) return { why: "unwanted", because: "svc is shutting down" };
  if (wish.want === "down") return { why: "unwanted", because: `${wish.by} asked for it to be down` };
  if (container.stopping) return { why: container.stopping.why, because: stopWords[container.stopping.why] };
  if (wish.generation !== container.generation) return { why: "replaced", because: "a restart was asked for" };
  for (const need of unit.needs) {
    const because = lossThatStops(need, container, world, now);
    if (because !== null) return { why: "replaced", because };
  }
  if (container.health === "unhealthy" && unit.onUnhealthy === "restart") {
    return { why: "unhealthy", because: "its healthcheck says unhealthy" };
  }
  if (hasMissedItsDeadline(unit, container, now)) {
    return { why: "start-timeout", because: `it was not ready within ${unit.startTimeoutMs / 1000} s` };
  }
  return null;
}

const stopWords: { readonly [why in StopReason]: string } = {
  unwanted: "it was asked to be down",
  replaced: "it is being replaced",
  unhealthy: "its healthcheck says unhealthy",
  "start-timeout": "it was not ready in time",
  foreign: "it is not svc's own",
};

/** What became of something that this container is tied to, if that ends it. */
function lossThatStops(need: Need, container: Container, world: World, now: number): string | null {
  const target = world.units.get(need.unit);
  if (!target || need.onLoss === "keep") return null;
  if (need.onLoss === "stop" && !isMet(need, world, now)) return `${need.unit} is not up`;
  // Intended replacements go from the outside in: what holds on to the target stops before it.
  if (mustStop(target, world, now)?.why === "replaced") return `${need.unit}, which it is tied to, is being replaced`;
  const bound = container.bound[need.unit];
  const current = ownContainer(target, world);
  if (bound !== undefined && current !== null && current.id !== bound && isReady(target, world, now)) {
    return `${need.unit}, which it is tied to, was replaced`;
  }
  return null;
}

export function hasMissedItsDeadline(unit: Unit, container: Container, now: number): boolean {
  return unit.type === "service" && readyAt(unit, container) > now && now >= startDeadline(unit, container);
}

/** A unit that is ready after a time that is longer than its start timeout has until then. */
export function startDeadline(unit: Unit, container: Container): number {
  const ready = readyAt(unit, container);
  const deadline = container.watchedSince + unit.startTimeoutMs;
  return Number.isFinite(ready) ? Math.max(ready, deadline) : deadline;
}

/** Whether the unit may start as far as this need goes. */
export function isMet(need: Need, world: World, now: number): boolean {
  const target = world.units.get(need.unit);
  if (!target) return !need.required;
  const state = stateOf(world, need.unit);
  const going = mustStop(target, world, now) !== null;
  const met =
    need.until === "completed"
      ? state.finished?.ok === true
      : need.until === "started"
        ? isRunning(ownContainer(target, world)) && !going
        : (isReady(target, world, now) && !going) || (target.type === "task" && state.finished?.ok === true);
  return met || (!need.required && !isOnItsWay(target, world));
}

/** It is wanted, and no failure keeps it from coming: worth waiting for. */
export function isOnItsWay(unit: Unit, world: World): boolean {
  const state = stateOf(world, unit.name);
  return (
    isWanted(unit, world) &&
    state.finished === null &&
    state.trouble === null &&
    state.backoff === null &&
    unit.launch.ok
  );
}

/** Units whose stop comes before this one's, if they must stop too. */
export function dependentsOf(unit: Unit, world: World): readonly Unit[] {
  return [...world.units.values()].filter(
    (other) => other.needs.some((need) => need.unit === unit.name) || other.after.includes(unit.name),
  );
}
