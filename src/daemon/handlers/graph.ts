import type { Ask, UnitGraph } from "../../control/request.ts";
import { withNeeds } from "../../graph/closure.ts";
import { edgesOf } from "../../graph/edges.ts";
import type { Daemon } from "../context.ts";
import { currentStatuses } from "../statuses.ts";
import { nameUnits } from "./names.ts";

export async function graph({ units = [] }: Ask<"graph">, daemon: Daemon): Promise<UnitGraph> {
  const { source, supervisor } = daemon;
  await source.read();
  const named = await nameUnits(units, daemon, { invalid: true });
  const { world } = supervisor;
  const statuses = currentStatuses(daemon);
  // Of one whose file is wrong it is not known what it needs.
  const known = new Map(statuses.map(({ name }) => [name, world.units.get(name) ?? { name, needs: [] }]));
  const shown = new Set(named.length > 0 ? withNeeds(named, known) : known.keys());
  const edges = edgesOf(world.units.values(), { shown, isThere: (name) => known.has(name) });
  return {
    units: statuses
      .filter(({ name }) => shown.has(name))
      .map(({ name, phase, because, type, tag, stale }) => ({ name, phase, because, type, tag, stale })),
    edges,
  };
}
