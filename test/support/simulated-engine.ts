import type { Answer, Exit, Fact } from "../../src/plan/fact.ts";
import { type Container, stateOf } from "../../src/plan/world.ts";
import type { Unit } from "../../src/unit/unit.ts";
import { brokenByEngine } from "../unit/plan/laws.ts";
import { exit, withTag } from "./build.ts";
import {
  type AboutUnit,
  deliverAnswer,
  deliverEvent,
  type Flight,
  listing,
  passTime,
  type Refusal,
  type Simulation,
  tell,
  without,
} from "./simulation.ts";

/** What the engine and the containers of a simulation do, each a step of its own. Containers have their units' names. */

/** The engine carries out the call that is under way at `index`, or the next step of it. */
export function carryOut(simulation: Simulation, index: number): Simulation {
  const flight = simulation.flights[index];
  if (!flight) return simulation;
  const broken = [...simulation.broken, ...brokenByEngine({ ...flight, simulation })];
  const judged = broken.length === simulation.broken.length ? simulation : { ...simulation, broken };
  const refusal = judged.refusals.get(`${flight.call.call} ${flight.unit}`)?.[0];
  if (refusal && !flight.created) return refuse(judged, index, flight, refusal);
  const { unit, call } = flight;
  const present = judged.containers.get(unit);
  switch (call.call) {
    case "launch":
      return flight.created ? start(judged, index, flight.created) : create(judged, index, flight, present);
    case "signal": {
      if (!present || present.id !== call.id || !isAlive(present)) return answer(judged, index, { ok: true });
      const signalled = new Map(judged.signalled).set(call.id, judged.now);
      // One that is paused is woken, so that it can do as it is told.
      const reached = pause({ ...judged, signalled }, unit, false);
      return answer(judged.stubborn.has(unit) ? reached : die(reached, unit, exit.term), index, { ok: true });
    }
    case "kill":
      return answer(present?.id === call.id ? die(judged, unit, exit.kill) : judged, index, { ok: true });
    case "remove":
      return answer(present?.id === call.id ? vanish(judged, unit) : judged, index, { ok: true });
    case "fetch":
      return answer(fetched(judged, flight, null), index, { ok: true });
    case "put-back":
      return putBack(judged, index, flight);
    case "pull":
    case "release":
      return answer(judged, index, { ok: true });
    default:
      return call satisfies never;
  }
}

/** As the daemon does it: TAG, then the unit anew. In a simulation each unit is an app of its own. */
function putBack(simulation: Simulation, index: number, { unit, call }: Flight): Simulation {
  const known = simulation.disk.get(unit);
  if (call.call !== "put-back" || !known?.launch.ok || known.launch.tag !== call.from)
    return answer(simulation, index, { ok: true });
  const disk = new Map(simulation.disk).set(unit, withTag(known, call.to));
  const { wish } = stateOf(simulation.world, unit);
  const anew: Fact = { fact: "wished", unit, wish: { ...wish, generation: wish.generation + 1 }, anew: true };
  return answer(tell({ ...simulation, disk }, [{ fact: "units-read", units: disk }, anew]), index, { ok: true });
}

/** Whether the image could be had is told later. */
function fetched(simulation: Simulation, { unit, call }: Flight, problem: string | null): Simulation {
  return call.call === "fetch"
    ? send(simulation, { fact: "fetched", unit, image: call.image, problem, luck: 0.5 })
    : simulation;
}

function refuse(simulation: Simulation, index: number, flight: Flight, refusal: Refusal): Simulation {
  const { call, unit } = flight;
  const key = `${call.call} ${unit}`;
  const refusals = new Map(simulation.refusals).set(key, simulation.refusals.get(key)?.slice(1) ?? []);
  // A refused signal counts as one: what comes after the grace is stronger.
  const signalled =
    call.call === "signal" ? new Map(simulation.signalled).set(call.id, simulation.now) : simulation.signalled;
  const refused = { ...simulation, refusals, signalled };
  if (call.call === "fetch" && refusal.kind !== "away")
    return answer(fetched(refused, flight, refusal.message), index, { ok: true });
  return answer(refused, index, refusal);
}

