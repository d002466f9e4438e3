import type { Need, Unit } from "../unit/unit.ts";
import {
  hasMissedItsDeadline,
  isReady,
  isRunning,
  isWanted,
  isYetToBeAsked,
  ownContainer,
  type RunningContainer,
} from "./conditions.ts";
import { hasNextImage } from "./next-image.ts";
import { isHeld } from "./trial.ts";
import { unhealthyWords } from "./words.ts";
import { type Container, type StopReason, stateOf, type World } from "./world.ts";

/** What units mean to each other: when one must stop, and when one may start. Needs and orderings of a world have no cycles. */

/** `dueTo` names the unit that is the reason, null: there is none. `isAsked`: somebody asked for it, or for what it comes of. */
export type Stop = {
  readonly why: StopReason;
  readonly because: string;
  readonly dueTo: string | null;
  readonly isAsked: boolean;
};

/**
 * Why its running container has to stop, null if it need not. A stop that has begun is always finished. What cannot be made anew
 * serves as well as it can: for what is best mended by another container it is not stopped.
 */
export function mustStop(unit: Unit, world: World, now: number): Stop | null {
  return once(viewOf(world, now).stops, unit.name, () => reasonToStop(unit, world, now), null);
}

function reasonToStop(unit: Unit, world: World, now: number): Stop | null {
  const container = ownContainer(unit, world);
  if (!isRunning(container)) return null;
  const { wish } = stateOf(world, unit.name);
  const asked = { dueTo: null, isAsked: true };

  if (world.shuttingDown) return { why: "unwanted", because: "svc is shutting down", ...asked };
  if (wish.want === "down") return { why: "unwanted", because: `${wish.by} asked for it to be down`, ...asked };
  const isAskedAnew = wish.generation !== container.generation;
  if (container.stopping) {
    const { why } = container.stopping;
    const cause = why === "replaced" ? (lostNeed(unit, world, now) ?? brokenTie(unit, container, world, now)) : null;
    const isAsked = isAskedAnew || cause?.isAsked === true;
    return { why, because: stopWords[why], dueTo: cause?.dueTo ?? null, isAsked };
  }
  if (isAskedAnew) return { why: "replaced", because: "a restart was asked for", ...asked };
  const lost = lostNeed(unit, world, now);
  if (lost) return lost;
  const reason = reasonForAnother(unit, container, world, now);
  if (reason === null || !unit.launch.ok) return null;
  return reason.isAsked || hasNextImage(unit, unit.launch, container, world) ? reason : null;
}

