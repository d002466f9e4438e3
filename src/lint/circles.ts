import { findCycles } from "../graph/cycles.ts";
import type { InvalidUnit } from "../unit/read-folder.ts";
import type { UnitsRead } from "../unit/read-units.ts";
import type { Unit } from "../unit/unit.ts";
import { type UnitProblem, wholeFile } from "../unit/unit-problem.ts";
import { everyUnit } from "./every-unit.ts";

/** Units in a circle are invalid, and nothing of the circle starts; that one of its files is wrong otherwise hides none. */
export function circles(
  { units, invalid, ties }: Pick<UnitsRead, "units" | "invalid" | "ties">,
  concerns: (unit: string) => boolean,
): readonly UnitProblem[] {
  const all = everyUnit({ units, invalid });
  const found = findCycles(all.map((unit) => ordered(unit, all))).filter((cycle) => cycle.some(concerns));
  return found.map((cycle) => {
    const from = cycle.findIndex(concerns);
    const path = [...cycle.slice(from), ...cycle.slice(0, from)];
    const [first = "", second = first] = path;
    return {
      unit: first,
      severity: "error",
      code: "dependency-cycle",
      ...(ties.get(first)?.get(second) ?? wholeFile(all.find(({ name }) => name === first)?.file ?? "")),
      message: `units need each other in a circle: ${[...path, path[0]].join(" -> ")}`,
      hint: "take one of these needs away; for order alone use after",
    };
  });
}

/** `before` is somebody's `after`; that a unit names itself is told elsewhere. */
function ordered(unit: InvalidUnit, all: readonly InvalidUnit[]): Pick<Unit, "name" | "needs" | "after"> {
  const earlier = all.filter(({ before }) => before.includes(unit.name)).map(({ name }) => name);
  return {
    name: unit.name,
    needs: unit.needs.filter((need) => need.unit !== unit.name),
    after: [...unit.after, ...earlier],
  };
}
