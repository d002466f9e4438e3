import type { Unit } from "../unit/unit.ts";

/** What is known of a unit whose file is wrong too. */
type Needing = Pick<Unit, "name" | "needs">;

/** The named units and all that they need, needed ones first. Names without a unit are left out. */
export function withNeeds(names: readonly string[], units: ReadonlyMap<string, Needing>): readonly string[] {
  return closure(names, units, (unit) => unit.needs.map((need) => need.unit));
}

/** The named units and all that need them (required needs only), dependents first: the order in which they stop. */
export function withDependents(names: readonly string[], units: ReadonlyMap<string, Unit>): readonly string[] {
  return closure(names, units, (unit) => dependents(unit.name, units));
}

/** Units that require it, directly. */
export function dependents(name: string, units: ReadonlyMap<string, Unit>): readonly string[] {
  return [...units.values()]
    .filter((unit) => unit.needs.some((need) => need.unit === name && need.required))
    .map((unit) => unit.name);
}

function closure<U extends Needing>(
  names: readonly string[],
  units: ReadonlyMap<string, U>,
  next: (unit: U) => readonly string[],
): readonly string[] {
  const order: string[] = [];
  const seen = new Set<string>();
  for (const name of names) visit(name);
  return order;

  function visit(name: string): void {
    const unit = units.get(name);
    if (!unit || seen.has(name)) return;
    seen.add(name);
    for (const other of next(unit)) visit(other);
    order.push(name);
  }
}
