import type { Ask, Outcome } from "../../control/request.ts";
import { withNeeds } from "../../graph/closure.ts";
import { isRunning, ownContainer } from "../../plan/conditions.ts";
import type { Fact } from "../../plan/fact.ts";
import { isHeld } from "../../plan/trial.ts";
import { stateOf, type World } from "../../plan/world.ts";
import type { Unit } from "../../unit/unit.ts";
import type { Daemon } from "../context.ts";
import { readValid, refuseUnmeetable } from "./names.ts";
import { refuseConflicts } from "./refuse-conflicts.ts";
import { type Reply, type Wishes, wishAndWait } from "./wish-and-wait.ts";

/** One transaction: everything is checked, then everything is wished; what is needed comes up too. */
export async function start(ask: Ask<"start">, reply: Reply, daemon: Daemon): Promise<Outcome> {
  return wishAndWait({ ...(await wishesToStart(ask, daemon)), ask, reply }, daemon);
}

export async function wishesToStart(ask: Pick<Ask<"start">, "names" | "noDeps">, daemon: Daemon): Promise<Wishes> {
  const units = await readValid(ask.names, daemon);
  const names = units.map((unit) => unit.name);
  const { world } = daemon.supervisor;
  const all = ask.noDeps ? names : withNeeds(names, world.units);
  if (!ask.noDeps) refuseUnmeetable(startedWith(names, world), daemon);
  refuseConflicts(all, daemon);
  const facts: Fact[] = [];
  for (const name of all) {
    const { wish, finished } = stateOf(world, name);
    const named = names.includes(name);
    const triedAnew = wish.want === "up" && hasFailed(name, world);
    if (named || wish.want === "down" || triedAnew) {
      // What has ended is asked for again, not still: its old container says nothing about this wish.
      const generation = (named || triedAnew) && finished ? wish.generation + 1 : wish.generation;
      const by = named ? "operator" : triedAnew ? wish.by : neededBy(name);
      const alone = ask.noDeps ? { alone: true } : {};
      facts.push({
        fact: "wished",
        unit: name,
        wish: { want: "up", by, generation, ...alone },
        anew: true,
      });
    }
  }
  return { names, facts, goal: "up" };

  function neededBy(name: string): string {
    return units.find((unit) => withNeeds([unit.name], world.units).includes(name))?.name ?? "operator";
  }
}

/** What they require and what is not up. What is only wanted may fail. */
function startedWith(names: readonly string[], { units, states }: World): readonly Unit[] {
  const requiring = [...units.values()].map(({ name, needs }) => ({
    name,
    needs: needs.filter((need) => need.required),
  }));
  return withNeeds(names, new Map(requiring.map((unit) => [unit.name, unit])))
    .flatMap((name) => units.get(name) ?? [])
    .filter(({ name }) => !isRunning(states.get(name)?.container ?? null));
}

/** It is down though it is wanted: an attempt failed, it waits for the next one, or svc has given up. */
function hasFailed(name: string, world: World): boolean {
  const unit = world.units.get(name);
  const { trouble, backoff, finished, call } = stateOf(world, name);
  const isTried = call !== null && call.call.call !== "remove";
  if (!unit || isTried || isRunning(ownContainer(unit, world))) return false;
  return finished ? !finished.ok : trouble !== null || backoff !== null || isHeld(unit, world);
}
