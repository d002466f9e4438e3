import type { Ask, Outcome, Progress } from "../../control/request.ts";
import { withNeeds } from "../../graph/closure.ts";
import { isRunning, ownContainer } from "../../plan/conditions.ts";
import type { Fact } from "../../plan/fact.ts";
import { stateOf } from "../../plan/world.ts";
import { SvcError } from "../../svc-error.ts";
import type { Unit } from "../../unit/unit.ts";
import type { Daemon } from "../context.ts";
import { nameUnits, readValid } from "./names.ts";
import { waitFor } from "./wait-for.ts";

type Reply = { readonly progress: (progress: Progress) => void; readonly signal: AbortSignal };

/** One transaction: everything is checked, then everything is wished; what is needed comes up too. */
export async function start(ask: Ask<"start">, reply: Reply, daemon: Daemon): Promise<Outcome> {
  const names = await nameUnits(ask.names, daemon);
  const units = await readValid(names, daemon);
  const { world } = daemon.supervisor;
  const all = ask.noDeps ? names : withNeeds(names, world.units);
  refuseConflicts(all, daemon);
  const facts: Fact[] = [];
  for (const name of all) {
    const { wish, finished } = stateOf(world, name);
    const named = names.includes(name);
    if (named || wish.want === "down") {
      // What has ended is asked for again, not still: its old container says nothing about this wish.
      const generation = named && finished ? wish.generation + 1 : wish.generation;
      const by = named
        ? "operator"
        : (units.find((unit) => withNeeds([unit.name], world.units).includes(name))?.name ?? "operator");
      facts.push({ fact: "wished", unit: name, wish: { want: "up", by, generation }, anew: true });
    }
  }
  return wishAndWait({ names, facts, goal: "up", ask, reply }, daemon);
}

/** New containers, made from what the disk says now. Nothing is stopped before everything has been found to be right. */
export async function restart(ask: Ask<"restart">, reply: Reply, daemon: Daemon): Promise<Outcome> {
  const names = await nameUnits(ask.names, daemon);
  const units = await readValid(names, daemon);
  for (const unit of units) await bringImage(unit, reply, daemon);
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
      return { fact: "wished", unit: name, wish: { want: "up", by, generation }, anew: true };
    });
  return wishAndWait({ names, facts, goal: "up", ask, reply }, daemon);
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
    const message = error instanceof Error ? error.message : String(error);
    throw new SvcError("pull-failed", `cannot pull ${image} for ${unit.name}: ${message}`, {
      hint: "nothing was touched; check the tag and the registry, then try again",
      cause: error,
    });
  }
}

async function wishAndWait(
  what: {
    readonly names: readonly string[];
    readonly facts: readonly Fact[];
    readonly goal: "up";
    readonly ask: { readonly wait?: boolean; readonly timeoutMs?: number };
    readonly reply: Reply;
  },
  daemon: Daemon,
): Promise<Outcome> {
  const { names, facts, goal, ask, reply } = what;
  daemon.supervisor.tell(...facts);
  await daemon.save();
  const wait = ask.wait ?? true;
  return waitFor(
    { names, goal, wait, timeoutMs: ask.timeoutMs, signal: reply.signal, progress: reply.progress },
    daemon,
  );
}

/** Two units that exclude each other are not both asked for, and none is asked for while the other is up. */
function refuseConflicts(names: readonly string[], daemon: Daemon): void {
  const { units } = daemon.supervisor.world;
  for (const name of names) {
    for (const other of units.values()) {
      const clash = units.get(name)?.conflicts.includes(other.name) || other.conflicts.includes(name);
      const both = names.includes(other.name) || stateOf(daemon.supervisor.world, other.name).wish.want === "up";
      if (!clash || !both || other.name === name) continue;
      throw new SvcError("conflicting-units", `${name} and ${other.name} exclude each other`, {
        hint: `stop one of them first:  svc stop ${other.name}`,
      });
    }
  }
}
