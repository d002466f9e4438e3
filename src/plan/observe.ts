import type { Unit } from "../unit/unit.ts";
import type { Call } from "./call.ts";
import { readyAt } from "./conditions.ts";
import type { Answer, Exit, Fact, SeenContainer } from "./fact.ts";
import { afterDeath, delayOf } from "./restart-limit.ts";
import { type Container, freshState, stateOf, type UnitState, type World, withState } from "./world.ts";

/** Folds one fact into the world. Facts about a container that is no longer the unit's are old news and change nothing. */
export function observe(world: World, fact: Fact, now: number): World {
  switch (fact.fact) {
    case "units-read":
      return unitsRead(world, fact.units);
    case "wished":
      return wished(world, fact);
    case "remembered":
      return withState(world, fact.unit, fact.state);
    case "shutting-down":
      return { ...world, shuttingDown: true };
    case "engine-away":
      return world.engine.state === "away" ? world : { ...world, engine: { state: "away", since: now } };
    case "listed":
      return listed(world, fact.containers, now);
    case "appeared":
      return appeared(world, fact.unit, fact.container);
    case "died":
      return withContainer(world, fact, (container) => died(world, fact.unit, container, fact.exit, now));
    case "gone":
      return withContainer(world, fact, (container) => gone(world, fact.unit, container, now));
    case "health":
      return changeContainer(world, fact, (container) => ({
        ...container,
        health: fact.health,
        probedReadyAt: fact.health === "healthy" ? (container.probedReadyAt ?? now) : container.probedReadyAt,
      }));
    case "paused":
      return changeContainer(world, fact, (container) =>
        container.state === "running" || container.state === "paused"
          ? { ...container, state: fact.paused ? "paused" : "running" }
          : container,
      );
    case "probed-ready":
      return changeContainer(world, fact, (container) => ({
        ...container,
        probedReadyAt: container.probedReadyAt ?? now,
      }));
    case "called":
      return called(world, fact.unit, fact.call, now);
    case "answered":
      return answered(world, fact.unit, fact.call, fact.answer, now);
    default:
      return fact satisfies never;
  }
}

/** A unit whose file is gone is kept while it has a container or a wish to be up: it runs on by its last definition. */
function unitsRead(world: World, read: ReadonlyMap<string, Unit>): World {
  const units = new Map<string, Unit>();
  for (const [name, unit] of world.units) {
    const state = stateOf(world, name);
    if (!read.has(name) && (state.container?.unit === name || state.call !== null)) units.set(name, unit);
  }
  for (const [name, unit] of read) units.set(name, unit);
  let next: World = { ...world, units };
  for (const [name, unit] of read) {
    const before = world.units.get(name);
    const revision = before?.launch.ok ? before.launch.revision : null;
    const changed = unit.launch.ok ? unit.launch.revision !== revision : before !== undefined;
    // What was wrong with the last definition says nothing about this one.
    if (changed && stateOf(next, name).trouble !== null) next = withState(next, name, { trouble: null });
  }
  return next;
}

function wished(world: World, fact: Extract<Fact, { fact: "wished" }>): World {
  const fresh = fact.anew ? { respawns: [], backoff: null, trouble: null, finished: null, restarts: 0 } : {};
  return withState(world, fact.unit, { wish: fact.wish, ...fresh });
}

function listed(world: World, containers: ReadonlyMap<string, SeenContainer>, now: number): World {
  const wasUp = world.engine.state === "up";
  let next: World = { ...world, engine: { state: "up" } };
  for (const name of new Set([...world.states.keys(), ...containers.keys()])) {
    const known = stateOf(next, name).container;
    const seen = containers.get(name);
    if (known && seen?.container.id !== known.id) next = gone(next, name, known, now, wasUp);
    if (!seen) continue;
    const current = stateOf(next, name).container;
    if (!current) {
      next = withState(next, name, { container: seen.container });
      // It ended while svc was away: a task that is done must not be run again.
      if (seen.exit && seen.container.unit === name)
        next = died(next, name, { ...seen.container, state: "running" }, seen.exit, now, wasUp);
    } else {
      const { state, health } = seen.container;
      const alive = isAlive(current);
      if (alive && !isAlive(seen.container)) {
        next = died(next, name, current, seen.exit ?? unseenExit, now, wasUp);
      }
      const after = stateOf(next, name).container;
      if (after) next = withState(next, name, { container: { ...after, state, health } });
    }
  }
  return next;
}