/** Where the name is taken, whoever has it is told of, as the call runner does. */
function create(simulation: Simulation, index: number, flight: Flight, present: Container | undefined): Simulation {
  const { unit, call } = flight;
  if (call.call !== "launch") return simulation;
  if (!simulation.disk.has(unit)) return fail(simulation, index, "its unit file is gone");
  if (present) {
    const holder = { ...present, watchedSince: simulation.now, adopted: true, stopping: null };
    return answer(simulation, index, { ok: false, kind: "name-in-use", holder, message: "the name is in use" });
  }
  const number = (simulation.made.get(unit) ?? 0) + 1;
  const container: Container = {
    id: `${unit}.${number}`,
    name: unit,
    state: "created",
    unit,
    generation: call.generation,
    revision: "",
    bound: call.bound,
    made: { image: imageOf(simulation.disk.get(unit)), imageId: "", tag: tagOf(simulation.disk.get(unit)), parts: {} },
    startedAt: simulation.now,
    watchedSince: simulation.now,
    adopted: false,
    health: "none",
    probedReadyAt: null,
    stopping: null,
  };
  const flights = simulation.flights.map((one, at) => (at === index ? { ...flight, created: container } : one));
  const made = new Map(simulation.made).set(unit, number);
  const created = { ...withContainer(simulation, unit, container), flights, made };
  return tell(created, [{ fact: "appeared", unit, container }]);
}

function imageOf(unit: Unit | undefined): string {
  return unit?.launch.ok ? unit.launch.image : "";
}

function tagOf(unit: Unit | undefined): string | null {
  return unit?.launch.ok ? unit.launch.tag : null;
}

function start(simulation: Simulation, index: number, created: Container): Simulation {
  const name = created.unit ?? "";
  const present = simulation.containers.get(name);
  if (present?.id !== created.id) return fail(simulation, index, "no such container");
  const unit = simulation.disk.get(name);
  const dead = unit?.needs.find((need) => need.binds && !isAlive(simulation.containers.get(need.unit)));
  if (dead) return fail(vanish(simulation, name), index, `cannot link to a non running container: ${dead.unit}`);
  const health = unit?.ready.how === "healthy" ? "starting" : "none";
  const startedAt = simulation.now;
  const running = { ...present, state: "running", health, startedAt, watchedSince: startedAt } as const;
  const links: { [unit: string]: string } = {};
  for (const need of unit?.needs ?? []) {
    if (need.binds) links[need.unit] = simulation.containers.get(need.unit)?.id ?? "";
  }
  const linked = { ...simulation, links: new Map(simulation.links).set(created.id, links) };
  return answer(withContainer(linked, name, running), index, { ok: true, container: running });
}

function fail(simulation: Simulation, index: number, message: string): Simulation {
  return answer(simulation, index, { ok: false, kind: "cannot-start", message });
}

function answer(simulation: Simulation, index: number, words: Answer): Simulation {
  const flight = simulation.flights[index];
  if (!flight) return simulation;
  const { unit, call } = flight;
  const answers = [...simulation.answers, { fact: "answered", unit, call, answer: words, luck: 0.5 } as const];
  return { ...simulation, flights: without(simulation.flights, index), answers };
}

/** A container ends, by itself unless `how` says otherwise. */
export function die(simulation: Simulation, name: string, how: Exit = exit.bad): Simulation {
  const container = simulation.containers.get(name);
  if (!container || !isAlive(container)) return simulation;
  const ended = withContainer(simulation, name, { ...container, state: "exited" });
  const exits = new Map(simulation.exits).set(container.id, how);
  return send({ ...ended, exits }, { fact: "died", unit: name, id: container.id, exit: how });
}

/** Somebody removes it by hand, by force. */
export function removeByHand(simulation: Simulation, name: string): Simulation {
  return simulation.containers.has(name) ? vanish(die(simulation, name, exit.kill), name) : simulation;
}

function vanish(simulation: Simulation, name: string): Simulation {
  const containers = new Map(simulation.containers);
  const container = containers.get(name);
  if (!container) return simulation;
  containers.delete(name);
  return send({ ...simulation, containers }, { fact: "gone", unit: name, id: container.id });
}

