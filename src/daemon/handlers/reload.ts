import type { Reloaded } from "../../control/request.ts";
import { withNeeds } from "../../graph/closure.ts";
import type { Fact } from "../../plan/fact.ts";
import { stateOf } from "../../plan/world.ts";
import type { Unit } from "../../unit/unit.ts";
import type { Daemon } from "../context.ts";

type Wished = Extract<Fact, { fact: "wished" }>;

/**
 * Reads all files of all units again, whether they look changed or not. No running container is touched; a need that was added to a
 * running unit comes up.
 */
export async function reload(daemon: Daemon): Promise<Reloaded> {
  const before = new Map(daemon.source.now.units);
  const now = await daemon.source.read({ anew: true });
  const needs = newNeeds(daemon);
  daemon.supervisor.tell(...needs);
  await daemon.save();
  const added = [...now.units.keys()].filter((name) => !before.has(name));
  const removed = [...before.keys()].filter((name) => !now.units.has(name));
  const changed = [...now.units.values()]
    .filter((unit) => differs(unit, before.get(unit.name)))
    .map((unit) => unit.name);
  const started = needs.map(({ unit, wish }) => ({ unit, neededBy: wish.by }));
  return { added, changed, removed, started, problems: now.problems };
}

function differs(unit: Unit, before: Unit | undefined): boolean {
  return before !== undefined && JSON.stringify(unit) !== JSON.stringify(before);
}

/** What a unit that is wanted needs, and nobody has stopped, is wanted too. */
export function newNeeds({ supervisor }: Daemon): readonly Wished[] {
  const { world } = supervisor;
  const facts = new Map<string, Wished>();
  for (const unit of world.units.values()) {
    const { want, alone } = stateOf(world, unit.name).wish;
    if (want !== "up" || alone) continue;
    for (const name of withNeeds([unit.name], world.units)) {
      const { by, generation } = stateOf(world, name).wish;
      if (by !== "nobody" || facts.has(name)) continue;
      facts.set(name, { fact: "wished", unit: name, wish: { want: "up", by: unit.name, generation }, anew: true });
    }
  }
  return [...facts.values()];
}
