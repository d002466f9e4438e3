import type { Call } from "../../../src/plan/call.ts";
import type { Fact } from "../../../src/plan/fact.ts";
import { type Container, freshState, stateOf, type Wish, type World } from "../../../src/plan/world.ts";
import type { Unit } from "../../../src/unit/unit.ts";
import type { Simulation } from "../../support/simulation.ts";
import {
  dependentsOf,
  hasBadTag,
  hasReasonToStop,
  isComing,
  isThere,
  isUp,
  mayBeMadeAnew,
  missing,
  own,
  runs,
} from "./law-words.ts";

/**
 * The laws of supervision. They are checked wherever the core runs in a simulation: at every call that it asks for, at every
 * fact that it learns, at every deed of the engine, and at rest. They say in their own words what they want, and use none of
 * the core's conditions: a core that is wrong about what is ready must not be judged by its own opinion.
 */
export const laws = {
  /** 1 */ needs: "start only when needs are ready",
  /** 2 */ order: "stop only after dependents",
  /** 3 */ single: "at most one container per unit",
  /** 4 */ oneCall: "at most one call per unit in flight",
  /** 5 */ settles: "everything comes to rest",
  /** 6 */ actual: "what is wished is so",
  /** 7 */ stop: "the operator's stop beats everything",
  /** 8 */ once: "a restart that was asked for is done exactly once",
  /** 9 */ link: "no link is stale, but of what could not be started anew",
  /** 10 */ grace: "kill only after the grace",
  /** 11 */ reason: "nothing that runs is stopped without a reason",
  /** 12 */ budget: "only respawns by itself count, outages never",
  /** 13 */ crash: "a crash of svc at any step ends alike",
  /** 14 */ trial: "a new tag that does not stay up is not started again, and only that",
} as const;

export type CallStep = {
  readonly unit: string;
  readonly call: Call;
  /** What svc knew when it decided. */
  readonly world: World;
  /** Before the calls of this pass. */
  readonly simulation: Simulation;
};

/** Laws about what the engine is asked to do, seen with what svc knew. */
export function brokenByCall(step: CallStep): string[] {
  const { unit: name, call, world, simulation } = step;
  const unit = world.units.get(name);
  if (!unit) return [`${laws.reason}: ${name} is no unit`];
  const { now } = simulation;
  const broken: string[] = [];
  const breaks = (law: keyof typeof laws, how: string): void => void broken.push(`${laws[law]}: ${name} ${how}`);
  const asked = askedOf(simulation, name);
  const isWanted = asked.want === "up" && !world.shuttingDown;

  if (simulation.flights.some((flight) => flight.unit === name)) breaks("oneCall", `is asked to ${call.call} too`);
  if (["launch", "pull", "fetch"].includes(call.call) && !isWanted) breaks("stop", `gets a ${call.call}`);
  if (call.call === "launch") {
    for (const need of unit.needs) {
      const how = missing(need, world, now);
      if (how) breaks("needs", `is started while ${need.unit} ${how}`);
    }
    for (const other of unit.after) {
      if (isComing(other, world, now)) breaks("needs", `is started while ${other}, which comes first, is coming`);
    }
    if (stateOf(world, name).container) breaks("single", "is started beside another");
    if (simulation.done.get(name) === call.generation) breaks("once", "has ended well, and is run again");
  }
  if (call.call === "signal" && call.why !== "foreign") {
    for (const other of dependentsOf(name, world)) {
      if (simulation.flights.some((flight) => flight.unit === other.name && flight.call.call === "launch"))
        breaks("order", `is stopped while ${other.name} is being started`);
      if (runs(own(other.name, world)) && mustGoFirst(other, unit, call.why, simulation, world))
        breaks("order", `is stopped before ${other.name}`);
    }
    const reason = hasReasonToStop(unit, world, now);
    if (!reason && call.why === "replaced" && asked.generation > 0) breaks("once", "is stopped once more");
    else if (!reason) breaks("reason", `is stopped: ${call.why}`);
  }
  if (call.call === "launch" && hasBadTag(unit, world)) breaks("trial", "is started with a tag that failed");
  if (call.call === "put-back") {
    const { trial } = stateOf(world, name);
    const isDue = hasBadTag(unit, world) && unit.onBadTag === "revert" && trial.notPutBack === null;
    if (!isDue || call.from !== trial.tag || call.to !== trial.former) breaks("trial", `gets ${call.to} put back`);
  }
  if (call.call === "remove" && runs(own(name, world))) breaks("reason", "runs and is removed");
  return broken;
}

