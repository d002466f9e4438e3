import type { Unit } from "../unit/unit.ts";

/** The first of those that are up that may not run beside one of these; whichever of the two says so, both are meant. */
export function excludedBy(
  names: readonly string[],
  up: ReadonlySet<string>,
  units: ReadonlyMap<string, Unit>,
): string | null {
  for (const name of names) {
    for (const other of up) if (name !== other && excludeEachOther(name, other, units)) return other;
  }
  return null;
}

export function excludeEachOther(one: string, other: string, units: ReadonlyMap<string, Unit>): boolean {
  return units.get(one)?.conflicts.includes(other) === true || units.get(other)?.conflicts.includes(one) === true;
}
