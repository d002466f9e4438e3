import fc from "fast-check";
import { findCycles } from "../../src/graph/cycles.ts";
import { stateOf } from "../../src/plan/world.ts";
import type { Unit } from "../../src/unit/unit.ts";
import { brokenAtRest, brokenByCrash, laws, outcomeOf } from "../unit/plan/laws.ts";
import { exit, need, withTag } from "./build.ts";
import type { Host } from "./random-units.ts";
import {
  carryOut,
  die,
  drain,
  engineBack,
  isAlive,
  outage,
  pause,
  probe,
  removeByHand,
  setHealth,
} from "./simulated-engine.ts";
import {
  type Command,
  command,
  crash,
  deliverAnswer,
  deliverEvent,
  passTime,
  type Simulation,
  simulate,
  tell,
} from "./simulation.ts";

/** What may happen, as often as it stands here. `at` and `more` choose whom it happens to, among those that are there. */
const happenings = [
  ...Array<"go on">(50).fill("go on"),
  ...Array<"time passes">(10).fill("time passes"),
  ...Array<"dies">(8).fill("dies"),
  ...Array<"ends with 0">(3).fill("ends with 0"),
  ...Array<"start">(4).fill("start"),
  ...Array<"stop">(2).fill("stop"),
  ...Array<"stop with dependents">(3).fill("stop with dependents"),
  ...Array<"restart">(4).fill("restart"),
  ...Array<"command at rest">(2).fill("command at rest"),
  ...Array<"is removed by hand">(2).fill("is removed by hand"),
  ...Array<"is paused or woken">(2).fill("is paused or woken"),
  ...Array<"its health changes">(4).fill("its health changes"),
  ...Array<"svc crashes">(2).fill("svc crashes"),
  ...Array<"the engine goes">(2).fill("the engine goes"),
  ...Array<"the engine is back">(3).fill("the engine is back"),
  ...Array<"a file is edited">(4).fill("a file is edited"),
  ...Array<"a deploy begins or ends">(1).fill("a deploy begins or ends"),
  ...Array<"all comes to rest">(2).fill("all comes to rest"),
] as const;

export type Step = { readonly what: (typeof happenings)[number]; readonly at: number; readonly more: number };

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({ what: fc.constantFrom(...happenings), at: fc.nat(1_000), more: fc.nat(1_000) }),
  { minLength: 1, maxLength: 250, size: "max" },
);

export type Played = {
  readonly broken: readonly string[];
  readonly history: readonly string[];
  readonly restOf: number;
};

/** Plays a history on a host until a law is broken; at its end everything comes to rest. */
export function play(host: Host, history: readonly Step[]): Played {
  const told = [...(host.start.containers ?? [])].map(({ id, state }) => `before: ${id} ${state}`);
  told.push(...[...(host.start.stubborn ?? [])].map((name) => `before: ${name} does not end by its signal`));
  for (const [what, each] of host.start.refusals ?? [])
    told.push(`before: the engine will refuse to ${what}: ${each.map(({ kind }) => kind).join(", ")}`);
  const names = host.units.map((unit) => unit.name);
  let simulation = simulate(host.units, { ...host.start, asked: names });
  let rests = 0;
  for (const step of [...history, { what: "all comes to rest", at: 0, more: 0 } as const]) {
    const [words, next, broken] = happen(simulation, step, host);
    if (words !== null) told.push(`${Math.round(simulation.now)} ms  ${words}`);
    if (step.what === "all comes to rest") rests += 1;
    const all = [...(next?.broken ?? []), ...broken];
    if (all.length > 0 || next === null) return { broken: all, history: told, restOf: rests };
    simulation = next;
  }
  return { broken: [], history: told, restOf: rests };
}

/** What happened in words (null: nothing), how things are then, and the laws that this broke. */
type Happened = readonly [string | null, Simulation | null, readonly string[]];
const nothing = (simulation: Simulation): Happened => [null, simulation, []];

