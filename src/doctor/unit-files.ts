import type { UnitsRead } from "../unit/read-units.ts";
import { errorsAmong, type UnitProblem } from "../unit/unit-problem.ts";
import { bad, type Finding, type Host, ok } from "./finding.ts";

/** Whether there are unit files, and no errors in them. */
export async function lookAtUnitFiles({ units }: Host): Promise<readonly Finding[]> {
  const about = "unit files";
  const away = folderProblem(units);
  if (away) return [bad(about, `${away.file}: ${away.message}`, away.hint ?? null)];
  const errors = errorsAmong(units.problems).length;
  if (errors > 0) return [bad(about, `${errors} error${errors === 1 ? "" : "s"}`, "svc check")];
  return [ok(about, `${units.units.length} units without errors`)];
}

/** Why the folder of unit files could not be looked at. */
export function folderProblem({ problems }: Pick<UnitsRead, "problems">): UnitProblem | undefined {
  return problems.find(({ code }) => code === "no-unit-folder");
}
