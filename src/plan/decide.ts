import type { Phase } from "../unit/phase.ts";
import type { Unit } from "../unit/unit.ts";
import type { Call } from "./call.ts";
import {
  dependentsOf,
  isMet,
  isOnItsWay,
  isReady,
  isRunning,
  isWanted,
  mustStop,
  ownContainer,
  readyAt,
  startDeadline,
} from "./conditions.ts";
import { hasReachedLimit } from "./restart-limit.ts";
import { type Container, type StopReason, stateOf, type World } from "./world.ts";

/**
 * What to do about every unit, now. The rules, the first that applies wins:
 * 1. The engine does not answer: everything stays as it is. A call is in flight: wait for its answer.
 * 2. It must stop (not wanted, a restart was asked for, tied to something that is replaced, unhealthy, not ready in time):
 *    dependents that must stop too go first; then the stop signal; when the grace is over, kill.
 * 3. It runs otherwise: ready means at rest; else wait until it is ready or its deadline has passed.
 * 4. Its container is dead: remove it.
 * 5. Not wanted: down. Finished: done. Looping: failed, or wait.
 * 6. Bring it up: image, needs, back-off; a foreign container of the name goes first; launch.
 */
export type Decision =
  | { readonly do: Call; readonly phase: Phase; readonly because: string }
  /** Nothing until a fact comes, or the instant `until`. `blockedBy` names the unit that is waited for. */
  | {
      readonly wait: true;
      readonly phase: Phase;
      readonly because: string;
      readonly until: number | null;
      readonly blockedBy?: string;
    }
  | { readonly rest: true; readonly phase: Phase; readonly because: string; readonly until?: number };

