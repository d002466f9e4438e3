import type { UnitsRead } from "../unit/read-units.ts";
import { type UnitProblem, wholeFile } from "../unit/unit-problem.ts";

/** Two units that exclude each other and would both be started at boot: the one that is first by its name is, the other is not. */
export function excludedAtBoot(
  { units }: Pick<UnitsRead, "units">,
  concerns: (unit: string) => boolean,
): readonly UnitProblem[] {
  const enabled = [...units].filter((unit) => unit.enabled);
  return enabled.flatMap((later, at) =>
    enabled.slice(0, at).flatMap((earlier) => {
      const isExcluded = later.conflicts.includes(earlier.name) || earlier.conflicts.includes(later.name);
      if (!isExcluded || !(concerns(later.name) || concerns(earlier.name))) return [];
      const message = `it and ${earlier.name} exclude each other, and both are enabled: at boot only ${earlier.name} is started`;
      const hint = "write enabled: false in the one that is not to be started at boot";
      return [
        { unit: later.name, severity: "warning", code: "excluded-at-boot", ...wholeFile(later.file), message, hint },
      ];
    }),
  );
}
