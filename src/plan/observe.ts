import { findCycles, withoutCycles } from "../graph/cycles.ts";
import type { Unit } from "../unit/unit.ts";
import { answered, called } from "./calls.ts";
import { circumstanceOf, died, gone } from "./ends.ts";
import { engineLost, listed } from "./engine-news.ts";
import type { Fact } from "./fact.ts";
import { fetched } from "./next-image.ts";
import { trialAnew, trialWith } from "./trial.ts";
import { type Container, stateOf, type World, withHealth, withState } from "./world.ts";

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
    case "deploying":
      return deploying(world, fact.app, fact.isUnderWay);
    case "engine-away":
      return engineLost(world, now);
    case "listed":
      return listed(world, fact.containers, now);
    case "appeared":
      return appeared(world, fact.unit, fact.container);
    case "handed-over":
      return handedOver(world, fact.unit, fact.container, now);
    case "died":
      return withContainer(world, fact, (container) =>
        died(world, { ...fact, container, now, circumstance: circumstanceOf(world) }),
      );
    case "gone":
      return withContainer(world, fact, (container) =>
        gone(world, { ...fact, container, now, circumstance: circumstanceOf(world) }),
      );
    case "health":
      return changeContainer(world, fact, (container) => withHealth(container, fact, now));
    case "paused":
      return changeContainer(world, fact, (container) => paused(container, fact.paused, now));
    case "probed-ready":
      return changeContainer(world, fact, (container) => ({
        ...container,
        probedReadyAt: container.probedReadyAt ?? now,
      }));
    case "probed-unready":
      return changeContainer(world, fact, (container) => ({ ...container, answer: fact.answer }));
    case "fetched":
      return fetched(world, fact, now);
    case "called":
      return called(world, fact.unit, fact.call, now);
    case "answered":
      return answered(world, fact, now);
    default:
      return fact satisfies never;
  }
}

/**
 * What the disk says now. A unit whose file is gone stays while it has a container: that runs on as it is, and no other is
 * made, so that it needs nothing any more where that would close a cycle with new definitions.
 */
function unitsRead(world: World, read: ReadonlyMap<string, Unit>): World {
  const orphans = new Map<string, Unit>();
  for (const [name, unit] of world.units) {
    const state = stateOf(world, name);
    if (!read.has(name) && (state.container?.unit === name || state.call !== null)) orphans.set(name, orphan(unit));
  }
  const hasCycle = findCycles([...orphans.values(), ...read.values()]).length > 0;
  if (hasCycle) for (const [name, unit] of orphans) orphans.set(name, { ...unit, needs: [], after: [] });
  let next: World = { ...world, units: withoutCycles(new Map([...orphans, ...read])) };
  for (const [name, unit] of read) {
    const before = world.units.get(name);
    const revision = before?.launch.ok ? before.launch.revision : null;
    const changed = unit.launch.ok ? unit.launch.revision !== revision : before !== undefined;
    // What was wrong with the last definition says nothing about this one.
    if (changed && stateOf(next, name).trouble !== null) next = withState(next, name, { trouble: null });
  }
  return next;
}

/** A unit whose file is gone: what runs of it runs on. */
export function orphan(unit: Unit): Unit {
  const hint = `write ${unit.file} again, or stop it:  svc stop ${unit.name}`;
  return { ...unit, launch: { ok: false, code: "missing-unit-file", message: "its unit file is gone", hint } };
}

function wished(world: World, fact: Extract<Fact, { fact: "wished" }>): World {
  const fresh = fact.anew
    ? { respawns: [], backoff: null, trouble: null, finished: null, restarts: 0, nextImage: null }
    : {};
  // Who stops it has not said that he would have it start again as it is.
  const isAskedUp = fact.anew && fact.wish.want === "up";
  const { trial } = stateOf(world, fact.unit);
  return withState(world, fact.unit, { wish: fact.wish, ...fresh, trial: isAskedUp ? trialAnew(trial) : trial });
}

function deploying(world: World, app: string, isUnderWay: boolean): World {
  const apps = new Set(world.deploying);
  if (isUnderWay) apps.add(app);
  else apps.delete(app);
  return { ...world, deploying: apps };
}

function appeared(world: World, unit: string, container: Container): World {
  const state = stateOf(world, unit);
  if (state.container?.id === container.id && state.container.state !== "created") return world;
  return withState(world, unit, { container });
}

/** It is the container of the present wish, as if that had been asked for now. */
function handedOver(world: World, name: string, container: Container, now: number): World {
  const state = stateOf(world, name);
  const unit = world.units.get(name);
  const trial = trialAnew(unit ? trialWith(state.trial, unit, state.container, now) : state.trial);
  const fresh = { respawns: [], backoff: null, trouble: null, finished: null, restarts: 0, trial };
  return withState(world, name, { ...fresh, container, wish: { ...state.wish, generation: container.generation } });
}

/** It may be paused before the launch is answered. The time to become ready starts over when it is woken. */
function paused(container: Container, isPaused: boolean, now: number): Container {
  const canPause = container.state === "running" || container.state === "created";
  if (isPaused) return canPause ? { ...container, state: "paused" } : container;
  return container.state === "paused" ? { ...container, state: "running", watchedSince: now } : container;
}

type AboutContainer = { readonly unit: string; readonly id: string };

function withContainer(world: World, about: AboutContainer, change: (container: Container) => World): World {
  const { container } = stateOf(world, about.unit);
  return container?.id === about.id ? change(container) : world;
}

function changeContainer(world: World, about: AboutContainer, change: (container: Container) => Container): World {
  return withContainer(world, about, (container) => withState(world, about.unit, { container: change(container) }));
}
