import type { Ask, Outcome } from "../../control/request.ts";
import { dependents, withDependents } from "../../graph/closure.ts";
import { isRunning, ownContainer } from "../../plan/conditions.ts";
import { stateOf } from "../../plan/world.ts";
import { SvcError } from "../../svc-error.ts";
import type { Daemon } from "../context.ts";
import { nameUnits } from "./names.ts";
import { type Reply, type Wishes, wishAndWait } from "./wish-and-wait.ts";

/** Stops what is named. What still needs it is stopped too only if that was asked for; else the whole is refused. */
export async function stop(ask: Ask<"stop">, reply: Reply, daemon: Daemon): Promise<Outcome> {
  const wishes = await wishesToStop(ask, daemon);
  const stopped = wishAndWait({ ...wishes, ask, reply }, daemon);
  // It is wished by now, so that nothing is started; whoever asked may not wait for the end.
  daemon.source.forgetTags(wishes.names);
  const outcome = await stopped;
  // What a hand-over that is over now had beside them goes too.
  if (outcome.ok && ask.wait !== false) await daemon.besides.gone(wishes.names);
  return outcome;
}

export async function wishesToStop(
  ask: Pick<Ask<"stop">, "names" | "withDependents" | "only" | "prune" | "all">,
  daemon: Daemon,
): Promise<Wishes> {
  const { supervisor } = daemon;
  const named = ask.all ? [...supervisor.world.units.keys()] : await nameUnits(ask.names, daemon, { invalid: true });
  const holders = holdersOf(named, daemon);
  if (holders.length > 0 && !ask.withDependents && !ask.only) {
    const words = holders.length === 1 ? "needs" : "need";
    const message = `${holders.join(", ")} ${words} ${named.length === 1 ? named[0] : "some of these"}`;
    const error = new SvcError("unit-needed", message, {
      hint: `stop them too:  svc stop ${named.join(" ")} --with-dependents   (or leave them running: --only)`,
    });
    throw Object.assign(error, { units: holders });
  }
  const going = ask.withDependents ? withDependents(named, supervisor.world.units) : named;
  const names = ask.prune ? [...going, ...noLongerNeeded(going, daemon)] : going;
  const facts = names.map((unit) => {
    const { generation } = stateOf(supervisor.world, unit).wish;
    return { fact: "wished", unit, wish: { want: "down", by: "operator", generation }, anew: true } as const;
  });
  return { names, facts, goal: "down" };
}

/** If one that runs requires something in the set: all outside the set that run and would be stopped with it; else none. */
function holdersOf(names: readonly string[], { supervisor }: Daemon): readonly string[] {
  const { world } = supervisor;
  const isHolder = (name: string): boolean => {
    const unit = world.units.get(name);
    return (
      !names.includes(name) &&
      unit !== undefined &&
      stateOf(world, name).wish.want === "up" &&
      isRunning(ownContainer(unit, world))
    );
  };
  if (!names.flatMap((name) => dependents(name, world.units)).some(isHolder)) return [];
  return withDependents(names, world.units).filter(isHolder).sort();
}

/** Units that came up only because something needed them, and which nothing needs once these are down. */
function noLongerNeeded(going: readonly string[], { supervisor }: Daemon): readonly string[] {
  const { world } = supervisor;
  const down = new Set(going);
  for (let found = true; found; ) {
    found = false;
    for (const unit of world.units.values()) {
      const { wish } = stateOf(world, unit.name);
      const cameForOthers = wish.want === "up" && world.units.has(wish.by);
      if (down.has(unit.name) || !cameForOthers) continue;
      const stillNeeded = dependents(unit.name, world.units).some(
        (name) => !down.has(name) && stateOf(world, name).wish.want === "up",
      );
      if (stillNeeded) continue;
      down.add(unit.name);
      found = true;
    }
  }
  return [...down].filter((name) => !going.includes(name));
}