export function decide(world: World, now: number): ReadonlyMap<string, Decision> {
  const decisions = new Map<string, Decision>();
  for (const unit of world.units.values()) decisions.set(unit.name, decideUnit(unit, world, now));
  return decisions;
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

export function decideUnit(unit: Unit, world: World, now: number): Decision {
  const state = stateOf(world, unit.name);
  const container = ownContainer(unit, world);

  if (world.engine.state !== "up") return holdStill(unit, world);
  if (state.call) return waitForEngine(unit, world);
  const stop = mustStop(unit, world, now);
  if (stop && isRunning(container)) return bringDown(unit, container, stop, world, now);
  if (isRunning(container)) return holdUp(unit, container, world, now);
  if (container) return clearAway(unit, container, world, now);
  if (!isWanted(unit, world)) return { rest: true, phase: "down", because: whyDown(unit, world) };
  if (state.finished)
    return { rest: true, phase: state.finished.ok ? "done" : "failed", because: state.finished.words };
  const loop = loopOf(unit, world, now);
  if (loop) return loop;
  return bringUp(unit, world, now);
}

/** The engine is away: budgets and timers are frozen, nothing is called a failure. */
function holdStill(unit: Unit, world: World): Decision {
  const because =
    world.engine.state === "away" ? "the engine does not answer" : "svc has not heard from the engine yet";
  const container = ownContainer(unit, world);
  if (isRunning(container))
    return { wait: true, phase: "degraded", because: `${because}; it ran when last seen`, until: null };
  if (!isWanted(unit, world)) return { rest: true, phase: "down", because: whyDown(unit, world) };
  const { finished } = stateOf(world, unit.name);
  if (finished) return { rest: true, phase: finished.ok ? "done" : "failed", because: finished.words };
  return { wait: true, phase: "waiting", because, until: null };
}

const callWords: { readonly [call in Call["call"]]: { phase: Phase; because: string } } = {
  pull: { phase: "pulling", because: "its image is being pulled" },
  launch: { phase: "starting", because: "the engine is starting it" },
  signal: { phase: "stopping", because: "the engine is sending it the stop signal" },
  kill: { phase: "stopping", because: "it did not stop in time; the engine is killing it" },
  release: { phase: "stopping", because: "the engine is slow to say that it died" },
  remove: { phase: "stopping", because: "the engine is removing its last container" },
};

function waitForEngine(unit: Unit, world: World): Decision {
  const call = stateOf(world, unit.name).call;
  const words = callWords[call?.call.call ?? "launch"];
  const phase =
    words.phase === "stopping" && isWanted(unit, world) && call?.call.call === "remove" ? "starting" : words.phase;
  return { wait: true, phase, because: words.because, until: null };
}

/** How long the engine may owe us a `die` after SIGKILL before we drop our own reader of that container. */
const dieWithinMs = 5_000;

function bringDown(
  unit: Unit,
  container: Container,
  stop: { why: StopReason; because: string },
  world: World,
  now: number,
): Decision {
  const first = dependentsOf(unit, world).find((other) => mustStop(other, world, now) !== null);
  if (first && !container.stopping) {
    return {
      wait: true,
      phase: "stopping",
      because: `${first.name}, which needs it, stops first`,
      until: null,
      blockedBy: first.name,
    };
  }
  if (!container.stopping)
    return { do: { call: "signal", id: container.id, why: stop.why }, phase: "stopping", because: stop.because };
  const { signalledAt, killedAt, releasedAt } = container.stopping;
  if (killedAt === null) {
    const until = signalledAt + unit.stopGraceMs;
    if (now < until)
      return {
        wait: true,
        phase: "stopping",
        because: `${stop.because}; it has ${seconds(unit.stopGraceMs)} to end`,
        until,
      };
    return {
      do: { call: "kill", id: container.id },
      phase: "stopping",
      because: `it did not end within ${seconds(unit.stopGraceMs)}`,
    };
  }
  const until = (releasedAt ?? killedAt) + dieWithinMs;
  if (now < until) return { wait: true, phase: "stopping", because: "it was killed", until };
  return {
    do: { call: "release", id: container.id },
    phase: "stopping",
    because: "the engine is slow to say that it died",
  };
}

function holdUp(unit: Unit, container: Container, world: World, now: number): Decision {
  const patrol =
    unit.ready.how === "after" || unit.ready.how === "auto" ? readyAt(unit, container) : Number.POSITIVE_INFINITY;
  if (unit.type === "task") return { rest: true, phase: "up", because: "the task runs" };
  if (container.state === "paused")
    return { rest: true, phase: "degraded", because: "somebody paused its container; docker unpause wakes it" };
  if (readyAt(unit, container) > now) {
    const until = Math.min(patrol, startDeadline(unit, container));
    return { wait: true, phase: "starting", because: readyWords(unit, container), until };
  }
  const lost = unit.needs.find((need) => need.required && need.until !== "completed" && !isMet(need, world, now));
  if (lost)
    return { rest: true, phase: "degraded", because: `it runs, but ${lost.unit}, which it needs, is not ready` };
  if (container.health === "unhealthy")
    return { rest: true, phase: "degraded", because: "its healthcheck says unhealthy" };
  return { rest: true, phase: "up", because: container.adopted ? "it was running when svc came" : "it is ready" };
}

function readyWords(unit: Unit, container: Container): string {
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

/** More respawns than its limit allows: failed for good, or one try a minute. */
function loopOf(unit: Unit, world: World, now: number): Decision | null {
  const state = stateOf(world, unit.name);
  if (!hasReachedLimit(state.respawns, unit.respawn) || state.lastExit === null) return null;
  const words = `crash loop: ${state.respawns.length - 1} respawns within ${seconds(unit.respawn.limit?.windowMs ?? 0)}; last: ${state.lastExit.words}`;
  if (unit.respawn.onLimit === "fail") return { rest: true, phase: "failed", because: words };
  const until = state.backoff?.until ?? now;
  return now < until ? { wait: true, phase: "backoff", because: words, until } : null;
}

function bringUp(unit: Unit, world: World, now: number): Decision {
  const state = stateOf(world, unit.name);
  if (!unit.launch.ok) return { rest: true, phase: "failed", because: unit.launch.message };
  if (state.backoff && now < state.backoff.until) {
    return { wait: true, phase: "backoff", because: backoffWords(unit, world), until: state.backoff.until };
  }
  if (state.trouble && now < state.trouble.until) {
    const phase = state.trouble.kind === "pull-failed" ? "waiting" : "backoff";
    return { wait: true, phase, because: state.trouble.message, until: state.trouble.until };
  }
  const pull = pullOf(unit, world);
  if (pull) return { do: pull, phase: "pulling", because: `its image ${unit.launch.image} is pulled` };
  const unmet = state.wish.alone ? undefined : unit.needs.find((need) => !isMet(need, world, now));
  if (unmet)
    return {
      wait: true,
      phase: "waiting",
      because: `it needs ${unmet.unit}, which ${needWords(unmet.unit, world)}`,
      until: null,
      blockedBy: unmet.unit,
    };
  const earlier = unit.after
    .map((name) => world.units.get(name))
    .find((other) => other && isOnItsWay(other, world) && !isReady(other, world, now));
  if (earlier)
    return {
      wait: true,
      phase: "waiting",
      because: `it starts after ${earlier.name}`,
      until: null,
      blockedBy: earlier.name,
    };
  if (state.container) return clearName(unit, state.container, now);
  const bound: { [unit: string]: string } = {};
  for (const need of unit.needs) {
    const target = world.units.get(need.unit);
    const container = target ? ownContainer(target, world) : null;
    if (container && need.onLoss === "restart") bound[need.unit] = container.id;
  }
  const because =
    state.lastExit && state.restarts > 0 ? `it ended: ${state.lastExit.words}` : `${state.wish.by} asked for it`;
  return { do: { call: "launch", generation: state.wish.generation, bound }, phase: "starting", because };
}

/** Its container is dead: it goes before anything else, so that the name is free. */
function clearAway(unit: Unit, container: Container, world: World, now: number): Decision {
  const phase = isWanted(unit, world) ? "starting" : "stopping";
  const { trouble } = stateOf(world, unit.name);
  if (trouble && now < trouble.until)
    return { wait: true, phase: "backoff", because: trouble.message, until: trouble.until };
  return { do: { call: "remove", id: container.id }, phase, because: "its last container is still there" };
}

/** A container that svc did not make for this unit has its name: it goes, as with `docker stop; docker rm`, just before the start. */
function clearName(unit: Unit, foreign: Container, now: number): Decision {
  if (!isRunning(foreign))
    return { do: { call: "remove", id: foreign.id }, phase: "starting", because: "a foreign container has its name" };
  const stop = { why: "foreign", because: "a foreign container has its name" } as const;
  if (!foreign.stopping)
    return { do: { call: "signal", id: foreign.id, why: "foreign" }, phase: "starting", because: stop.because };
  const until = foreign.stopping.signalledAt + unit.stopGraceMs;
  if (now < until && foreign.stopping.killedAt === null)
    return {
      wait: true,
      phase: "starting",
      because: `${stop.because}; it has ${seconds(unit.stopGraceMs)} to end`,
      until,
    };
  return { do: { call: "remove", id: foreign.id }, phase: "starting", because: stop.because };
}

function pullOf(unit: Unit, world: World): Call | null {
  if (!unit.launch.ok) return null;
  const { image, pull } = unit.launch;
  const { pulled, missingImage, wish, restarts } = stateOf(world, unit.name);
  const mark = pull === "always" ? `${image} ${wish.generation}/${restarts}` : image;
  if (pull === "always" && pulled !== mark) return { call: "pull", image, mark };
  if (pull === "missing" && missingImage === image) return { call: "pull", image, mark };
  return null;
}

function needWords(name: string, world: World): string {
  const unit = world.units.get(name);
  if (!unit) return "has no valid unit file";
  const state = stateOf(world, name);
  if (state.trouble) return `cannot start: ${state.trouble.message}`;
  if (!unit.launch.ok) return `cannot start: ${unit.launch.message}`;
  if (!isWanted(unit, world)) return "is down";
  if (state.finished) return state.finished.ok ? "is done" : `failed: ${state.finished.words}`;
  if (state.backoff) return `keeps failing: ${state.lastExit?.words ?? "no exit was seen"}`;
  return "is not ready yet";
}

function backoffWords(unit: Unit, world: World): string {
  const state = stateOf(world, unit.name);
  const limit = unit.respawn.limit ? ` of ${unit.respawn.limit.count}` : "";
  return `it keeps failing (${state.respawns.length}${limit}): ${state.lastExit?.words ?? "no exit was seen"}`;
}

function whyDown(unit: Unit, world: World): string {
  const { wish } = stateOf(world, unit.name);
  if (world.shuttingDown) return "svc is shutting down";
  return wish.by === "nobody" ? "nobody asked for it" : `${wish.by} asked for it to be down`;
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}
