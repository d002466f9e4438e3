import type { Plan } from "../../control/request.ts";
import { boundTo } from "../../plan/bring-up.ts";
import { ownContainer } from "../../plan/conditions.ts";
import { foresee } from "../../plan/foresee.ts";
import type { Imagined } from "../../plan/imagined-engine.ts";
import { observe } from "../../plan/observe.ts";
import { type Container, emptyWorld, freshState, stateOf, type World } from "../../plan/world.ts";
import type { Unit } from "../../unit/unit.ts";
import { alone } from "../hand-over/alone.ts";
import type { Spans } from "./measured-spans.ts";
import { summarize } from "./summarize.ts";

type Steps = Plan["steps"];

export type HandOversForeseen = {
  /** Seconds from the beginning. */
  readonly steps: Steps;
  readonly takes: number;
  readonly guessed: Plan["guessed"];
  /** What the rest of the command finds: the next containers in the place of the old ones. */
  readonly world: World;
};

/** Restarts that hand over, one after the other, each by the plan of its two containers: the next one's start, the old one's end. */
export function foreseeHandOvers(
  units: readonly Unit[],
  start: World,
  about: { readonly now: number; readonly imagined: Imagined; readonly spans: Spans },
): HandOversForeseen {
  let world = start;
  let takes = 0;
  const steps: Steps[number][] = [];
  const guessed: Plan["guessed"][number][] = [];
  for (const unit of units) {
    const old = ownContainer(unit, world);
    if (!old) continue;
    const next = planOf(unit, null, "up", about);
    const leads = unit.listen.map(({ address, port }) => `${address}:${port}`).join(", ");
    const switchedAt = takes + next.takes;
    const because = "the next container is ready: new clients are led to it";
    steps.push(
      ...next.steps.map((step) => ({ ...step, at: step.at + takes, because: "beside the one that serves" })),
      { at: switchedAt, unit: unit.name, does: "hand over", what: leads, because },
      ...oldSteps(unit, planOf(unit, old, "down", about).steps, switchedAt),
    );
    guessed.push(...next.guessed);
    takes = switchedAt;
    world = observe(world, { fact: "handed-over", unit: unit.name, container: nextOf(unit, old, world) }, about.now);
  }
  return { steps, takes, guessed, world };
}

/** Of when its clients go nothing is known but when they must. */
function oldSteps(unit: Unit, steps: Steps, switchedAt: number): Steps {
  const drain = Math.max(...unit.listen.map(({ drainMs }) => drainMs)) / 1000;
  const because = `the old container: its clients have gone, or have had ${drain} s`;
  return steps.map((step) => ({ ...step, at: step.at + switchedAt, because }));
}

function planOf(
  unit: Unit,
  container: Container | null,
  want: "up" | "down",
  { now, imagined, spans }: { readonly now: number; readonly imagined: Imagined; readonly spans: Spans },
): Plan {
  const generation = (container?.generation ?? 0) + (want === "up" ? 1 : 0);
  const wish = { want: "up", by: "operator", generation: container?.generation ?? 0 } as const;
  const world: World = {
    ...emptyWorld,
    engine: { state: "up" },
    units: new Map([[unit.name, alone(unit)]]),
    states: new Map([[unit.name, container ? { ...freshState, wish, container } : freshState]]),
  };
  const wished = { fact: "wished", unit: unit.name, wish: { want, by: "operator", generation }, anew: true } as const;
  const foreseen = foresee(world, [wished], now, imagined);
  const anyway = foresee(world, [], now, imagined);
  return summarize(foreseen, anyway, { world, from: now, named: [unit.name], spans, doubts: new Map() });
}

function nextOf(unit: Unit, old: Container, world: World): Container {
  const generation = Math.max(stateOf(world, unit.name).wish.generation, old.generation) + 1;
  return { ...old, id: `${unit.name} to be`, generation, bound: boundTo(unit, world) };
}