/** Laws about what svc makes of a fact. */
export function brokenByFact(step: {
  readonly fact: Fact;
  readonly before: World;
  readonly after: World;
  readonly now: number;
}): string[] {
  const { fact, before, after } = step;
  if (fact.fact === "wished" || fact.fact === "remembered") return [];
  const broken: string[] = [];
  for (const name of after.states.keys()) {
    const counted = stateOf(after, name).restarts - stateOf(before, name).restarts;
    const due = shouldCount(name, fact, before, step.now) ? 1 : 0;
    if (before.engine.state !== "up" || fact.fact === "engine-away" || isAway(fact)) {
      if (counted > 0) broken.push(`${laws.budget}: ${name} pays for an outage`);
      if (hasMoreEnds(name, before, after)) broken.push(`${laws.trial}: ${name} is blamed for an outage`);
    } else if (counted !== due) broken.push(`${laws.budget}: ${name} counts ${counted} for ${fact.fact}, not ${due}`);
    else if (due === 0 && hasMoreEnds(name, before, after)) broken.push(`${laws.trial}: ${name} is blamed for nothing`);
  }
  return broken;
}

/** More is held against its tag than before. */
function hasMoreEnds(name: string, before: World, after: World): boolean {
  const [was, is] = [stateOf(before, name).trial, stateOf(after, name).trial];
  return was.tag === is.tag && (is.ends > was.ends || (is.failed !== null && was.failed === null));
}

function isAway(fact: Fact): boolean {
  return fact.fact === "answered" && !fact.answer.ok && fact.answer.kind === "away";
}

/** It ran, was to run on, ended by itself or because it was not well, and is to be respawned. */
function shouldCount(name: string, fact: Fact, world: World, now: number): boolean {
  const { container, wish } = stateOf(world, name);
  const unit = world.units.get(name);
  if (!unit || !container || container.unit !== name || wish.want === "down" || world.shuttingDown) return false;
  const ended = endOf(fact, name, container);
  if (!ended || container.generation !== wish.generation) return false;
  if (container.state === "exited" || container.state === "dead" || container.state === "removing") return false;
  const why = container.stopping?.why;
  if (why === "unwanted" || why === "replaced") return false;
  if (!unit.respawn.enabled) return false;
  if (why !== undefined) return true;
  const isNormal = unit.respawn.normalExit.some((normal) => normal === ended.code || normal === ended.signal);
  return !isNormal && !(unit.type === "task" && ended.code === 0) && now >= 0;
}

function endOf(
  fact: Fact,
  name: string,
  container: Container,
): { readonly code: number | null; readonly signal: string | null } | null {
  const unseen = { code: null, signal: null };
  if (fact.fact === "died" && fact.unit === name && fact.id === container.id) return fact.exit;
  if (fact.fact === "gone" && fact.unit === name && fact.id === container.id) return runs(container) ? unseen : null;
  if (fact.fact !== "listed" || !runs(container)) return null;
  const seen = fact.containers.get(name);
  if (seen?.container.id !== container.id) return unseen;
  return runs(seen.container) ? null : (seen.exit ?? unseen);
}

/** Laws about what a call does when the engine carries it out. */
export function brokenByEngine(step: {
  readonly unit: string;
  readonly call: Call;
  readonly created: Container | null;
  readonly simulation: Simulation;
}): string[] {
  const { unit: name, call, created, simulation } = step;
  const present = simulation.containers.get(name);
  if (call.call === "launch" && !created && present?.unit === name && runs(present))
    return [`${laws.single}: ${name} is made beside ${present.id}`];
  if (call.call !== "kill" && call.call !== "remove") return [];
  if (!present || present.id !== call.id || !runs(present)) return [];
  const graceMs = simulation.world.units.get(name)?.stopGraceMs ?? 0;
  const signalledAt = simulation.signalled.get(call.id);
  if (signalledAt === undefined) return [`${laws.grace}: ${name} is ended by ${call.call}, and was never told to stop`];
  const ranMs = simulation.now - signalledAt;
  return ranMs < graceMs ? [`${laws.grace}: ${name} is ended by ${call.call} after ${ranMs} ms`] : [];
}

/** Laws about how things are when nothing more will happen. */
export function brokenAtRest(simulation: Simulation): string[] {
  const { world, now } = simulation;
  if (simulation.broken.length > 0) return [];
  const broken: string[] = [];
  for (const unit of world.units.values()) {
    const { name } = unit;
    const breaks = (law: keyof typeof laws, how: string): void => void broken.push(`${laws[law]}: ${name} ${how}`);
    const asked = askedOf(simulation, name);
    const there = simulation.containers.get(name);
    const actual = there?.unit === name ? there : null;
    const isWanted = asked.want === "up" && !world.shuttingDown;
    if (!isWanted && runs(actual)) breaks("stop", "is not wanted and runs");
    if (!isWanted && actual && !runs(actual)) breaks("actual", "is not wanted and has left a container");
    if (isWanted) {
      const how = notAsWished(unit, actual, simulation);
      if (how) breaks("actual", how);
    }
    if (!runs(actual)) continue;
    if (isWanted && actual.generation !== asked.generation) breaks("once", `was asked to restart, and runs on`);
    for (const need of unit.needs) {
      const target = simulation.containers.get(need.unit);
      const held = need.binds ? simulation.links.get(actual.id)?.[need.unit] : actual.bound[need.unit];
      if (need.onLoss !== "restart" || need.until === "completed" || !held || !target || held === target.id) continue;
      if (!unit.launch.ok) continue;
      if (isThere(need, world, now)) breaks("link", `holds on to ${held}, but ${need.unit} is ${target.id}`);
    }
  }
  return broken;
}