function happen(simulation: Simulation, step: Step, host: Host): Happened {
  const { what, at, more } = step;
  const there = [...simulation.containers.keys()];
  const running = there.filter((name) => isAlive(simulation.containers.get(name)));
  const name = running[at % Math.max(1, running.length)];
  switch (what) {
    case "go on":
      return goOn(simulation, at);
    case "time passes":
      return timePasses(simulation, more);
    case "dies":
    case "ends with 0":
      if (!name) return nothing(simulation);
      return [`${name} ${what}`, die(simulation, name, what === "dies" ? exit.bad : exit.good), []];
    case "is removed by hand": {
      const one = there[at % Math.max(1, there.length)];
      return one ? [`${one} ${what}`, removeByHand(simulation, one), []] : nothing(simulation);
    }
    case "is paused or woken": {
      if (!name) return nothing(simulation);
      const paused = simulation.containers.get(name)?.state === "paused";
      return [`${name} is ${paused ? "woken" : "paused"}`, pause(simulation, name, !paused), []];
    }
    case "its health changes":
      return name ? healthChanges(simulation, name, more) : nothing(simulation);
    case "start":
    case "stop":
    case "stop with dependents":
    case "restart": {
      const asked = commandOf(simulation, what, step);
      return [wordsOf(asked), command(simulation, asked), []];
    }
    case "command at rest":
      return commandAtRest(simulation, step);
    case "svc crashes":
      return crashes(simulation, more);
    case "the engine goes": {
      if (!simulation.engineUp) return nothing(simulation);
      const how = (["keeps-containers", "ends-them-seen", "ends-them-unseen"] as const)[more % 3] ?? "keeps-containers";
      return [`the engine goes, ${how}`, outage(simulation, how), []];
    }
    case "the engine is back":
      return simulation.engineUp ? nothing(simulation) : [what, engineBack(simulation), []];
    case "a file is edited":
      return edit(simulation, step, host);
    case "a deploy begins or ends": {
      const app = host.units[at % host.units.length]?.app ?? "";
      const isUnderWay = !simulation.world.deploying.has(app);
      const words = `a deploy of ${app} ${isUnderWay ? "begins" : "ends"}`;
      return [words, tell(simulation, [{ fact: "deploying", app, isUnderWay }]), []];
    }
    case "all comes to rest": {
      const rest = settleKindly(simulation);
      if (!rest) return [what, null, [`${laws.settles}: it does not`]];
      return [what, rest, brokenAtRest(rest)];
    }
    default:
      return what satisfies never;
  }
}

/** One of all that is under way goes on. */
function goOn(simulation: Simulation, at: number): Happened {
  const { flights, answers, events, engineUp } = simulation;
  const units = [...new Set(events.map((event) => event.unit))];
  const calls = engineUp ? flights.length : 0;
  const count = calls + answers.length + units.length;
  if (count === 0) return timePasses(simulation, 0);
  let index = at % count;
  const flight = simulation.flights[index];
  if (index < calls && flight)
    return [`the engine does: ${flight.call.call} ${flight.unit}`, carryOut(simulation, index), []];
  index -= calls;
  const answer = answers[index];
  if (answer)
    return [
      `answer: ${answer.call.call} ${answer.unit}${answer.answer.ok ? "" : " is refused"}`,
      deliverAnswer(simulation, index),
      [],
    ];
  const unit = units[index - answers.length] ?? "";
  const event = events.find((one) => one.unit === unit);
  return [`svc hears: ${unit} ${event?.fact}`, deliverEvent(simulation, unit), []];
}

/** Until the timer fires; or less, and svc looks around for another reason. */
function timePasses(simulation: Simulation, more: number): Happened {
  const { wakeAt, now } = simulation;
  if (more % 2 === 0) return ["the timer fires", passTime(simulation) ?? simulation, []];
  const later = now + more * 30;
  return [null, tell({ ...simulation, now: wakeAt === null ? later : Math.min(later, wakeAt) }, []), []];
}

