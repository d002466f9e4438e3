import type { Call } from "../../src/plan/call.ts";
import { isMet, isReady, isRunning, mustStop, ownContainer } from "../../src/plan/conditions.ts";
import { nextLook, decide as realDecide } from "../../src/plan/decide.ts";
import type { Answer, Exit, Fact, SeenContainer } from "../../src/plan/fact.ts";
import { observe as realObserve } from "../../src/plan/observe.ts";
import {
  type Container,
  emptyWorld,
  freshState,
  stateOf,
  type UnitState,
  type Wish,
  type World,
} from "../../src/plan/world.ts";
import type { Unit } from "../../src/unit/unit.ts";

/**
 * A simulated engine and a virtual clock around the pure core, as plain values: every step gives a new simulation, so that a
 * history can branch. Calls in flight, events and answers that are under way are visible, and are let through one by one.
 */
export type Simulation = {
  readonly now: number;
  readonly world: World;
  /** What the engine holds, by container name. */
  readonly containers: ReadonlyMap<string, Container>;
  readonly flights: readonly Flight[];
  /** Facts that the engine has sent and svc has not seen. Events keep their order, answers do not. */
  readonly events: readonly Fact[];
  readonly answers: readonly Fact[];
  readonly nextId: number;
  /** What was really asked for last, whatever svc makes of it. */
  readonly asked: ReadonlyMap<string, Wish>;
  readonly broken: readonly string[];
};

type Flight = { readonly unit: string; readonly call: Call };

/** The core under test: the real one, or one with a planted bug. */
export type Core = { readonly decide: typeof realDecide; readonly observe: typeof realObserve };
export const realCore: Core = { decide: realDecide, observe: realObserve };

export const crashExit: Exit = { code: 1, signal: null, oom: false, words: "exit 1", luck: 0.5 };

export function simulate(units: readonly Unit[], core: Core = realCore): Simulation {
  const empty: Simulation = {
    now: 0,
    world: emptyWorld,
    containers: new Map(),
    flights: [],
    events: [],
    answers: [],
    nextId: 1,
    asked: new Map(),
    broken: [],
  };
  const read: Fact = { fact: "units-read", units: new Map(units.map((unit) => [unit.name, unit])) };
  return tell(empty, [read, { fact: "listed", containers: new Map() }], core);
}

/** Folds facts in, decides, and puts the calls under way; the laws about what may be asked are checked here. */
export function tell(simulation: Simulation, facts: readonly Fact[], core: Core): Simulation {
  let { world } = simulation;
  const { now } = simulation;
  for (const fact of facts) world = core.observe(world, fact, now);
  const flights = [...simulation.flights];
  const broken = [...simulation.broken];
  const decisions = core.decide(world, now);
  const before = world;
  for (const [name, decision] of decisions) {
    if (!("do" in decision)) continue;
    broken.push(...lawsBrokenBy(name, decision.do, before, now));
    if (flights.some((flight) => flight.unit === name)) broken.push(`one call per unit: ${name} has two`);
    flights.push({ unit: name, call: decision.do });
    world = core.observe(world, { fact: "called", unit: name, call: decision.do }, now);
  }
  const asked = new Map(simulation.asked);
  for (const fact of facts) if (fact.fact === "wished") asked.set(fact.unit, fact.wish);
  return { ...simulation, world, flights, asked, broken };
}

function lawsBrokenBy(name: string, call: Call, world: World, now: number): string[] {
  const unit = world.units.get(name);
  if (!unit) return [`only units are acted on: ${name}`];
  const state = stateOf(world, name);
  const broken: string[] = [];
  if (call.call === "launch") {
    for (const need of unit.needs) {
      if (!isMet(need, world, now)) broken.push(`start only when needs are ready: ${name} before ${need.unit}`);
    }
    if (state.wish.want === "down" || world.shuttingDown) broken.push(`start only what is wanted: ${name}`);
    if (state.container) broken.push(`at most one container per unit: ${name}`);
  }
  if (call.call === "signal" && call.why !== "foreign") {
    for (const other of world.units.values()) {
      const dependent = other.needs.some((need) => need.unit === name);
      if (dependent && mustStop(other, world, now))
        broken.push(`stop only after dependents: ${name} before ${other.name}`);
    }
    if (!mustStop(unit, world, now)) broken.push(`stop nothing without a reason: ${name}`);
  }
  if (call.call === "kill" && state.container?.stopping) {
    const { signalledAt } = state.container.stopping;
    if (now - signalledAt < unit.stopGraceMs) broken.push(`kill only after the grace: ${name}`);
  }
  if (call.call === "remove" && isRunning(ownContainer(unit, world))) broken.push(`remove nothing that runs: ${name}`);
  return broken;
}