export function pause(simulation: Simulation, name: string, paused: boolean): Simulation {
  const container = simulation.containers.get(name);
  if (container?.state !== (paused ? "running" : "paused")) return simulation;
  const changed = withContainer(simulation, name, { ...container, state: paused ? "paused" : "running" });
  return send(changed, { fact: "paused", unit: name, id: container.id, paused });
}

export function setHealth(simulation: Simulation, name: string, health: Container["health"]): Simulation {
  const container = simulation.containers.get(name);
  if (!container || !isAlive(container)) return simulation;
  const changed = withContainer(simulation, name, { ...container, health });
  return send(changed, { fact: "health", unit: name, id: container.id, health });
}

/** Its port answers, or the line that means ready comes: svc's own probe tells. */
export function probe(simulation: Simulation, name: string): Simulation {
  const container = simulation.containers.get(name);
  return isAlive(container) ? send(simulation, { fact: "probed-ready", unit: name, id: container.id }) : simulation;
}

/**
 * The engine goes. What it has answered by then is heard, what it is doing is not answered any more. Without live-restore it
 * ends its containers first, and svc may see that.
 */
export function outage(
  simulation: Simulation,
  how: "keeps-containers" | "ends-them-seen" | "ends-them-unseen",
): Simulation {
  if (!simulation.engineUp) return simulation;
  let dying = simulation;
  while (dying.answers.length > 0) dying = deliverAnswer(dying, 0);
  if (how !== "keeps-containers") {
    for (const name of simulation.containers.keys()) dying = die(dying, name, exit.term);
    if (how === "ends-them-seen") {
      for (let event = dying.events[0]; event; event = dying.events[0]) dying = deliverEvent(dying, event.unit);
    }
  }
  let gone: Simulation = { ...dying, engineUp: false, events: [] };
  while (gone.flights.length > 0) gone = answer(gone, 0, { ok: false, kind: "away", message: "no answer" });
  return tell(gone, [{ fact: "engine-away" }]);
}

export function engineBack(simulation: Simulation): Simulation {
  if (simulation.engineUp) return simulation;
  const patrolDue = [...simulation.world.states.values()].some((state) => state.call !== null);
  const back = { ...simulation, engineUp: true, patrolDue };
  return tell(back, [listing(back)]);
}

/** Every so often svc looks at the list again. */
export function patrol(simulation: Simulation): Simulation {
  return tell({ ...simulation, patrolDue: false }, [listing(simulation)]);
}

/** A task does its work, and ends well. */
export function endTask(simulation: Simulation, name: string): Simulation | null {
  const container = simulation.containers.get(name);
  const unit = simulation.disk.get(name) ?? simulation.world.units.get(name);
  const isTask = unit?.type === "task" && container?.unit === name;
  return isTask && container.state === "running" ? die(simulation, name, exit.good) : null;
}

/** One step towards rest, in order: events, answers, calls, tasks, a look at the list if one is due, then time. Null: at rest. */
export function drain(simulation: Simulation): Simulation | null {
  const { events, answers, flights, engineUp } = simulation;
  if (events[0]) return deliverEvent(simulation, events[0].unit);
  if (answers.length > 0) return deliverAnswer(simulation, 0);
  if (!engineUp) return engineBack(simulation);
  if (flights.length > 0) return carryOut(simulation, 0);
  for (const name of simulation.containers.keys()) {
    const ended = endTask(simulation, name);
    if (ended) return ended;
  }
  return simulation.patrolDue ? patrol(simulation) : passTime(simulation);
}

/** Lets everything through, in order, and time pass, until nothing more will happen. Null: it never comes to rest. */
export function settle(simulation: Simulation, limit = 2_000): Simulation | null {
  let current = simulation;
  for (let step = 0; step < limit; step++) {
    const next = drain(current);
    if (next === null) return current;
    current = next;
  }
  return null;
}

function send(simulation: Simulation, event: AboutUnit): Simulation {
  return simulation.engineUp ? { ...simulation, events: [...simulation.events, event] } : simulation;
}

function withContainer(simulation: Simulation, name: string, container: Container): Simulation {
  return { ...simulation, containers: new Map(simulation.containers).set(name, container) };
}

export function isAlive(container: Container | undefined): container is Container {
  return container?.state === "running" || container?.state === "paused" || container?.state === "restarting";
}