function healthChanges(simulation: Simulation, name: string, more: number): Happened {
  const ready = simulation.disk.get(name)?.ready.how;
  if (ready === "tcp" || ready === "log") return [`${name} answers its probe`, probe(simulation, name), []];
  const health = more % 3 === 0 ? "unhealthy" : "healthy";
  return ready === "healthy" ? [`${name} is ${health}`, setHealth(simulation, name, health), []] : nothing(simulation);
}

function commandOf({ world }: Simulation, what: string, { at, more }: Step): Command {
  const known = [...world.units.keys()];
  const count = 1 + (more % 3);
  const names = [
    ...new Set(Array.from({ length: count }, (_, index) => known[(at + index * more) % known.length] ?? "")),
  ];
  if (what === "start" || what === "restart") return { command: what, names };
  return { command: "stop", names, withDependents: what === "stop with dependents" };
}

function wordsOf(asked: Command): string {
  const how = asked.command !== "stop" ? "" : asked.withDependents ? " --with-dependents" : " --only";
  return `svc ${asked.command} ${asked.names.join(" ")}${how}`;
}

/** What a command has nothing to do with keeps its container. */
function commandAtRest(simulation: Simulation, step: Step): Happened {
  const rest = settleKindly(simulation);
  if (!rest) return ["all comes to rest", null, [`${laws.settles}: it does not`]];
  const broken = brokenAtRest(rest);
  if (broken.length > 0) return ["all comes to rest", rest, broken];
  const asked = commandOf(rest, ["start", "stop", "stop with dependents", "restart"][step.more % 4] ?? "start", step);
  const after = settleKindly(command(rest, asked));
  const words = `at rest: ${wordsOf(asked)}; at rest again`;
  if (!after) return [words, null, [`${laws.settles}: it does not`]];
  const touched = touchedBy(asked, rest, after);
  const lost: string[] = [];
  for (const [name, container] of rest.containers) {
    if (touched.has(name) || !isAlive(container) || after.containers.get(name)?.id === container.id) continue;
    lost.push(`${laws.reason}: ${name} has another container, and the command had nothing to do with it`);
  }
  return [words, after, [...brokenAtRest(after), ...lost]];
}

/** Those whose wish the command changed, and those that go down or are made anew with them. */
function touchedBy(asked: Command, before: Simulation, after: Simulation): ReadonlySet<string> {
  const touched = new Set(asked.names);
  for (const [name, wish] of after.asked) if (before.asked.get(name) !== wish) touched.add(name);
  for (let grown = true; grown; ) {
    grown = false;
    for (const unit of before.world.units.values()) {
      if (touched.has(unit.name)) continue;
      const follows = unit.needs.some((each) => each.onLoss !== "keep" && touched.has(each.unit));
      // What waited for the ones that come now starts too, over what somebody else left there.
      const waited = before.containers.get(unit.name)?.unit !== unit.name;
      if (!follows && !waited) continue;
      touched.add(unit.name);
      grown = true;
    }
  }
  return touched;
}

function crashes(simulation: Simulation, more: number): Happened {
  const after = crash(simulation);
  if (more % 3 > 0 || !canBeAlike(simulation) || after.broken.length > 0) return ["svc crashes", after, []];
  const [without, following] = [settleKindly(simulation), settleKindly(after)];
  if (!without || !following) return ["svc crashes", after, [`${laws.settles}: it does not`]];
  const broken = [...without.broken, ...following.broken];
  return ["svc crashes", after, broken.length > 0 ? broken : brokenByCrash(outcomeOf(without), outcomeOf(following))];
}

/**
 * One whose file is gone is forgotten in a crash. A death that svc does not see is not counted, so that one gives up, or its tag,
 * and the other does not yet. And of one that is not to be respawned svc cannot tell afterwards whether it
 * ended by itself or because svc, the engine or somebody else told it to. What somebody paused is made anew if svc was about to,
 * and stays paused if svc is killed before.
 */
