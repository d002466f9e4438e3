import type { InvalidUnit } from "../unit/read-folder.ts";
import type { UnitsRead } from "../unit/read-units.ts";

/** Valid or not, by name. */
export function everyUnit({ units, invalid }: Pick<UnitsRead, "units" | "invalid">): readonly InvalidUnit[] {
  const all: readonly InvalidUnit[] = [...units, ...invalid];
  return all.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}
