import type { Call } from "../../src/plan/call.ts";
import type { Fact } from "../../src/plan/fact.ts";
import { stateOf } from "../../src/plan/world.ts";
import { exit } from "./build.ts";
import { carryOut, die, endTask, isAlive, probe, setHealth } from "./simulated-engine.ts";
import { deliverAnswer, deliverEvent, passTime, type Simulation, tell } from "./simulation.ts";

export type Takes = (unit: string, what: "pull" | "launch" | "ready" | "stop" | "remove" | "run") => number;

export type Done = { readonly at: number; readonly unit: string; readonly call: Call["call"] };

type Due = { readonly at: number; readonly happen: (simulation: Simulation) => Simulation };

const signalMs = 5;

/**
 * The facts are told to a simulated host whose engine takes its time, and all that svc then asks of the engine is written down, until
 * all is at rest. Units must be stubborn: their containers end here, when they take as long as `takes` says.
 */
export function timedDeed(start: Simulation, facts: readonly Fact[], takes: Takes): readonly Done[] {
  const done: Done[] = [];
  const seen = new Set<Call>();
  const due: Due[] = [];
  let simulation = letThrough(tell(start, facts));
  for (let count = 0; count < 10_000; count++) {
    takeOn();
    const next = Math.min(...due.map((one) => one.at), simulation.wakeAt ?? Number.POSITIVE_INFINITY);
    if (!Number.isFinite(next)) return done;
    const at = due.findIndex((one) => one.at === next);
    const [one] = at < 0 ? [] : due.splice(at, 1);
    simulation = one
      ? letThrough(one.happen({ ...simulation, now: Math.max(simulation.now, next) }))
      : (passTime(simulation) ?? simulation);
  }
  throw new Error("it does not come to rest");

  function takeOn(): void {
    for (const { unit, call } of simulation.flights) {
      if (seen.has(call)) continue;
      seen.add(call);
      done.push({ at: simulation.now, unit, call: call.call });
      due.push(...consequences(unit, call));
    }
  }

  function consequences(unit: string, call: Call): readonly Due[] {
    const { now } = simulation;
    switch (call.call) {
      case "launch":
        return [{ at: now + takes(unit, "launch"), happen: (host) => launch(host, unit, call) }];
      case "signal": {
        const end = { at: now + takes(unit, "stop"), happen: (host: Simulation) => ends(host, unit, call.id) };
        const heard = { at: now + signalMs, happen: (host: Simulation) => finish(host, call) };
        return Number.isFinite(end.at) ? [heard, end] : [heard];
      }
      case "kill":
        return [{ at: now + signalMs, happen: (host) => finish(host, call) }];
      case "release":
      case "put-back":
        return [{ at: now, happen: (host) => finish(host, call) }];
      case "pull":
      case "remove":
        return [{ at: now + takes(unit, call.call), happen: (host) => finish(host, call) }];
      default:
        return call satisfies never;
    }
  }

  /** Created and started; what it does by itself comes later. */
  function launch(host: Simulation, unit: string, call: Call): Simulation {
    const running = finish(finish(host, call), call);
    const id = running.containers.get(unit)?.id;
    const { now } = running;
    if (running.disk.get(unit)?.type === "task") {
      due.push({
        at: now + takes(unit, "run"),
        happen: (then) => (isStill(then, unit, id) ? (endTask(then, unit) ?? then) : then),
      });
    } else {
      due.push({
        at: now + takes(unit, "ready"),
        happen: (then) => (isStill(then, unit, id) ? ready(then, unit) : then),
      });
    }
    return running;
  }
}

function finish(host: Simulation, call: Call): Simulation {
  const index = host.flights.findIndex((flight) => flight.call === call);
  return index < 0 ? host : carryOut(host, index);
}

function isStill(host: Simulation, unit: string, id: string | undefined): boolean {
  return host.containers.get(unit)?.id === id;
}

function ends(host: Simulation, unit: string, id: string): Simulation {
  return isStill(host, unit, id) && isAlive(host.containers.get(unit)) ? die(host, unit, exit.term) : host;
}

function ready(host: Simulation, unit: string): Simulation {
  const how = host.disk.get(unit)?.ready.how;
  if (stateOf(host.world, unit).container === null) return host;
  if (how === "healthy") return setHealth(host, unit, "healthy");
  return how === "after" || how === "auto" ? host : probe(host, unit);
}

/** Everything that was answered and all that happened is told at once. */
function letThrough(host: Simulation): Simulation {
  let current = host;
  while (current.events[0] || current.answers.length > 0)
    current = current.events[0] ? deliverEvent(current, current.events[0].unit) : deliverAnswer(current, 0);
  return current;
}
