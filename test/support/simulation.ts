import { bootWishes, rememberedWishes } from "../../src/daemon/boot-wishes.ts";
import { savedUnits } from "../../src/daemon/saved-state.ts";
import { withDependents, withNeeds } from "../../src/graph/closure.ts";
import type { Call } from "../../src/plan/call.ts";
import { decide, nextLook } from "../../src/plan/decide.ts";
import type { Answer, Exit, Fact, SeenContainer } from "../../src/plan/fact.ts";
import { observe } from "../../src/plan/observe.ts";
import { trialNow } from "../../src/plan/trial.ts";
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
import { brokenByCall, brokenByFact } from "../unit/plan/laws.ts";

/**
 * A simulated host around the pure core, as plain values: every step gives a new simulation, so that a history can branch.
 * svc is here: the loop of the supervisor, the handlers' wishes, what is on the disk. What the engine does with its calls is in
 * simulated-engine.ts. Calls, events and answers that are under way are visible, and are let through one by one.
 */
export type Simulation = {
  readonly core: Core;
  readonly now: number;
  readonly world: World;
  /** When the loop's timer fires. */
  readonly wakeAt: number | null;
  /** The unit files. */
  readonly disk: ReadonlyMap<string, Unit>;
  /** It answers, and svc is subscribed to its events. */
  readonly engineUp: boolean;
  /** The last list could not tell of all units: some were being worked on. The next patrol will. */
  readonly patrolDue: boolean;
  /** What the engine holds, by container name. */
  readonly containers: ReadonlyMap<string, Container>;
  /** How those ended that do not run, by id. */
  readonly exits: ReadonlyMap<string, Exit>;
  /** Which very containers a container was linked to by the engine, by its id: unit by unit. */
  readonly links: ReadonlyMap<string, { readonly [unit: string]: string }>;
  /** When the stop signal reached a container, by id. */
  readonly signalled: ReadonlyMap<string, number>;
  /** Containers of these units do not end by the stop signal. */
  readonly stubborn: ReadonlySet<string>;
  /** What the engine will refuse, by unit and call, in this order; then it does as it is told. */
  readonly refusals: ReadonlyMap<string, readonly Refusal[]>;
  readonly flights: readonly Flight[];
  /** Facts that the engine has sent and svc has not seen. Those of one unit keep their order; others may overtake. */
  readonly events: readonly AboutUnit[];
  readonly answers: readonly Answered[];
  /** Containers made so far, by unit. */
  readonly made: ReadonlyMap<string, number>;
  /** What was really asked for last, whatever svc makes of it. */
  readonly asked: ReadonlyMap<string, Wish>;
  /** The generation in which a task is known to have ended with 0. */
  readonly done: ReadonlyMap<string, number>;
  /** Laws that were broken on the way, each with what broke it. */
  readonly broken: readonly string[];
};

/** The core under test: the real one, or one with a planted bug. */
export type Core = { readonly decide: typeof decide; readonly observe: typeof observe };
export const realCore: Core = { decide, observe };

export type Refusal = Exclude<Extract<Answer, { ok: false }>, { kind: "name-in-use" | "not-wanted" }>;
/** A launch is created first, and started in a second step. */
export type Flight = { readonly unit: string; readonly call: Call; readonly created: Container | null };
export type Answered = Extract<Fact, { fact: "answered" }>;
export type AboutUnit = Extract<Fact, { fact: "died" | "gone" | "health" | "paused" | "probed-ready" | "fetched" }>;

export type Start = {
  /** Units that are wanted when svc first looks at the engine. */
  readonly asked?: readonly string[];
  readonly core?: Core;
  readonly containers?: readonly Container[];
  /** Which containers those are linked to, by id and unit. */
  readonly links?: Simulation["links"];
  readonly stubborn?: readonly string[];
  readonly refusals?: ReadonlyMap<string, readonly Refusal[]>;
};