const unseenExit: Exit = {
  code: null,
  signal: null,
  oom: false,
  words: "it ended while nobody was looking",
  luck: 0.5,
};

function appeared(world: World, unit: string, container: Container): World {
  const state = stateOf(world, unit);
  if (state.container?.id === container.id && state.container.state !== "created") return world;
  return withState(world, unit, { container });
}

/** It ended. What that means depends on who wanted it to: see `meaningOf`. */
function died(world: World, name: string, container: Container, exit: Exit, now: number, counts = true): World {
  if (hasEnded(container)) return world;
  const state = stateOf(world, name);
  const unit = world.units.get(name);
  const dead = withState(world, name, {
    container: { ...container, state: "exited" },
    lastExit: { words: exit.words, at: now },
  });
  if (!unit || container.unit !== name || world.shuttingDown || state.wish.want === "down") return dead;
  return withState(dead, name, meaningOf(unit, state, container, exit, { now, counts }));
}

function meaningOf(
  unit: Unit,
  state: UnitState,
  container: Container,
  exit: Exit,
  when: { now: number; counts: boolean },
): Partial<UnitState> {
  const why = container.stopping?.why;
  if (why === "unwanted" || why === "replaced" || why === "foreign") return {};
  // A container of an earlier wish has nothing to say about this one.
  if (state.wish.generation !== container.generation) return {};
  if (why === undefined && unit.type === "task" && exit.code === 0)
    return { finished: { ok: true, words: "it ended with 0" } };
  const normal = why === undefined && isNormalExit(unit, exit);
  if (normal) return { finished: { ok: true, words: `it ended as it may: ${exit.words}` } };
  if (!unit.respawn.enabled) return { finished: { ok: exit.code === 0, words: exit.words } };
  // An engine that went away took its containers with it: not the unit's fault.
  if (!when.counts) return {};
  const ready = readyAt(unit, container);
  const readyForMs = ready <= when.now ? when.now - ready : null;
  const history = afterDeath(state, { respawn: unit.respawn, now: when.now, readyForMs, luck: exit.luck });
  return { ...history, restarts: state.restarts + 1 };
}

function isNormalExit(unit: Unit, exit: Exit): boolean {
  return unit.respawn.normalExit.some((normal) =>
    typeof normal === "number" ? normal === exit.code : normal === exit.signal || `SIG${normal}` === exit.signal,
  );
}

/** It is not there any more. If it was alive when last seen, it died unseen; one whose start failed never lived. */
function gone(world: World, unit: string, container: Container, now: number, counts = true): World {
  const after = isAlive(container) ? died(world, unit, container, unseenExit, now, counts) : world;
  return withState(after, unit, { container: null });
}

function called(world: World, unit: string, call: Call, now: number): World {
  const next = withState(world, unit, { call: { call, since: now } });
  const { container } = stateOf(next, unit);
  if (call.call === "signal" && container?.id === call.id) {
    // Noted when it is sent, not when it is answered: the death may be seen first.
    const stopping = container.stopping ?? { why: call.why, signalledAt: now, killedAt: null, releasedAt: null };
    return withState(next, unit, { container: { ...container, stopping } });
  }
  if (call.call === "kill" && container?.id === call.id && container.stopping) {
    return withState(next, unit, { container: { ...container, stopping: { ...container.stopping, killedAt: now } } });
  }
  if (call.call === "release" && container?.id === call.id && container.stopping) {
    return withState(next, unit, { container: { ...container, stopping: { ...container.stopping, releasedAt: now } } });
  }
  return next;
}

