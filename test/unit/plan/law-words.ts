import { type Container, stateOf, type World } from "../../../src/plan/world.ts";
import type { Need, Unit } from "../../../src/unit/unit.ts";

/** What the laws speak of, in words of their own: nothing in here asks the core. */

export function own(name: string, world: World): Container | null {
  const { container } = stateOf(world, name);
  return container?.unit === name ? container : null;
}

export function runs(container: Container | null): container is Container {
  return container?.state === "running" || container?.state === "paused" || container?.state === "restarting";
}

export function dependentsOf(name: string, world: World): readonly Unit[] {
  return [...world.units.values()].filter(
    (unit) => unit.after.includes(name) || unit.needs.some((need) => need.unit === name),
  );
}

/** It is ready as far as svc can know, and has not been told to stop. */
export function isUp(name: string, world: World, now: number): boolean {
  const unit = world.units.get(name);
  if (unit?.type === "task") return stateOf(world, name).finished?.ok === true;
  const container = own(name, world);
  if (!unit || container?.state !== "running" || container.stopping || container.health === "unhealthy") return false;
  if (unit.ready.how === "after" || (unit.ready.how === "auto" && container.health === "none"))
    return now >= container.startedAt + unit.ready.afterMs;
  if (unit.ready.how === "auto" || unit.ready.how === "healthy") return container.health === "healthy";
  return container.probedReadyAt !== null || (unit.ready.how === "log" && container.adopted);
}

/** Why the need is not met, as far as svc can know; null: it is. */
export function missing(need: Need, world: World, now: number): string | null {
  const target = world.units.get(need.unit);
  if (!target) return need.required ? "has no unit file" : null;
  if (isThere(need, world, now)) return null;
  if (!need.required) return isComing(need.unit, world, now) ? "is coming" : null;
  return need.until === "completed" ? "is not done" : "is not ready";
}

export function isThere(need: Need, world: World, now: number): boolean {
  const target = world.units.get(need.unit);
  const { finished } = stateOf(world, need.unit);
  if (need.until === "completed" || (target?.type === "task" && finished?.ok)) return finished?.ok === true;
  const container = own(need.unit, world);
  if (!target || !runs(container) || container.stopping || hasReasonToStop(target, world, now)) return false;
  return need.until === "started" || isUp(need.unit, world, now);
}

/** It is wanted, nothing has failed, and nothing stands in its way but time. What is paused, unhealthy or late may stay so. */
export function isComing(name: string, world: World, now: number): boolean {
  const unit = world.units.get(name);
  const { wish, finished, trouble, backoff } = stateOf(world, name);
  if (!unit || wish.want === "down" || world.shuttingDown || finished || trouble || backoff) return false;
  if (hasBadTag(unit, world) && !runs(own(name, world))) return false;
  const container = own(name, world);
  if (runs(container) && !container.stopping && !hasReasonToStop(unit, world, now))
    return !isUp(name, world, now) && container.health !== "unhealthy" && isInTime(unit, container, now);
  return unit.launch.ok && unit.needs.every((need) => missing(need, world, now) === null);
}

/** The tag that it would be started with has failed, and nobody has said since that it is to be tried again. */
export function hasBadTag(unit: Unit, world: World): boolean {
  const { tag, former, failed } = stateOf(world, unit.name).trial;
  if (unit.onBadTag === "ignore" || world.deploying.has(unit.app) || !unit.launch.ok) return false;
  return failed !== null && former !== null && unit.launch.tag === tag;
}

/** Whether its container may be stopped at all. */
export function hasReasonToStop(unit: Unit, world: World, now: number): boolean {
  if (reasons.world !== world || reasons.now !== now) reasons = { world, now, known: new Map() };
  const known = reasons.known.get(unit.name);
  if (known !== undefined) return known;
  const reason = findReason(unit, world, now);
  reasons.known.set(unit.name, reason);
  return reason;
}
let reasons: { world: World | null; now: number; known: Map<string, boolean> } = {
  world: null,
  now: 0,
  known: new Map(),
};

