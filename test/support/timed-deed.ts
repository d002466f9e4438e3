import type { Call } from "../../src/plan/call.ts";
import type { Fact } from "../../src/plan/fact.ts";
import { stateOf } from "../../src/plan/world.ts";
import type { HookTime } from "../../src/unit/unit.ts";
import { exit } from "./build.ts";
import { carryOut, die, endTask, isAlive, probe, setHealth } from "./simulated-engine.ts";
import { deliverAnswer, deliverEvent, passTime, type Simulation, tell } from "./simulation.ts";

export type Takes = (unit: string, what: "pull" | "launch" | "ready" | "stop" | "remove" | "run" | HookTime) => number;

/** `heardAt`: the unit's hooks that come before the call have been run, and the engine hears of it. */
export type Done = {
  readonly at: number;
  readonly heardAt: number;
  readonly unit: string;
  readonly call: Call["call"];
};

type Due = { readonly at: number; readonly happen: (simulation: Simulation) => Simulation };

const signalMs = 5;
/** A container that is stopped for one of these reasons is asked by its pre_stop hooks before. */
const isWished: ReadonlySet<string> = new Set(["unwanted", "replaced"]);

/** What goes wrong, and when it is looked at: how many launches of a unit die before they are ready. */
type Course = { readonly until?: number; readonly deaths?: ReadonlyMap<string, number> };

/** All that svc asks of the engine until all is at rest. */
export function timedDeed(start: Simulation, facts: readonly Fact[], takes: Takes): readonly Done[] {
  return timedRun(start, facts, takes).done;
}

/**
 * The facts are told to a simulated host whose engine takes its time, and all that svc then asks of the engine is written down, until
 * all is at rest or it is `until`. Units must be stubborn: their containers end here, when they take as long as `takes` says. What is
 * under way at the start takes its whole time from then on.
 */
export function timedRun(
  start: Simulation,
  facts: readonly Fact[],
  takes: Takes,
  { until = Number.POSITIVE_INFINITY, deaths = new Map() }: Course = {},
): { readonly done: readonly Done[]; readonly host: Simulation } {
  const done: Done[] = [];
  const seen = new Set<Call>(start.flights.map(({ call }) => call));
  const due: Due[] = [
    ...start.flights.flatMap(({ unit, call }) => consequences(unit, call, start)),
    ...comingAlready(),
  ];
  let simulation = letThrough(tell(start, facts));
  for (let count = 0; count < 10_000; count++) {
    takeOn();
    const next = Math.min(...due.map((one) => one.at), simulation.wakeAt ?? Number.POSITIVE_INFINITY);
    if (next > until) return { done, host: { ...simulation, now: Math.max(simulation.now, until) } };
    if (!Number.isFinite(next)) return { done, host: simulation };
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
      const { now } = simulation;
      done.push({ at: now, heardAt: now + heldUp(unit, call, simulation), unit, call: call.call });
      due.push(...consequences(unit, call, simulation));
    }
  }

  /** What runs gets ready or does its work; what was told to end ends. */
  function comingAlready(): readonly Due[] {
    return [...start.containers].flatMap(([unit, { id }]) => {
      const { container } = stateOf(start.world, unit);
      if (container?.id !== id || !isAlive(start.containers.get(unit))) return [];
      const end = { at: start.now + takes(unit, "stop"), happen: (then: Simulation) => ends(then, unit, id) };
      const stopping = container.stopping && Number.isFinite(end.at) ? [end] : [];
      return container.unit === unit ? [...stopping, lifeOf(unit, id, start)] : stopping;
    });
  }

  /** By the unit's hooks. */
  function heldUp(unit: string, call: Call, { containers, disk }: Simulation): number {
    const there = containers.get(unit);
    const isOwn = there?.unit === unit;
    const hooks = (when: HookTime): number => ((disk.get(unit)?.hooks[when].length ?? 0) > 0 ? takes(unit, when) : 0);
    if (call.call === "launch") return hooks("preStart");
    if (call.call === "remove") return isOwn ? hooks("postStop") : 0;
    const isAsked = call.call === "signal" && isOwn && there.state === "running" && isWished.has(call.why);
    return isAsked ? hooks("preStop") : 0;
  }

  function consequences(unit: string, call: Call, host: Simulation): readonly Due[] {
    const now = host.now + heldUp(unit, call, host);
    switch (call.call) {
      case "launch":
        return [{ at: now + takes(unit, "launch"), happen: (then) => launch(then, unit, call) }];
      case "signal": {
        const end = { at: now + takes(unit, "stop"), happen: (then: Simulation) => ends(then, unit, call.id) };
        const heard = { at: now + signalMs, happen: (then: Simulation) => finish(then, call) };
        return Number.isFinite(end.at) ? [heard, end] : [heard];
      }
      case "kill":
        return [{ at: now + signalMs, happen: (then) => finish(then, call) }];
      case "fetch":
        return [
          { at: now, happen: (then) => ({ ...finish(then, call), events: then.events }) },
          { at: now + takes(unit, "pull"), happen: (then) => tell(then, [fetched(unit, call.image)]) },
        ];
      case "release":
      case "put-back":
        return [{ at: now, happen: (then) => finish(then, call) }];
      case "pull":
      case "remove":
        return [{ at: now + takes(unit, call.call), happen: (then) => finish(then, call) }];
      default:
        return call satisfies never;
    }
  }

  /** Created and started; what it does by itself comes later. */
  function launch(host: Simulation, unit: string, call: Call): Simulation {
    const running = finish(finish(host, call), call);
    const id = running.containers.get(unit)?.id;
    if (id === undefined) return running;
    if ((running.made.get(unit) ?? 0) > (deaths.get(unit) ?? 0)) due.push(lifeOf(unit, id, running));
    else
      due.push({
        at: running.now + takes(unit, "ready") / 2,
        happen: (then) => (isStill(then, unit, id) ? die(then, unit) : then),
      });
    return running;
  }

  function lifeOf(unit: string, id: string, { now, disk }: Simulation): Due {
    const isTask = disk.get(unit)?.type === "task";
    return {
      at: now + takes(unit, isTask ? "run" : "ready"),
      happen(then) {
        if (!isStill(then, unit, id)) return then;
        return isTask ? (endTask(then, unit) ?? then) : ready(then, unit);
      },
    };
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

function fetched(unit: string, image: string): Fact {
  return { fact: "fetched", unit, image, problem: null, luck: 0.5 };
}
