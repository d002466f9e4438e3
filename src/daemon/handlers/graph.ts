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
  const shown = new Set(
    named.length > 0 ? [...named, ...withNeeds(named, world.units)] : statuses.map(({ name }) => name),
  );
  const edges = edgesOf(world.units.values(), { shown, isThere: (name) => statuses.some((one) => one.name === name) });
  return {
    units: statuses
      .filter(({ name }) => shown.has(name))
      .map(({ name, phase, because, type, tag }) => ({ name, phase, because, type, tag })),
    edges,
  };
}
