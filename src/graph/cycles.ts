import type { Unit } from "../unit/unit.ts";

/** Every cycle of needs and orderings as a path of names, `b -> d -> b` given as [b, d]; each unit is in at most one of them. */
export function findCycles(units: readonly Unit[]): readonly (readonly string[])[] {
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
export function earlierThan(unit: Unit): readonly string[] {
  return [...new Set([...unit.needs.map((need) => need.unit), ...unit.after])];
}