function canBeAlike({ world, disk, containers, events, engineUp }: Simulation): boolean {
  return [...world.units.values()].every((unit) => {
    if (!disk.has(unit.name)) return false;
    const { trial, container } = stateOf(world, unit.name);
    if (containers.get(unit.name)?.state === "paused") return false;
    const isOnTrial = trial.former !== null || container?.made.tag !== (unit.launch.ok ? unit.launch.tag : null);
    if (unit.onBadTag !== "ignore" && container !== null && isOnTrial) return false;
    if (unit.onBadTag !== "ignore" && trial.former !== null) return false;
    const respawned = (world.states.get(unit.name)?.respawns.length ?? 0) > 0;
    if (unit.respawn.onLimit === "fail" && respawned) return false;
    if (unit.type !== "task" && unit.respawn.enabled && unit.respawn.normalExit.length === 0) return true;
    const there = containers.get(unit.name);
    const isEnding = there && (!isAlive(there) || world.states.get(unit.name)?.container?.stopping);
    return engineUp && !isEnding && events.every((event) => event.unit !== unit.name);
  });
}

function edit(simulation: Simulation, { at, more }: Step, host: Host): Happened {
  const files = [...simulation.disk.keys()];
  const name = files[at % Math.max(1, files.length)] ?? "";
  const unit = simulation.disk.get(name);
  const missing = host.units.filter((one) => !simulation.disk.has(one.name));
  const lost = missing[at % Math.max(1, missing.length)];
  const disk = new Map(simulation.disk);
  let words = "";
  if (lost && more % 4 === 0) {
    words = `the file of ${lost.name} is back`;
    disk.set(lost.name, lost);
  } else if (lost && unit && more % 4 === 1) {
    words = `${name} is edited: it needs ${lost.name}, whose file is gone`;
    disk.set(name, { ...unit, needs: [...unit.needs.filter((each) => each.unit !== lost.name), need(lost.name)] });
  } else if (unit && more % 4 === 2) {
    words = `${name} is edited: another image`;
    disk.set(name, newRevision(unit, more));
  } else if (unit && more % 4 === 3 && more % 3 > 0) {
    words = `${name} has the tag ${more % 5}`;
    disk.set(name, withTag(unit, String(more % 5)));
  } else if (unit) {
    words = `the file of ${name} is removed`;
    disk.delete(name);
  }
  // Units on a cycle of files are refused before the core hears of them.
  if (findCycles([...disk.values()]).length > 0) return nothing(simulation);
  return [words, tell({ ...simulation, disk }, [{ fact: "units-read", units: disk }]), []];
}

function newRevision(unit: Unit, more: number): Unit {
  const launch = unit.launch.ok ? { ...unit.launch, image: `${unit.name}:${more}`, revision: `r${more}` } : unit.launch;
  return { ...unit, launch };
}

/** To rest, on a host that means well: what can get healthy does, what is probed answers. */
function settleKindly(simulation: Simulation): Simulation | null {
  let current = simulation;
  for (let step = 0; step < 5_000; step++) {
    const { flights, answers, events, engineUp } = current;
    const isQuiet = engineUp && flights.length + answers.length + events.length === 0;
    const next = (isQuiet ? getReady(current) : null) ?? drain(current);
    if (next === null) return current;
    if (next.broken.length > 0) return next;
    current = next;
  }
  return null;
}

function getReady(simulation: Simulation): Simulation | null {
  for (const [name, container] of simulation.containers) {
    const how = simulation.disk.get(name)?.ready.how;
    const known = simulation.world.states.get(name)?.container;
    if (container.state !== "running" || known?.id !== container.id) continue;
    if (how === "healthy" && (container.health === "starting" || container.health === "none"))
      return setHealth(simulation, name, "healthy");
    if ((how === "tcp" || how === "log") && known.probedReadyAt === null && known.unit === name)
      return probe(simulation, name);
  }
  return null;
}