function answered(world: World, unit: string, call: Call, answer: Answer, now: number): World {
  const state = stateOf(world, unit);
  const next = withState(world, unit, { call: null });
  if (answer.ok) return succeeded(next, unit, call, answer.container ?? null);
  if (answer.kind === "away") {
    const engine = next.engine.state === "away" ? next.engine : ({ state: "away", since: now } as const);
    return unsent({ ...next, engine }, unit, call);
  }
  if (answer.kind === "name-in-use") return withState(next, unit, { container: answer.holder });
  if (call.call === "launch" && answer.kind === "no-such-image") {
    const launch = world.units.get(unit)?.launch;
    const image = launch?.ok ? launch.image : null;
    if (launch?.ok && launch.pull !== "never" && state.missingImage !== image && state.pulled !== image) {
      return withState(next, unit, { missingImage: image });
    }
  }
  if (call.call === "launch" || call.call === "pull") {
    const kind = call.call === "pull" ? "pull-failed" : "cannot-start";
    const times = (state.trouble?.times ?? 0) + 1;
    const trouble = { kind, message: answer.message, times, until: now + delayOf(times, 0.5) } as const;
    // With the policy `always` a registry that is down must not keep down what could run: the local image is tried.
    const mark = call.call === "pull" && call.mark !== call.image ? { pulled: call.mark, trouble: null } : { trouble };
    return withState(next, unit, mark);
  }
  if (call.call === "remove") {
    const times = (state.trouble?.times ?? 0) + 1;
    const until = now + delayOf(times, 0.5);
    return withState(next, unit, { trouble: { kind: "cannot-start", message: answer.message, times, until } });
  }
  // A signal or kill that was refused: the grace runs on, and what comes after it is stronger.
  return next;
}

/** A signal that may not have reached the engine is sent again when that is back: signals that are sent twice do no harm. */
function unsent(world: World, unit: string, call: Call): World {
  if (call.call !== "signal" && call.call !== "kill") return world;
  return changeContainer(world, { unit, id: call.id }, (container) => ({
    ...container,
    stopping: call.call === "kill" && container.stopping ? { ...container.stopping, killedAt: null } : null,
  }));
}

function succeeded(world: World, unit: string, call: Call, container: Container | null): World {
  const state = stateOf(world, unit);
  switch (call.call) {
    case "pull":
      return withState(world, unit, { pulled: call.mark, missingImage: null, trouble: null });
    case "launch":
      if (!container) return world;
      // The start event may have come before the answer, and the death too.
      return withState(world, unit, {
        trouble: null,
        missingImage: null,
        // The image may be removed by hand later on: then it is to be pulled once more.
        pulled: state.pulled?.includes(" ") ? state.pulled : null,
        container:
          state.container?.id === container.id && state.container.state !== "created" ? state.container : container,
      });
    case "remove":
      return state.container?.id === call.id ? withState(world, unit, { container: null }) : world;
    case "signal":
    case "kill":
    case "release":
      return world;
    default:
      return call satisfies never;
  }
}

function hasEnded(container: Container): boolean {
  return container.state === "exited" || container.state === "dead" || container.state === "removing";
}

function isAlive(container: Container): boolean {
  return container.state === "running" || container.state === "paused" || container.state === "restarting";
}

type AboutContainer = { readonly unit: string; readonly id: string };

function withContainer(world: World, about: AboutContainer, change: (container: Container) => World): World {
  const { container } = world.states.get(about.unit) ?? freshState;
  return container?.id === about.id ? change(container) : world;
}

function changeContainer(world: World, about: AboutContainer, change: (container: Container) => Container): World {
  return withContainer(world, about, (container) => withState(world, about.unit, { container: change(container) }));
}
