import type { Unit } from "../unit/unit.ts";

type Ordered = Pick<Unit, "name" | "needs" | "after">;

/** The cycles of needs and orderings, each as a path of names: `b -> d -> b` is given as [b, d]. None is given only if there is none. */
export function findCycles(units: readonly Ordered[]): readonly (readonly string[])[] {
  const byName = new Map(units.map((unit) => [unit.name, unit]));
  const done = new Set<string>();
  const cycles: (readonly string[])[] = [];
  for (const unit of units) visit(unit.name, [], new Set());
  return cycles;

  function visit(name: string, path: readonly string[], onPath: ReadonlySet<string>): void {
    if (onPath.has(name)) {
      cycles.push(path.slice(path.indexOf(name)));
      return;
    }
    const unit = byName.get(name);
    if (!unit || done.has(name)) return;
    for (const earlier of earlierThan(unit)) visit(earlier, [...path, name], new Set([...onPath, name]));
    done.add(name);
  }
}

/** What has to be there, or to have begun, before it: its needs and what it is ordered after. */
export function earlierThan(unit: Ordered): readonly string[] {
  return [...new Set([...unit.needs.map((need) => need.unit), ...unit.after])];
}

/** The same units without the needs and orderings that close a cycle among them. */
export function withoutCycles(units: ReadonlyMap<string, Unit>): ReadonlyMap<string, Unit> {
  const cut = new Map(units);
  for (let cycles = findCycles([...cut.values()]); cycles.length > 0; cycles = findCycles([...cut.values()])) {
    for (const cycle of cycles) {
      for (const name of cycle) {
        const unit = cut.get(name);
        if (unit) cut.set(name, without(cycle, unit));
      }
    }
  }
  return cut;
}

function without(names: readonly string[], unit: Unit): Unit {
  const needs = unit.needs.filter((need) => !names.includes(need.unit));
  return { ...unit, needs, after: unit.after.filter((name) => !names.includes(name)) };
}
