import { isRunning } from "./conditions.ts";
import { circumstanceOf, died, gone, hasEnded, judge } from "./ends.ts";
import type { SeenContainer } from "./fact.ts";
import { withoutRecent } from "./restart-limit.ts";
import { trialWithout } from "./trial.ts";
import { type Container, stateOf, type World, withHealth, withState } from "./world.ts";

/**
 * An engine that is shut down ends its containers first, and those deaths are seen: what happened this shortly before it went
 * is taken for its doing. It waits 15 s for them, or longer where one has a longer grace.
 */
const engineEndsWithinMs = 20_000;

/** The engine does not answer: what it did to its units while it went is not held against them. */
export function engineLost(world: World, now: number): World {
  if (world.engine.state === "away") return world;
  let next: World = { ...world, engine: { state: "away", since: now } };
  const since = now - engineEndsWithinMs;
  for (const [name, { respawns, backoff, restarts, finished, lastExit, trial, nextImage }] of world.states) {
    // What was being fetched is asked for anew.
    if (nextImage?.is === "coming") next = withState(next, name, { nextImage: null });
    const history = withoutRecent({ respawns, backoff, restarts }, since);
    const unit = world.units.get(name);
    const isDone = !unit || (unit.type === "task" && finished?.ok === true);
    const forgiven = finished && !isDone && lastExit && lastExit.at > since;
    const ends = history ? respawns.length - history.respawns.length : 0;
    if (history !== null || forgiven)
      next = withState(next, name, {
        ...history,
        ...(forgiven ? { finished: null } : {}),
        trial: trialWithout(trial, ends),
      });
  }
  return next;
}

/** All that the engine holds. It answers for every unit: one that is absent has no container. */
export function listed(world: World, containers: ReadonlyMap<string, SeenContainer>, now: number): World {
  let next: World = { ...world, engine: { state: "up" } };
  for (const unit of new Set([...world.states.keys(), ...containers.keys()])) {
    next = listedOne(next, unit, containers.get(unit) ?? null, { world, now });
  }
  return next;
}

function listedOne(
  world: World,
  unit: string,
  seen: SeenContainer | null,
  before: { readonly world: World; readonly now: number },
): World {
  const { now } = before;
  const { engine } = before.world;
  const circumstance = circumstanceOf(before.world);
  let next = world;
  const known = stateOf(world, unit).container;
  if (known && seen?.container.id !== known.id) next = gone(next, { unit, container: known, now, circumstance });
  if (!seen) return next;
  const { container, exit } = seen;
  if (!known || known.id !== container.id) {
    next = withState(next, unit, { container: withHealth(container, container, now) });
    return exit && hasEnded(container) ? judge(next, { unit, container, exit, now, circumstance }) : next;
  }
  if (isRunning(known) && !isRunning(container)) next = died(next, { unit, container: known, exit, now, circumstance });
  const outageMs = engine.state === "away" ? now - engine.since : 0;
  const after: Container = {
    ...(stateOf(next, unit).container ?? known),
    name: container.name,
    state: container.state,
  };
  // Nothing gets ready while the engine is away, so that time is not held against it.
  const watched = { ...after, watchedSince: after.watchedSince + outageMs };
  return withState(next, unit, { container: withHealth(watched, container, now) });
}
