import { access } from "node:fs/promises";
import { join } from "node:path";
import { buildUnit } from "./build-unit.ts";
import { FileReader } from "./file-reader.ts";
import type { UnitFolders } from "./read-folder.ts";
import type { Unit } from "./unit.ts";
import { type UnitProblem, wholeFile } from "./unit-problem.ts";

/** An app that has no unit file, only its env file (and TAG file): what docker-runner needs of it. null: it has no env file. */
export async function readApp(
  app: string,
  folders: UnitFolders,
): Promise<{ readonly unit: Unit | null; readonly problems: readonly UnitProblem[] } | null> {
  const file = join(folders.defaultDir, app);
  if (!(await isThere(file))) return null;
  const place = () => wholeFile(file);
  const read = { keys: {}, wrongKeys: [], place, placeWithin: place, problems: [] };
  return buildUnit({ name: app, file, read, folders, reader: new FileReader() });
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
