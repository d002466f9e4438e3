import type { Unit } from "../unit/unit.ts";
import { isRunning, readyAt } from "./conditions.ts";
import type { Exit } from "./fact.ts";
import { afterDeath } from "./restart-limit.ts";
import { trialAfterEnd, trialWith } from "./trial.ts";
import { seconds } from "./words.ts";
import { type Container, type LastExit, stateOf, type UnitState, type World, withState } from "./world.ts";

/** Who may have caused an end that nobody watched. */
type Circumstance = "watched" | "engine-was-away" | "svc-was-away";

export function circumstanceOf({ engine }: World): Circumstance {
  if (engine.state === "up") return "watched";
  return engine.state === "away" ? "engine-was-away" : "svc-was-away";
}

type End = {
  readonly unit: string;
  readonly container: Container;
  readonly exit: Exit;
  readonly now: number;
  readonly circumstance: Circumstance;
};

const unseenExit: Exit = {
  code: null,
  signal: null,
  oom: false,
  words: "it ended while nobody was looking",
  luck: 0.5,
};

/** Its container ended, or was found ended. */
export function died(world: World, end: Omit<End, "exit"> & { readonly exit: Exit | null }): World {
  const { unit, container } = end;
  if (hasEnded(container)) return world;
  const dead = withState(world, unit, { container: { ...container, state: "exited" } });
  return judge(dead, { ...end, exit: end.exit ?? unseenExit });
}

/** Its container is not there any more. If it was alive when last seen, it died unseen. */
export function gone(world: World, about: Omit<End, "exit">): World {
  const { unit } = about;
  const after = isRunning(about.container) ? died(world, { ...about, exit: null }) : world;
  const { container, call } = stateOf(after, unit);
  // The answer to a launch that is under way tells of this container: it must not come back to life.
  if (container && call?.call.call === "launch")
    return withState(after, unit, { container: { ...container, state: "removing" } });
  return withState(after, unit, { container: null });
}

/** What an end means for the unit: nothing, that it has finished, or one respawn more. */
export function judge(world: World, end: End): World {
  const { unit: name, container, now } = end;
  if (container.unit !== name) return world;
  const unit = world.units.get(name);
  const ended = withState(world, name, { lastExit: { ...howItEnded(end, unit), at: now } });
  const next = unit
    ? withState(ended, name, { trial: trialWith(stateOf(ended, name).trial, unit, container, readyUntil(world, end)) })
    : ended;
  const state = stateOf(next, name);
  if (!unit || next.shuttingDown || state.wish.want === "down") return next;
  return withState(next, name, meaningOf(unit, state, end));
}

/** Why svc ended it, where that was its own doing, tells more than how it ended then. */
function howItEnded({ container, exit }: End, unit: Unit | undefined): Omit<LastExit, "at"> {
  const why = container.stopping?.why;
  const heard = (said: string | null | undefined): string => (said ? ` (${said})` : "");
  if (why === "start-timeout" && unit) {
    const said = heard(container.answer ?? container.lastCheck);
    const words = `it was not ready within ${seconds(unit.startTimeoutMs)}${said}, and was stopped: ${exit.words}`;
    return { words, isSentence: true };
  }
  // That nobody saw it is one too.
  if (why !== "unhealthy") return { words: exit.words, isSentence: exit.code === null };
  const words = `its healthcheck said unhealthy${heard(container.lastCheck)}, and it was stopped: ${exit.words}`;
  return { words, isSentence: true };
}

/** Until when it can have got ready: then it was told to stop, or the engine was there last. Of an end in svc's absence it is not known. */
function readyUntil({ engine }: World, { container, now, circumstance }: End): number {
  if (circumstance === "svc-was-away") return Number.NEGATIVE_INFINITY;
  return container.stopping?.signalledAt ?? (engine.state === "away" ? engine.since : now);
}

function meaningOf(unit: Unit, state: UnitState, end: End): Partial<UnitState> {
  const { container, exit, now, circumstance } = end;
  const why = container.stopping?.why;
  if (why === "unwanted" || why === "replaced" || why === "foreign") return {};
  // A container of an earlier wish has nothing to say about this one.
  if (state.wish.generation !== container.generation) return {};
  const byItself = why === undefined;
  if (byItself && unit.type === "task" && exit.code === 0) return { finished: { ok: true, words: "it ended with 0" } };
  // An engine that went away took its containers with it, and some of them end well when they are told to.
  if (circumstance === "engine-was-away") return {};
  // One that was ended by a signal meanwhile may have been told to by svc itself, before it went.
  if (circumstance === "svc-was-away" && exit.signal !== null) return {};
  // Of one that ended while svc was away it is not known when; it gets the benefit of the doubt.
  const wasReady = circumstance === "svc-was-away" || unit.type === "task" || readyAt(unit, container) <= now;
  const early = `it ended before it was ready: ${exit.words}`;
  if (byItself && isNormalExit(unit, exit))
    return {
      finished: wasReady ? { ok: true, words: `it ended as it may: ${exit.words}` } : { ok: false, words: early },
    };
  if (!unit.respawn.enabled)
    return { finished: wasReady ? { ok: exit.code === 0, words: exit.words } : { ok: false, words: early } };
  // It may have been counted before svc went.
  if (circumstance === "svc-was-away") return {};
  const readyForMs = readyAt(unit, container) <= now ? now - readyAt(unit, container) : null;
  const history = afterDeath(state, { respawn: unit.respawn, now, readyForMs, luck: exit.luck });
  const { respawns } = history;
  const trial = trialAfterEnd(state.trial, { now, readyForMs, respawns, respawn: unit.respawn });
  return { ...history, restarts: state.restarts + 1, trial };
}

function isNormalExit(unit: Unit, exit: Exit): boolean {
  return unit.respawn.normalExit.some((normal) =>
    typeof normal === "number" ? normal === exit.code : normal === exit.signal || `SIG${normal}` === exit.signal,
  );
}

export function hasEnded(container: Container): boolean {
  return container.state === "exited" || container.state === "dead" || container.state === "removing";
}