function notAsWished(unit: Unit, actual: Container | null, simulation: Simulation): string | null {
  const { world, now } = simulation;
  const { finished, respawns, call } = stateOf(world, unit.name);
  if (call) return `has a ${call.call.call} in flight for ever`;
  if (finished) return runs(actual) ? "is called finished and runs" : null;
  const hasGivenUp =
    unit.respawn.limit !== null && unit.respawn.onLimit === "fail" && respawns.length > unit.respawn.limit.count;
  if (runs(actual)) {
    const stops = unit.needs.find(
      (need) => need.onLoss === "stop" && world.units.has(need.unit) && missing(need, world, now) !== null,
    );
    if (stops) return `runs though ${stops.unit} is lost`;
    const isPoorly = actual.state === "paused" || actual.health === "unhealthy" || actual.health === "starting";
    const isUnwell = isPoorly || !unit.launch.ok;
    return unit.type === "task" || isUnwell || isUp(unit.name, world, now) ? null : "runs and does not get ready";
  }
  const isHeld = unit.onBadTag === "hold" || stateOf(world, unit.name).trial.notPutBack !== null;
  if (hasGivenUp || !unit.launch.ok || (hasBadTag(unit, world) && isHeld)) return null;
  if (actual) return "is wanted and only its dead container is there";
  const waits =
    unit.needs.some((need) => missing(need, world, now) !== null) ||
    unit.after.some((other) => isComing(other, world, now));
  return waits ? null : "is wanted and does not run";
}

/**
 * How things have come out, however they came about; for law 13. A unit whose need was taken away by the operator runs on if
 * it ran by then, and waits if it did not: either is as he wished. How well a service did that ended while svc was not there
 * is not known afterwards.
 */
export function outcomeOf(simulation: Simulation): readonly string[] {
  const { world, containers, now } = simulation;
  const words: string[] = [];
  for (const unit of world.units.values()) {
    const there = containers.get(unit.name);
    const container = there?.unit === unit.name ? there : null;
    const { finished } = stateOf(world, unit.name);
    const wish = askedOf(simulation, unit.name);
    const failed = unit.type === "task" && finished?.ok === false;
    let how = runs(container) ? `runs ${container.generation}` : "is not there";
    if (finished) how = failed ? "failed" : "is finished";
    if (wish.want === "up" && lacksNeed(unit, world, now)) how = "lacks what it needs";
    words.push(`${unit.name}, wanted ${wish.want} ${wish.generation}, ${how}`);
  }
  return words;
}

/** The law about two outcomes: what is different, if anything is. */
export function brokenByCrash(without: readonly string[], after: readonly string[]): string[] {
  const different = without.filter((words, index) => words !== after[index]);
  if (different.length === 0) return [];
  return [
    `${laws.crash}: ${after.filter((words) => !without.includes(words)).join("; ")}; not ${different.join("; ")}`,
  ];
}

function lacksNeed(unit: Unit, world: World, now: number): boolean {
  return unit.needs.some((need) => {
    const target = world.units.get(need.unit);
    return missing(need, world, now) !== null || (target !== undefined && lacksNeed(target, world, now));
  });
}

function askedOf(simulation: Simulation, name: string): Wish {
  return simulation.asked.get(name) ?? freshState.wish;
}

/** A dependent that has to go too: it is not wanted, or has a reason of its own, or holds on to what is replaced. */
function mustGoFirst(other: Unit, target: Unit, why: string, simulation: Simulation, world: World): boolean {
  const container = own(other.name, world);
  const asked = askedOf(simulation, other.name);
  if (asked.want === "down" || world.shuttingDown || container?.stopping) return true;
  if (container?.generation !== asked.generation) return true;
  return other.needs.some(
    (need) =>
      need.unit === target.name &&
      need.until !== "completed" &&
      ((need.onLoss === "stop" && need.required) ||
        (need.onLoss === "restart" && why === "replaced" && mayBeMadeAnew(other, target.name, world))),
  );
}
