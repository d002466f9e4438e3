import type { Launch, Unit } from "../unit/unit.ts";
import type { Call } from "./call.ts";
import { isRunning, ownContainer } from "./conditions.ts";
import { ask, type Decision, wait, waitFor } from "./decision.ts";
import { earlierToWaitFor, isMet } from "./dependencies.ts";
import { needWords } from "./need-words.ts";
import { endWords, seconds } from "./words.ts";
import { type Container, stateOf, type World } from "./world.ts";

/** The way up of a unit that is wanted, has no container, and nothing holds back: image, needs, order, name, launch. */
export function bringUp(unit: Unit, launch: Launch, world: World, now: number): Decision {
  const state = stateOf(world, unit.name);
  const pull = pullOf(unit, launch, world);
  if (pull) return ask(pull, "pulling", `its image ${launch.image} is pulled`);
  const unmet = state.wish.alone ? undefined : unit.needs.find((need) => !isMet(need, world, now));
  if (unmet)
    return waitFor(unmet.unit, "waiting", `it needs ${unmet.unit}, which ${needWords(unmet.unit, world, now)}`);
  const earlier = earlierToWaitFor(unit, world, now);
  if (earlier) return waitFor(earlier.name, "waiting", `it starts after ${earlier.name}`);
  if (state.container) return clearName(unit, state.container, now);
  const because = state.lastExit && state.restarts > 0 ? endWords(state.lastExit) : `${state.wish.by} asked for it`;
  const { generation } = state.wish;
  return ask({ call: "launch", generation, bound: boundTo(unit, world) }, "starting", because);
}

/** The containers that it will hold on to. */
export function boundTo(unit: Unit, world: World): { readonly [unit: string]: string } {
  const bound: { [unit: string]: string } = {};
  for (const need of unit.needs) {
    const target = world.units.get(need.unit);
    const container = target ? ownContainer(target, world) : null;
    if (container && need.onLoss === "restart") bound[need.unit] = container.id;
  }
  return bound;
}

/** A container that svc did not make for this unit has its name: it goes, as with `docker stop; docker rm`, just before the start. */
function clearName(unit: Unit, foreign: Container, now: number): Decision {
  const because = "a foreign container has its name";
  if (!isRunning(foreign)) return ask({ call: "remove", id: foreign.id }, "starting", because);
  if (!foreign.stopping) return ask({ call: "signal", id: foreign.id, why: "foreign" }, "starting", because);
  const until = foreign.stopping.signalledAt + unit.stopGraceMs;
  if (now < until) return wait("starting", `${because}; it has ${seconds(unit.stopGraceMs)} to end`, until);
  return ask({ call: "remove", id: foreign.id }, "starting", because);
}

/** With `always` once for every start; else only when the engine said that the image is not there. */
function pullOf(unit: Unit, { image, pull }: Launch, world: World): Call | null {
  const { pulled, missingImage, wish, restarts } = stateOf(world, unit.name);
  const forStart = pull === "always" ? `${wish.generation}/${restarts}` : null;
  const isPulled = pulled?.image === image && pulled.forStart === forStart;
  const due = (pull === "always" && !isPulled) || (pull !== "never" && missingImage === image);
  return due ? { call: "pull", image, forStart } : null;
}
