import type { Unit } from "../unit/unit.ts";

type Units = ReadonlyMap<string, Unit>;

/** The units that may not run beside this one; whichever of two says so, both are meant. */
export function conflictsOf(name: string, units: Units): readonly string[] {
  let found = conflicts.get(units);
  if (!found) {
    found = readConflicts(units);
    conflicts.set(units, found);
  }
  return found.get(name) ?? [];
}

/** Found out once for the units of a world, which stay the same ones through many worlds. */
const conflicts = new WeakMap<Units, ReadonlyMap<string, readonly string[]>>();

function readConflicts(units: Units): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const unit of units.values()) {
    for (const other of unit.conflicts) {
      if (!units.has(other) || other === unit.name) continue;
      found.set(unit.name, [...(found.get(unit.name) ?? []), other]);
      found.set(other, [...(found.get(other) ?? []), unit.name]);
    }
  }
  return found;
}