/** The engine carries out the call that is under way at `index`; its events and its answer are then under way back. */
export function carryOut(simulation: Simulation, index: number): Simulation {
  const flight = simulation.flights[index];
  if (!flight) return simulation;
  const { unit, call } = flight;
  const flights = simulation.flights.filter((_, at) => at !== index);
  const containers = new Map(simulation.containers);
  const events: Fact[] = [];
  let answer: Answer = { ok: true };
  let { nextId } = simulation;
  const name = simulation.world.units.get(unit)?.container ?? unit;
  const present = containers.get(name);
  switch (call.call) {
    case "launch": {
      if (present) {
        answer = { ok: false, kind: "cannot-start", message: "the name is in use" };
        break;
      }
      const container: Container = {
        id: `c${nextId++}`,
        state: "running",
        unit,
        generation: call.generation,
        revision: "r1",
        made: { image: "", imageId: "", tag: null, parts: {} },
        bound: call.bound,
        startedAt: simulation.now,
        watchedSince: simulation.now,
        adopted: false,
        health: "none",
        probedReadyAt: null,
        stopping: null,
      };
      containers.set(name, container);
      events.push({ fact: "appeared", unit, container: { ...container, state: "created" } });
      answer = { ok: true, container };
      break;
    }
    case "signal":
    case "kill":
      if (present?.id === call.id && present.state === "running") {
        containers.set(name, { ...present, state: "exited" });
        events.push({ fact: "died", unit, id: call.id, exit: { ...crashExit, code: 143, signal: "SIGTERM" } });
      }
      break;
    case "remove":
      if (present?.id === call.id) containers.delete(name);
      events.push({ fact: "gone", unit, id: call.id });
      break;
    case "pull":
    case "release":
      break;
    default:
      call satisfies never;
  }
  return {
    ...simulation,
    containers,
    nextId,
    flights,
    events: [...simulation.events, ...events],
    answers: [...simulation.answers, { fact: "answered", unit, call, answer }],
  };
}

export function deliverEvent(simulation: Simulation, core: Core): Simulation {
  const [first, ...events] = simulation.events;
  return first ? tell({ ...simulation, events }, [first], core) : simulation;
}

export function deliverAnswer(simulation: Simulation, index: number, core: Core): Simulation {
  const answer = simulation.answers[index];
  const answers = simulation.answers.filter((_, at) => at !== index);
  return answer ? tell({ ...simulation, answers }, [answer], core) : simulation;
}

/** A container dies by itself. */
export function die(simulation: Simulation, name: string, exit: Exit = crashExit): Simulation {
  const container = simulation.containers.get(name);
  if (container?.state !== "running") return simulation;
  const containers = new Map(simulation.containers).set(name, { ...container, state: "exited" });
  const died: Fact = { fact: "died", unit: container.unit ?? name, id: container.id, exit };
  return { ...simulation, containers, events: [...simulation.events, died] };
}

export function passTime(simulation: Simulation, core: Core): Simulation | null {
  const next = nextLook(core.decide(simulation.world, simulation.now));
  return next === null ? null : tell({ ...simulation, now: Math.max(next, simulation.now) }, [], core);
}

/** svc is killed and comes back: it remembers what was saved and looks at what the engine holds. */
export function crash(simulation: Simulation, core: Core): Simulation {
  const { units, states } = simulation.world;
  const facts: Fact[] = [{ fact: "units-read", units }];
  for (const [unit, state] of states) facts.push({ fact: "remembered", unit, state: remembered(state) });
  const seen = new Map<string, SeenContainer>();
  for (const [name, container] of simulation.containers) {
    const adopted = { ...container, adopted: true, watchedSince: simulation.now, stopping: null };
    seen.set(name, { container: adopted, exit: container.state === "running" ? null : crashExit });
  }
  facts.push({ fact: "listed", containers: seen });
  return tell({ ...simulation, world: emptyWorld, flights: [], events: [], answers: [] }, facts, core);
}

function remembered(state: UnitState): Partial<UnitState> {
  const { wish, respawns, backoff, finished, restarts, lastExit } = state;
  return { ...freshState, wish, respawns, backoff, finished, restarts, lastExit };
}

/** Lets everything through, in order, and time pass, until nothing more will happen. Null: it never comes to rest. */
export function settle(simulation: Simulation, core: Core, limit = 400): Simulation | null {
  let current = simulation;
  for (let step = 0; step < limit; step++) {
    if (current.events.length > 0) current = deliverEvent(current, core);
    else if (current.answers.length > 0) current = deliverAnswer(current, 0, core);
    else if (current.flights.length > 0) current = carryOut(current, 0);
    else {
      const later = passTime(current, core);
      if (later === null) return current;
      current = later;
    }
  }
  return null;
}

/** After rest: what is wished is so, links point to the containers that are there, nothing else runs. */
export function lawsBrokenAtRest(simulation: Simulation): readonly string[] {
  const { world, now } = simulation;
  const broken: string[] = [...simulation.broken];
  for (const unit of world.units.values()) {
    const wish = simulation.asked.get(unit.name) ?? freshState.wish;
    const actual = simulation.containers.get(unit.container);
    const runs = actual?.state === "running";
    const needed = unit.needs.every((need) => isMet(need, world, now));
    if (wish.want === "up" && needed && !runs) broken.push(`wished is actual: ${unit.name} is wanted and does not run`);
    if (wish.want === "up" && needed && !isReady(unit, world, now))
      broken.push(`wished is actual: ${unit.name} is not ready`);
    if (wish.want === "down" && actual) broken.push(`wished is actual: ${unit.name} is not wanted and is there`);
    if (!runs) continue;
    if (actual.generation !== wish.generation) broken.push(`a restart that was asked for is done: ${unit.name}`);
    for (const need of unit.needs) {
      const target = simulation.containers.get(need.unit);
      const bound = actual.bound[need.unit];
      if (need.binds && target?.state === "running" && bound !== target.id) {
        broken.push(`no stale link: ${unit.name} holds on to ${bound}, ${need.unit} is ${target.id}`);
      }
    }
  }
  return broken;
}

/** The same situation, however long ago it began. */
export function keyOf(simulation: Simulation): string {
  const { now } = simulation;
  return JSON.stringify(
    [...Object.entries(simulation)].filter(([key]) => key !== "now" && key !== "nextId"),
    (key, value) => {
      if (value instanceof Map) return key === "units" ? undefined : [...value];
      if (key.endsWith("At") || key === "until" || key === "since" || key === "watchedSince" || key === "at") {
        return typeof value === "number" ? Math.max(-400_000, value - now) : value;
      }
      return value;
    },
  );
}
