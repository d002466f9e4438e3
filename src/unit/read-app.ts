import { access } from "node:fs/promises";
import { join } from "node:path";
import { SvcError } from "../svc-error.ts";
import { buildUnit } from "./build-unit.ts";
import type { UnitFolders } from "./read-units.ts";
import type { Unit } from "./unit.ts";
import { wholeFile } from "./unit-problem.ts";

/** An app that has no unit file, only its env file (and TAG file): what docker-runner needs of it. null: it has no env file. */
export async function readApp(app: string, folders: UnitFolders): Promise<Unit | null> {
  const file = join(folders.defaultDir, app);
  if (app.includes("/") || !(await isThere(file))) return null;
  const place = () => wholeFile(file);
  const read = { keys: {}, place, placeWithin: place, problems: [] };
  const { unit, problems } = await buildUnit({ name: app, file, read, folders });
  if (unit) return unit;
  const words = problems
    .filter((problem) => problem.severity === "error")
    .map((problem) => `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`);
  throw new SvcError("invalid-env-file", words.join("\n"), { hint: problems[0]?.hint ?? `mend ${file}` });
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
