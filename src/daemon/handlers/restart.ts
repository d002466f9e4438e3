import type { Ask, Outcome } from "../../control/request.ts";
import { withNeeds } from "../../graph/closure.ts";
import { isRunning, ownContainer } from "../../plan/conditions.ts";
import type { Fact } from "../../plan/fact.ts";
import { stateOf } from "../../plan/world.ts";
import { messageOf, SvcError } from "../../svc-error.ts";
import type { Unit } from "../../unit/unit.ts";
import type { Daemon } from "../context.ts";
import { readValid } from "./names.ts";
import { refuseConflicts } from "./refuse-conflicts.ts";
import { type Reply, refuseWhileAway, wishAndWait } from "./wish-and-wait.ts";

/** New containers, made from what the disk says now. Nothing is stopped before everything has been found to be right. */
export async function restart(ask: Ask<"restart">, reply: Reply, daemon: Daemon): Promise<Outcome> {
  const units = await readValid(ask.names, daemon);
  const names = units.map((unit) => unit.name);
  const tied = unitsTiedTo(units, daemon);
  refuseUnlaunchable(tied);
  refuseWhileAway(daemon, "nothing was touched");
  for (const unit of [...units, ...tied]) await bringImage(unit, reply, daemon);
  const { world } = daemon.supervisor;
  const all = ask.noDeps ? names : withNeeds(names, world.units);
  refuseConflicts(all, daemon);
  const facts: Fact[] = all
    .filter((name) => names.includes(name) || stateOf(world, name).wish.want === "down")
    .map((name) => {
      const { wish, container } = stateOf(world, name);
      const generation = names.includes(name)
        ? Math.max(wish.generation, container?.generation ?? 0) + 1
        : wish.generation;
      const by = names.includes(name) ? "operator" : (names[0] ?? "operator");
      const alone = ask.noDeps ? { alone: true } : {};
      return { fact: "wished", unit: name, wish: { want: "up", by, generation, ...alone }, anew: true };
    });
  const touched = [...names, ...tied.map((unit) => unit.name)];
  return wishAndWait({ names: touched, facts, goal: "up", ask, reply }, daemon);
}

/** Running units that hold on to these containers, or to one that does: they are made anew after them. */
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

/** A running container is not given up for an image that cannot be had. */
async function bringImage(unit: Unit, reply: Reply, daemon: Daemon): Promise<void> {
  if (!unit.launch.ok || unit.launch.pull === "never") return;
  if (!isRunning(ownContainer(unit, daemon.supervisor.world))) return;
  const { image } = unit.launch;
  if (await daemon.engine.image(image)) return;
  try {
    await daemon.engine.pull(image, {
      abort: reply.signal,
      platform: unit.launch.create.platform,
      onProgress: (pull) =>
        reply.progress({ unit: unit.name, phase: "pulling", because: `its image ${image} is pulled`, pull }),
    });
  } catch (error) {
    throw new SvcError("pull-failed", `cannot pull ${image} for ${unit.name}: ${messageOf(error)}`, {
      hint: "nothing was touched; check the tag and the registry, then try again",
      cause: error,
    });
  }
}