export function simulate(units: readonly Unit[], start: Start = {}): Simulation {
  const empty: Simulation = {
    core: start.core ?? realCore,
    now: 0,
    world: emptyWorld,
    wakeAt: null,
    disk: new Map(units.map((unit) => [unit.name, unit])),
    engineUp: true,
    patrolDue: false,
    containers: new Map((start.containers ?? []).map((container) => [nameOf(container), container])),
    exits: new Map(),
    links: start.links ?? new Map(),
    signalled: new Map(),
    stubborn: new Set(start.stubborn ?? []),
    refusals: start.refusals ?? new Map(),
    flights: [],
    events: [],
    answers: [],
    made: new Map(),
    asked: new Map(),
    done: new Map(),
    broken: [],
  };
  const told = tell(empty, [{ fact: "units-read", units: empty.disk }]);
  // As at boot: what runs already is wanted as it is.
  const wishes = (start.asked ?? []).map((name) => {
    const there = told.containers.get(name);
    return wished(name, { want: "up", by: "boot", generation: there?.unit === name ? there.generation : 0 });
  });
  return tell(told, [...wishes, listing(told)]);
}

/** A container that is there from the start is named by its id: `web.0`, `web.foreign`. */
function nameOf(container: Container): string {
  return container.id.split(".")[0] ?? container.id;
}

/** Folds facts in, decides, and puts the calls under way, as the supervisor does; the laws about both are checked here. */
export function tell(simulation: Simulation, facts: readonly Fact[]): Simulation {
  const { now, core } = simulation;
  let { world, asked, done } = simulation;
  const broken = [...simulation.broken];
  for (const fact of facts) {
    const before = world;
    world = core.observe(world, fact, now);
    if (fact.fact === "wished") {
      asked = new Map(asked).set(fact.unit, fact.wish);
      // Who stops it and starts it again wants it to run again.
      if (fact.wish.want === "down") done = new Map([...done].filter(([unit]) => unit !== fact.unit));
    }
    if (isDone(fact, before)) done = new Map(done).set(fact.unit, stateOf(before, fact.unit).wish.generation);
    broken.push(...brokenByFact({ fact, before, after: world, now }));
  }
  const decisions = core.decide(world, now);
  const flights = [...simulation.flights];
  const judged = { ...simulation, asked, done };
  const decided = world;
  for (const [unit, decision] of decisions) {
    if (!("do" in decision)) continue;
    broken.push(...brokenByCall({ unit, call: decision.do, world: decided, simulation: judged }));
    flights.push({ unit, call: decision.do, created: null });
    world = core.observe(world, { fact: "called", unit, call: decision.do }, now);
  }
  return { ...simulation, world, flights, asked, done, broken, wakeAt: nextLook(decisions) };
}

function isDone(fact: Fact, before: World): fact is Extract<Fact, { fact: "died" }> {
  if (fact.fact !== "died" || fact.exit.code !== 0) return false;
  const { container, wish } = stateOf(before, fact.unit);
  const isCurrent =
    container?.id === fact.id && container.unit === fact.unit && container.generation === wish.generation;
  return isCurrent && wish.want === "up" && container.stopping === null && before.units.get(fact.unit)?.type === "task";
}

/** The first event of a unit that is under way. */
export function deliverEvent(simulation: Simulation, unit: string): Simulation {
  const index = simulation.events.findIndex((event) => event.unit === unit);
  const event = simulation.events[index];
  return event ? tell({ ...simulation, events: without(simulation.events, index) }, [event]) : simulation;
}

/** One that says that the engine is away makes svc drop its connection, and connect anew. */
export function deliverAnswer(simulation: Simulation, index: number): Simulation {
  const answered = simulation.answers[index];
  if (!answered) return simulation;
  const isAway = !answered.answer.ok && answered.answer.kind === "away";
  const answers = without(simulation.answers, index);
  return tell({ ...simulation, answers, engineUp: simulation.engineUp && !isAway }, [answered]);
}

/** The loop's timer fires. */
export function passTime(simulation: Simulation): Simulation | null {
  const { wakeAt, now } = simulation;
  return wakeAt === null ? null : tell({ ...simulation, now: Math.max(wakeAt, now) }, []);
}