/** What is best mended by another container. Whether there can be one is another question. */
export function reasonForAnother(unit: Unit, container: RunningContainer, world: World, now: number): Stop | null {
  const broken = brokenTie(unit, container, world, now);
  if (broken) return broken;
  const byItself = { dueTo: null, isAsked: false };
  if (container.health === "unhealthy" && unit.onUnhealthy === "restart") {
    return { why: "unhealthy", because: unhealthyWords(container), ...byItself };
  }
  if (hasMissedItsDeadline(unit, container, now)) {
    return { why: "start-timeout", because: `it was not ready within ${unit.startTimeoutMs / 1000} s`, ...byItself };
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

/** It is not to run without this, which is not there any more. */
function lostNeed(unit: Unit, world: World, now: number): Stop | null {
  for (const need of unit.needs) {
    const target = world.units.get(need.unit);
    // What had to end once has ended: what becomes of it later means nothing any more.
    if (!target || need.onLoss !== "stop" || need.until === "completed" || isMet(need, world, now)) continue;
    const targetStops = mustStop(target, world, now);
    // Of one that svc has only just found it is not known that it is lost.
    if (targetStops === null && isYetToBeAsked(target, ownContainer(target, world), now)) continue;
    const isAsked = targetStops?.isAsked === true;
    return { why: "replaced", because: `${need.unit} is not up`, dueTo: need.unit, isAsked };
  }
  return null;
}

/** What became of something that this container is tied to. */
function brokenTie(unit: Unit, container: Container, world: World, now: number): Stop | null {
  for (const need of unit.needs) {
    const target = world.units.get(need.unit);
    if (!target || need.onLoss === "keep" || need.until === "completed") continue;
    const targetStops = mustStop(target, world, now);
    const tied = { why: "replaced", dueTo: need.unit } as const;
    // Replacements go from the outside in: what holds on to the target stops before it.
    if (targetStops?.why === "replaced")
      return {
        ...tied,
        because: `${need.unit}, which it is tied to, is being replaced`,
        isAsked: targetStops.isAsked,
      };
    if (wasReplaced(need, { container, world, now }))
      return { ...tied, because: `${need.unit}, which it is tied to, was replaced`, isAsked: false };
  }
  return null;
}

type Tied = { readonly container: Container; readonly world: World; readonly now: number };

/** It holds on to a container that is gone, and the next one is ready. */
export function wasReplaced(need: Need, { container, world, now }: Tied): boolean {
  const target = world.units.get(need.unit);
  const bound = Object.hasOwn(container.bound, need.unit) ? container.bound[need.unit] : undefined;
  if (!target || bound === undefined || need.onLoss === "keep" || need.until === "completed") return false;
  const current = ownContainer(target, world);
  return current !== null && current.id !== bound && isFulfilled(need, target, world, now);
}

/** Whether the unit may start as far as this need goes. */
export function isMet(need: Need, world: World, now: number): boolean {
  const target = world.units.get(need.unit);
  if (!target) return !need.required;
  return isFulfilled(need, target, world, now) || (!need.required && !isOnItsWay(target, world, now));
}

function isFulfilled(need: Need, target: Unit, world: World, now: number): boolean {
  const { finished } = stateOf(world, target.name);
  if (need.until === "completed") return finished?.ok === true;
  if (target.type === "task" && finished?.ok) return true;
  if (mustStop(target, world, now) !== null) return false;
  return need.until === "started" ? isRunning(ownContainer(target, world)) : isReady(target, world, now);
}

/** It is wanted, and neither a failure of its own nor one of a unit that it needs keeps it from coming: worth waiting for. */
export function isOnItsWay(unit: Unit, world: World, now: number): boolean {
  return once(viewOf(world, now).coming, unit.name, () => mayYetCome(unit, world, now), false);
}

function mayYetCome(unit: Unit, world: World, now: number): boolean {
  const { finished, trouble, backoff } = stateOf(world, unit.name);
  if (!isWanted(unit, world) || finished || trouble || backoff || isHeld(unit, world)) return false;
  const container = ownContainer(unit, world);
  if (isRunning(container) && mustStop(unit, world, now) === null) {
    // What is paused, has become unhealthy or was not ready in time may stay so for ever.
    const isWell = container.state === "running" && container.health !== "unhealthy";
    return isReady(unit, world, now) || (isWell && !hasMissedItsDeadline(unit, container, now));
  }
  if (!unit.launch.ok) return false;
  return unit.needs.every((need) => {
    const target = world.units.get(need.unit);
    return !need.required || isMet(need, world, now) || (target !== undefined && isOnItsWay(target, world, now));
  });
}

/** The first of those it is ordered after that is still to come, or about to go and come again. */
export function earlierToWaitFor(unit: Unit, world: World, now: number): Unit | null {
  for (const name of unit.after) {
    const other = world.units.get(name);
    if (!other || !isOnItsWay(other, world, now)) continue;
    if (!isReady(other, world, now) || mustStop(other, world, now) !== null) return other;
  }
  return null;
}

/** Units whose stop comes before this one's, if they must stop too. */
export function dependentsOf(unit: Unit, { units }: World): readonly Unit[] {
  let found = dependents.get(units);
  if (!found) {
    found = readDependents(units);
    dependents.set(units, found);
  }
  return found.get(unit.name) ?? [];
}

/** Found out once for the units of a world, which stay the same ones through many worlds: else a stop of all would ask all of each. */
const dependents = new WeakMap<World["units"], ReadonlyMap<string, readonly Unit[]>>();

function readDependents(units: World["units"]): ReadonlyMap<string, readonly Unit[]> {
  const found = new Map<string, Unit[]>();
  for (const other of units.values()) {
    for (const name of new Set([...other.needs.map((need) => need.unit), ...other.after])) {
      const known = found.get(name);
      if (known) known.push(other);
      else found.set(name, [other]);
    }
  }
  return found;
}

/**
 * A world never changes, so what was once found out about it holds as long as it is looked at. Without this every unit would
 * be asked anew along every path that leads to it, and there are 2^n paths through n diamonds.
 */
type View = {
  readonly world: World | null;
  readonly now: number;
  readonly stops: Map<string, Stop | null>;
  readonly coming: Map<string, boolean>;
};
let latest: View = { world: null, now: 0, stops: new Map(), coming: new Map() };

function viewOf(world: World, now: number): View {
  if (latest.world !== world || latest.now !== now) latest = { world, now, stops: new Map(), coming: new Map() };
  return latest;
}

/** The answer that is known, else found out. `meanwhile` would answer a unit that asks for itself, in a world with a cycle. */
function once<T>(answers: Map<string, T>, name: string, findOut: () => T, meanwhile: T): T {
  const known = answers.get(name);
  if (known !== undefined) return known;
  answers.set(name, meanwhile);
  const answer = findOut();
  answers.set(name, answer);
  return answer;
}
