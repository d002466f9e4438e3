import { access } from "node:fs/promises";
import { join } from "node:path";
import { buildUnit } from "./build-unit.ts";
import type { UnitFolders } from "./read-units.ts";
import type { Unit } from "./unit.ts";
import type { UnitProblem } from "./unit-problem.ts";

/** An app that has no unit file, only its env file (and TAG file): what docker-runner needs of it. null: it has no env file. */
export async function readApp(
  app: string,
  folders: UnitFolders,
): Promise<{ readonly unit: Unit | null; readonly problems: readonly UnitProblem[] } | null> {
  const file = join(folders.defaultDir, app);
  if (
    app.includes("/") ||
    !(await access(file).then(
      () => true,
      () => false,
    ))
  )
    return null;
  const place = () => ({ line: 1, column: 1, length: 0, source: "" });
  return buildUnit({ name: app, file, keys: {}, place, folders });
}