/** svc is killed and comes back: it remembers what was saved and looks at what the engine holds. */
export function crash(simulation: Simulation): Simulation {
  const facts: Fact[] = [{ fact: "units-read", units: simulation.disk }];
  for (const [unit, state] of simulation.world.states)
    facts.push({ fact: "remembered", unit, state: remembered(state, unit, simulation) });
  const nothing = { flights: [], events: [], answers: [], patrolDue: false };
  const reborn = tell({ ...simulation, world: emptyWorld, ...nothing }, facts);
  return tell(reborn, [reborn.engineUp ? listing(reborn) : { fact: "engine-away" }]);
}

function remembered(state: UnitState, name: string, { world, now }: Simulation): Partial<UnitState> {
  const { wish, respawns, backoff, finished, restarts, lastExit } = state;
  const trial = trialNow(world.units.get(name), world, now);
  return { ...freshState, wish, respawns, backoff, finished, restarts, lastExit, trial };
}

/** The host boots: no container is left, and what is saved is all that svc knows. */
export function reboot(simulation: Simulation, enabled: readonly string[]): Simulation {
  const { world, now } = simulation;
  const saved = { boot: "before", stopped: false, units: savedUnits(world, now), enabled: new Map() };
  const about = {
    saved,
    boot: "now",
    isEnabled: ({ name }: Unit) => enabled.includes(name),
    first: new Set(simulation.disk.keys()),
    onExcluded: () => undefined,
  };
  const facts: Fact[] = [{ fact: "units-read", units: simulation.disk }, ...rememberedWishes(saved, "now")];
  const nothing = { flights: [], events: [], answers: [], patrolDue: false, containers: new Map(), wakeAt: null };
  const reborn = tell({ ...simulation, ...nothing, now: 1_000, engineUp: true, world: emptyWorld }, facts);
  return tell(reborn, [listing(reborn), ...bootWishes(new Map(), { ...about, world: reborn.world })]);
}

/** What subscribing and listing tells; of a unit that is being worked on the list is older than what is known. */
export function listing(simulation: Simulation): Fact {
  const { world, now } = simulation;
  const containers = new Map<string, SeenContainer>();
  for (const [name, container] of simulation.containers) {
    const known = stateOf(world, name).container;
    const adopted = { ...container, adopted: true, watchedSince: now, stopping: null, probedReadyAt: null };
    const seen = known?.id === container.id ? { ...known, state: container.state, health: container.health } : adopted;
    containers.set(name, { container: seen, exit: simulation.exits.get(container.id) ?? null });
  }
  for (const [name, { call, container }] of world.states) {
    if (!call) continue;
    if (container) containers.set(name, { container, exit: null });
    else containers.delete(name);
  }
  return { fact: "listed", containers };
}

/** `svc start`, `stop`, `restart`, as the handlers word them. */
export type Command =
  | { readonly command: "start" | "restart"; readonly names: readonly string[] }
  | { readonly command: "stop"; readonly names: readonly string[]; readonly withDependents: boolean };

export function command(simulation: Simulation, asked: Command): Simulation {
  return tell(simulation, wishesOf(simulation, asked));
}

export function wishesOf(simulation: Simulation, asked: Command): readonly Fact[] {
  const { units } = simulation.world;
  const known = asked.names.filter((name) => units.has(name));
  if (asked.command === "stop") {
    const names = asked.withDependents ? withDependents(known, units) : known;
    return names.map((name) => wished(name, { ...wishOf(simulation, name), want: "down", by: "operator" }));
  }
  const facts: Fact[] = [];
  for (const name of withNeeds(known, units)) {
    const wish = wishOf(simulation, name);
    const named = known.includes(name);
    if (!named && wish.want === "up") continue;
    const { container, finished } = stateOf(simulation.world, name);
    // What has ended is asked for again, not still.
    const again = named && (asked.command === "restart" || finished !== null);
    const generation = again ? Math.max(wish.generation, container?.generation ?? 0) + 1 : wish.generation;
    facts.push(wished(name, { want: "up", by: named ? "operator" : (known[0] ?? "operator"), generation }));
  }
  return facts;
}

function wished(unit: string, wish: Wish): Fact {
  return { fact: "wished", unit, wish, anew: true };
}

function wishOf(simulation: Simulation, name: string): Wish {
  return stateOf(simulation.world, name).wish;
}

export function without<T>(list: readonly T[], index: number): readonly T[] {
  return list.filter((_, at) => at !== index);
}
