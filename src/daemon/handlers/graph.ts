import type { Ask, UnitGraph } from "../../control/request.ts";
import { withNeeds } from "../../graph/closure.ts";
import type { Daemon } from "../context.ts";
import { currentStatuses } from "../statuses.ts";
import { tieOf } from "../why/ties.ts";
import { nameUnits } from "./names.ts";

export async function graph({ units = [] }: Ask<"graph">, daemon: Daemon): Promise<UnitGraph> {
  const { source, supervisor } = daemon;
  await source.refresh();
  const named = await nameUnits(units, daemon, { invalid: true });
  const { world } = supervisor;
  const statuses = currentStatuses(daemon);
  const shown = new Set(
    named.length > 0 ? [...named, ...withNeeds(named, world.units)] : statuses.map(({ name }) => name),
  );
  const edges = [...world.units.values()].flatMap((unit): UnitGraph["edges"] => {
    if (!shown.has(unit.name)) return [];
    const needs = unit.needs.map((need) => ({
      from: unit.name,
      to: need.unit,
      tie: tieOf(need),
      strength: need.required ? ("required" as const) : ("wanted" as const),
      missing: !statuses.some(({ name }) => name === need.unit),
    }));
    const after = unit.after
      .filter((name) => shown.has(name) && !unit.needs.some((need) => need.unit === name))
      .map((to) => ({ from: unit.name, to, tie: "starts after", strength: "after" as const, missing: false }));
    return [...needs, ...after];
  });
  return {
    units: statuses
      .filter(({ name }) => shown.has(name))
      .map(({ name, phase, because, type, tag }) => ({ name, phase, because, type, tag })),
    edges,
  };
}
