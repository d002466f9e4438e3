import type { Ask, Outcome, PullProgress } from "../../control/request.ts";
import { withNeeds } from "../../graph/closure.ts";
import { isRunning, ownContainer } from "../../plan/conditions.ts";
import type { Fact } from "../../plan/fact.ts";
import { stateOf } from "../../plan/world.ts";
import { SvcError } from "../../svc-error.ts";
import type { Unit } from "../../unit/unit.ts";
import { bringImage } from "../bring-image.ts";
import type { Daemon } from "../context.ts";
import { readValid } from "./names.ts";
import { refuseConflicts } from "./refuse-conflicts.ts";
import { type Reply, refuseWhileAway, type Wishes, wishAndWait } from "./wish-and-wait.ts";

/** New containers, made from what the disk says now. Nothing is stopped before everything has been found to be right. */
export async function restart(ask: Ask<"restart">, reply: Reply, daemon: Daemon): Promise<Outcome> {
  const units = await unitsToRestart(ask.names, daemon);
  for (const unit of units.all) await bringNextImage(unit, reply, daemon);
  const handed = await handOverFirst(units, reply, daemon);
  if (handed.failure) {
    const { unit, because } = handed.failure;
    throw new SvcError("cannot-start", `the next container of ${unit} is not ready: ${because}`, {
      hint: `${unit} serves as before; svc history ${unit} and svc logs ${unit} tell more`,
    });
  }
  return wishAndWait({ ...wishesToRestart(handed.rest, ask, daemon), ask, reply }, daemon);
}

export type HandedOver = {
  readonly failure: { readonly unit: string; readonly because: string } | null;
  /** What is still to be restarted in the ordinary way; all of them are still waited for. */
  readonly rest: Restarting;
};

/** Units that are start-first hand over before anything is stopped, one by one; the first that cannot ends it. */
export async function handOverFirst(units: Restarting, reply: Reply, daemon: Daemon): Promise<HandedOver> {
  const named = new Set(units.named);
  for (const unit of await unitsToHandOver(units, daemon)) {
    const because = await daemon.handOver.run(unit, reply.progress);
    if (because !== null) return { failure: { unit: unit.name, because }, rest: units };
    named.delete(unit.name);
  }
  return { failure: null, rest: { ...units, named: [...named] } };
}

export async function unitsToHandOver({ named }: Restarting, daemon: Daemon): Promise<readonly Unit[]> {
  const units = named.flatMap((name) => daemon.supervisor.world.units.get(name) ?? []);
  const suits = await Promise.all(units.map((unit) => daemon.handOver.suits(unit)));
  return units.filter((_, at) => suits[at]);
}

type Restarting = {
  readonly named: readonly string[];
  /** With the running units that hold on to these containers, or to one that does. */
  readonly all: readonly Unit[];
};

export async function unitsToRestart(names: readonly string[], daemon: Daemon): Promise<Restarting> {
  const units = await readValid(names, daemon);
  const tied = unitsTiedTo(units, daemon);
  refuseUnlaunchable(tied);
  refuseWhileAway(daemon, "nothing was touched");
  return { named: units.map((unit) => unit.name), all: [...units, ...tied] };
}

export function wishesToRestart(
  { named, all }: Restarting,
  ask: Pick<Ask<"restart">, "noDeps">,
  daemon: Daemon,
): Wishes {
  const { world } = daemon.supervisor;
  const concerned = ask.noDeps ? named : withNeeds(named, world.units);
  refuseConflicts(concerned, daemon);
  const facts: Fact[] = concerned
    .filter((name) => named.includes(name) || stateOf(world, name).wish.want === "down")
    .map((name) => {
      const { wish, container } = stateOf(world, name);
      const generation = named.includes(name)
        ? Math.max(wish.generation, container?.generation ?? 0) + 1
        : wish.generation;
      const by = named.includes(name) ? "operator" : (named[0] ?? "operator");
      const alone = ask.noDeps ? { alone: true } : {};
      return { fact: "wished", unit: name, wish: { want: "up", by, generation, ...alone }, anew: true };
    });
  return { names: all.map((unit) => unit.name), facts, goal: "up" };
}

/** They are made anew after those that they hold on to. */
function unitsTiedTo(units: readonly Unit[], { supervisor }: Daemon): readonly Unit[] {
  const { world } = supervisor;
  const found = new Map(units.map((unit) => [unit.name, unit]));
  for (const { name } of found.values()) {
    for (const other of world.units.values()) {
      const isTied = other.needs.some((need) => need.unit === name && need.onLoss === "restart");
      if (isTied && isRunning(ownContainer(other, world))) found.set(other.name, other);
    }
  }
  return [...found.values()].slice(units.length);
}

function refuseUnlaunchable(tied: readonly Unit[]): void {
  for (const { name, launch } of tied) {
    if (launch.ok) continue;
    throw new SvcError("cannot-start", `${name} would be restarted with it, and could not start: ${launch.message}`, {
      hint: `nothing was touched; ${launch.hint}, or stop it first:  svc stop ${name}`,
    });
  }
}

/** Of what runs, before it is touched. */
export async function bringNextImage(unit: Unit, reply: Reply, daemon: Daemon): Promise<void> {
  if (!unit.launch.ok || !runsNow(unit, daemon)) return;
  const { image } = unit.launch;
  const because = `its image ${image} is pulled`;
  const onProgress = (pull: PullProgress) => reply.progress({ unit: unit.name, phase: "pulling", because, pull });
  await bringImage(image, [unit], { signal: reply.signal, onProgress }, daemon);
}

export function runsNow({ name }: Unit, { supervisor: { world } }: Daemon): boolean {
  const unit = world.units.get(name);
  return unit !== undefined && isRunning(ownContainer(unit, world));
}
