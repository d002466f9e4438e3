import type { Unit } from "../unit/unit.ts";
import { backOff } from "./back-off.ts";
import { bringDown } from "./bring-down.ts";
import { bringUp } from "./bring-up.ts";
import type { Call } from "./call.ts";
import { isRunning, isWanted, ownContainer } from "./conditions.ts";
import { ask, type Decision, rest, wait } from "./decision.ts";
import { mustStop } from "./dependencies.ts";
import { holdUp } from "./hold-up.ts";
import { type BadTag, badTag } from "./trial.ts";
import { whyDown, whyOver } from "./words.ts";
import { type Container, stateOf, type World } from "./world.ts";

export type { Decision } from "./decision.ts";

/**
 * What to do about every unit, now. The rules, the first that applies wins:
 * 1. The engine does not answer: everything stays as it is. A call is in flight: wait for its answer.
 * 2. It must stop (not wanted, a restart was asked for, tied to something that is replaced, unhealthy, not ready in time):
 *    dependents that must stop too go first; then the stop signal; when the grace is over, kill.
 *    What nobody asked for, where TAG names another image by now, stops it only once that image is here.
 * 3. It runs otherwise: its next image is fetched if it waits for one; ready means at rest; else wait until it is ready or its
 *    deadline has passed.
 * 4. Its container is dead: remove it.
 * 5. Not wanted: down. Finished: done. Not to be launched: failed. Its new tag is bad: held, or the former one is put back.
 *    Looping or in back-off: failed, or wait.
 * 6. Bring it up: image, needs, order; a foreign container of the name goes first; launch.
 */
export function decide(world: World, now: number): ReadonlyMap<string, Decision> {
  const decisions = new Map<string, Decision>();
  for (const unit of world.units.values()) decisions.set(unit.name, decideUnit(unit, world, now));
  return decisions;
}

export function decideUnit(unit: Unit, world: World, now: number): Decision {
  const state = stateOf(world, unit.name);
  const container = ownContainer(unit, world);

  if (world.engine.state !== "up") return holdStill(unit, world);
  if (state.call) return waitForEngine(unit, state.call.call, world);
  const stop = mustStop(unit, world, now);
  if (stop && isRunning(container)) return bringDown({ unit, container, stop }, world, now);
  if (isRunning(container)) return holdUp(unit, container, world, now);
  if (container) return clearAway(unit, container, world, now);
  if (!isWanted(unit, world)) return rest("down", whyDown(unit, world));
  if (state.finished) return rest(state.finished.ok ? "done" : "failed", state.finished.words);
  if (!unit.launch.ok) return rest("failed", unit.launch.message);
  const bad = badTag(unit, world);
  if (bad) return giveUpTag(unit, bad);
  return backOff(unit, world, now) ?? bringUp(unit, unit.launch, world, now);
}

function giveUpTag(unit: Unit, { tag, former, words, notPutBack }: BadTag): Decision {
  if (unit.onBadTag === "hold") return rest("failed", `${words}; held`);
  if (notPutBack !== null) return rest("failed", `${words}; not put back: ${notPutBack}; held`);
  return ask({ call: "put-back", from: tag, to: former }, "failed", `${words}; ${former} is put back`);
}

/** When to look again though nothing happens; null: never. */
export function nextLook(decisions: ReadonlyMap<string, Decision>): number | null {
  let next: number | null = null;
  for (const decision of decisions.values()) {
    const until = "do" in decision ? null : (decision.until ?? null);
    if (until !== null && (next === null || until < next)) next = until;
  }
  return next;
}

/** The engine is away: budgets and timers are frozen, nothing is called a failure. */
function holdStill(unit: Unit, world: World): Decision {
  const because =
    world.engine.state === "away" ? "the engine does not answer" : "svc has not heard from the engine yet";
  if (isRunning(ownContainer(unit, world))) return wait("degraded", `${because}; it ran when last seen`);
  if (!isWanted(unit, world)) return rest("down", whyDown(unit, world));
  const { finished } = stateOf(world, unit.name);
  if (finished) return rest(finished.ok ? "done" : "failed", finished.words);
  return wait("waiting", because);
}

function waitForEngine(unit: Unit, call: Call, world: World): Decision {
  switch (call.call) {
    case "pull":
      // It cannot be called back, and need not be: whoever stopped the unit does not wait for its image.
      if (!isWanted(unit, world)) return rest("down", whyDown(unit, world));
      return wait("pulling", "its image is being pulled");
    case "fetch":
      return wait("degraded", "its next image is looked for");
    case "launch":
      return wait("starting", "the engine is starting it");
    case "signal":
      return wait("stopping", "the engine is sending it the stop signal");
    case "kill":
      return wait("stopping", "it did not stop in time; the engine is killing it");
    case "release":
      return wait("stopping", "the engine is slow to say that it died");
    case "put-back":
      return wait("failed", `${call.from} does not stay up; ${call.to} is put back`);
    case "remove":
      return wait(isWanted(unit, world) ? "starting" : "stopping", "the engine is removing its last container");
    default:
      return call satisfies never;
  }
}

/** Its container is dead: it goes before anything else, so that the name is free. */
function clearAway(unit: Unit, container: Container, world: World, now: number): Decision {
  const wanted = isWanted(unit, world);
  const { trouble } = stateOf(world, unit.name);
  if (trouble && now < trouble.until) return wait(wanted ? "backoff" : "stopping", trouble.message, trouble.until);
  return ask({ call: "remove", id: container.id }, wanted ? "starting" : "stopping", whyOver(unit, container, world));
}
