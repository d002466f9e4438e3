import type { Fact } from "../../src/plan/fact.ts";
import { stateOf } from "../../src/plan/world.ts";
import { brokenAtRest, brokenByCrash, laws, outcomeOf } from "../unit/plan/laws.ts";
import { exit } from "./build.ts";
import { carryOut, die, drain, endTask, engineBack, outage, patrol } from "./simulated-engine.ts";
import { command, crash, deliverAnswer, deliverEvent, passTime, type Simulation, tell } from "./simulation.ts";
import { situationKeys } from "./situation-key.ts";

/**
 * Walks every history from a situation, depth first. From each situation reached:
 * - whatever is under way (a call, the next event of a unit, an answer) comes next, each in turn; time passes when nothing is;
 * - as long as the budget lasts a container dies, the operator commands, svc crashes, or the engine goes away, in turn.
 * The laws are checked at every step and at every rest. "Everything comes to rest" means more than that one order of things
 * does: no order of them ever comes back to a situation it was in. And a crash at any step must lead to where its absence leads.
 *
 * When the budget is spent, what is under way is let through in one order (`drain`) instead of in all: every order after the
 * last blow would make most of the situations, and they differ from those before it only in that nothing can hit any more.
 * `everyOrder` walks those too.
 *
 * Nothing is left out that could matter (no partial-order reduction that rests on what the core does), but what is the same is
 * walked once: see situation-key.ts for what is the same.
 */
export type Budget = {
  readonly deaths: number;
  readonly commands: number;
  readonly crashes: number;
  readonly outages: number;
};

export type Found = {
  readonly states: number;
  readonly broken: readonly string[];
  readonly history: readonly string[];
};

/** No rule tells ages of more than this apart here: ready after 1 s, steady after 10 s, a grace of 10 s. */
const longestMs = 20_000;

export function explore(start: Simulation, budget: Budget, everyOrder = false): Found {
  /** Where a situation settles; null while the walk is still inside it. */
  const outcomes = new Map<string, string | null>();
  const keyOf = situationKeys(longestMs);
  const history: string[] = [];
  try {
    walk(start, budget);
    return { states: outcomes.size, broken: [], history: [] };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { states: outcomes.size, broken: error.laws, history };
  }

  function walk(simulation: Simulation, left: Budget): string {
    if (simulation.broken.length > 0) throw new Broken(simulation.broken);
    const key = keyOf(simulation, left.deaths + 4 * (left.commands + 4 * (left.crashes + 4 * left.outages)));
    const known = outcomes.get(key);
    if (known === null) throw new Broken([`${laws.settles}: it goes round in circles`]);
    if (known !== undefined) return known;
    outcomes.set(key, null);
    const outcome = settled(simulation, left);
    if (everyOrder || left.deaths + left.commands + left.crashes + left.outages > 0) {
      everythingUnderWay(simulation, left);
      blows(simulation, left, outcome);
    }
    outcomes.set(key, outcome);
    return outcome;
  }

  function settled(simulation: Simulation, left: Budget): string {
    const next = drain(simulation);
    if (next) return step("", next, left);
    const broken = brokenAtRest(simulation);
    if (broken.length > 0) throw new Broken(broken);
    return outcomeOf(simulation).join("; ");
  }

  function everythingUnderWay(simulation: Simulation, left: Budget): void {
    const { flights, answers, events } = simulation;
    let seen = "";
    for (const { unit } of events) {
      if (seen.includes(unit)) continue;
      seen += unit;
      step(`svc hears of ${unit}`, deliverEvent(simulation, unit), left);
    }
    for (let index = 0; index < answers.length; index++)
      step(`answer to ${answers[index]?.unit}`, deliverAnswer(simulation, index), left);
    if (!simulation.engineUp) {
      step("the engine is back", engineBack(simulation), left);
      return;
    }
    for (let index = 0; index < flights.length; index++)
      step(`the engine does its call for ${flights[index]?.unit}`, carryOut(simulation, index), left);
    for (const name of simulation.containers.keys()) {
      const ended = endTask(simulation, name);
      if (ended) step(`${name} has done its work`, ended, left);
    }
    if (flights.length + answers.length + events.length > 0) return;
    // The patrol always comes in the end, whatever timers fire before.
    const later = simulation.patrolDue ? patrol(simulation) : passTime(simulation);
    if (later) step("time passes", later, left);
  }

  function blows(simulation: Simulation, left: Budget, outcome: string): void {
    if (left.deaths > 0) deaths(simulation, { ...left, deaths: left.deaths - 1 });
    if (left.commands > 0) commands(simulation, { ...left, commands: left.commands - 1 });
    // One that was told to end and is killed on the way has not ended: what runs is wished to run, and may.
    if (left.crashes > 0 && !simulation.world.shuttingDown) {
      const after = step("svc crashes", crash(simulation), { ...left, crashes: left.crashes - 1 });
      const broken = after === outcome ? [] : brokenByCrash(outcome.split("; "), after.split("; "));
      if (broken.length > 0) {
        history.push("svc crashes");
        throw new Broken(broken);
      }
    }
    if (left.outages > 0 && simulation.engineUp) {
      for (const how of ["keeps-containers", "ends-them-seen", "ends-them-unseen"] as const)
        step(`the engine goes, ${how}`, outage(simulation, how), { ...left, outages: left.outages - 1 });
    }
  }

  function deaths(simulation: Simulation, left: Budget): void {
    for (const [name, container] of simulation.containers) {
      if (container.state !== "running") continue;
      step(`${name} dies`, die(simulation, name, exit.bad), left);
    }
  }

  function commands(simulation: Simulation, left: Budget): void {
    const { units } = simulation.world;
    const shutdown: Fact = { fact: "shutting-down" };
    for (const name of units.keys()) {
      const names = [name];
      if (stateOf(simulation.world, name).wish.want === "down") {
        step(`start ${name}`, command(simulation, { command: "start", names }), left);
        continue;
      }
      step(`stop ${name} --only`, command(simulation, { command: "stop", names, withDependents: false }), left);
      step(`restart ${name}`, command(simulation, { command: "restart", names }), left);
      const isNeeded = [...units.values()].some((unit) => unit.needs.some((need) => need.unit === name));
      if (isNeeded)
        step(
          `stop ${name} --with-dependents`,
          command(simulation, { command: "stop", names, withDependents: true }),
          left,
        );
    }
    step("svc is told to end", tell(simulation, [shutdown]), left);
  }

  function step(what: string, next: Simulation, left: Budget): string {
    history.push(what);
    const outcome = walk(next, left);
    history.pop();
    return outcome;
  }
}

/** A law is broken; `history` is left as it was, and tells how. */
class Broken extends Error {
  readonly laws: readonly string[];
  constructor(laws: readonly string[]) {
    super("a law is broken");
    this.laws = laws;
  }
}