function findReason(unit: Unit, world: World, now: number): boolean {
  const container = own(unit.name, world);
  const { wish } = stateOf(world, unit.name);
  if (!runs(container)) return false;
  if (wish.want === "down" || world.shuttingDown || container.generation !== wish.generation) return true;
  if (unit.needs.some((need) => isLost(unit, need, container, world, now))) return true;
  // What cannot be started anew serves as well as it can.
  if (!mayBeMadeAnew(unit, null, world)) return false;
  if (container.health === "unhealthy" && unit.onUnhealthy === "restart") return true;
  return unit.type === "service" && container.state === "running" && !isInTime(unit, container, now);
}

/** It may still get ready, or did. */
function isInTime(unit: Unit, container: Container, now: number): boolean {
  if (container.state !== "running") return false;
  return unit.type === "task" || now < container.watchedSince + unit.startTimeoutMs || wasUp(unit, container, now);
}

/** One that is unhealthy now and was not before did come up. */
function wasUp(unit: Unit, container: Container, now: number): boolean {
  if (unit.ready.how === "after" || (unit.ready.how === "auto" && container.health === "none"))
    return now >= container.startedAt + unit.ready.afterMs;
  if (container.health === "healthy" || container.probedReadyAt !== null) return true;
  return container.adopted && (unit.ready.how === "log" || container.health === "unhealthy");
}

/** Of what cannot be started anew a stale tie ends nothing. */
function isLost(unit: Unit, need: Need, container: Container, world: World, now: number): boolean {
  const target = world.units.get(need.unit);
  if (!target || need.onLoss === "keep" || need.until === "completed") return false;
  const current = own(need.unit, world);
  if (need.onLoss === "stop" && missing(need, world, now) !== null && !mayBeUp(target, current, world, now))
    return true;
  const bound = container.bound[need.unit];
  if (current && bound !== undefined && current.id !== bound && isThere(need, world, now))
    return mayBeMadeAnew(unit, null, world);
  return runs(current) && isReplaced(target, current, world, now) && mayBeMadeAnew(unit, need.unit, world);
}

/**
 * What is in the way of another container is not its launch, and its image is here for all that is known: it is the one it runs
 * with, or was looked for; or what it is tied to is replaced because that was asked for, when images were seen to.
 */
export function mayBeMadeAnew(unit: Unit, tiedTo: string | null, world: World): boolean {
  if (!unit.launch.ok) return false;
  const { image } = unit.launch;
  const { nextImage } = stateOf(world, unit.name);
  if (own(unit.name, world)?.made.image === image || (nextImage?.image === image && nextImage.is === "here"))
    return true;
  return tiedTo !== null && isAskedAnew(tiedTo, world);
}

function isAskedAnew(name: string, world: World): boolean {
  const container = own(name, world);
  if (!runs(container)) return false;
  if (container.generation !== stateOf(world, name).wish.generation) return true;
  return (world.units.get(name)?.needs ?? []).some((need) => need.onLoss !== "keep" && isAskedAnew(need.unit, world));
}

/** After a crash of svc its port has not answered yet, and nothing says that it did not before. */
function mayBeUp(unit: Unit, container: Container | null, world: World, now: number): boolean {
  if (unit.ready.how !== "tcp" || container?.state !== "running" || container.stopping) return false;
  if (!container.adopted || container.probedReadyAt !== null || !isInTime(unit, container, now)) return false;
  return !hasReasonToStop(unit, world, now);
}

/** svc itself is about to make another in its place. */
function isReplaced(unit: Unit, container: Container, world: World, now: number): boolean {
  const { wish } = stateOf(world, unit.name);
  if (wish.want === "down" || world.shuttingDown) return false;
  if (container.stopping) return container.stopping.why === "replaced";
  if (container.generation !== wish.generation) return true;
  return unit.needs.some((need) => isLost(unit, need, container, world, now));
}
