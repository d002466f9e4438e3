import { readFile } from "node:fs/promises";
import type { UnitKeys } from "../../unit/keys/schema.ts";
import type { Launch, Unit } from "../../unit/unit.ts";
import { readUnitFile } from "../../unit/unit-file.ts";
import { publish } from "./publish.ts";

/** A unit that can be launched, with the keys of its file. */
export type ExportedUnit = {
  readonly unit: Unit;
  /** With the ports of `listen` published. */
  readonly launch: Launch;
  readonly keys: UnitKeys;
};

/** Reads the file of a unit once more, for the keys as they are written. */
export async function exportedUnit(unit: Unit): Promise<ExportedUnit | null> {
  const { launch } = unit;
  if (!launch.ok) return null;
  const text = await readFile(unit.file, "utf8").catch((error: Error) => error);
  const create = publish(launch.create, unit.listen);
  return { unit, launch: { ...launch, create }, keys: readUnitFile(unit.name, unit.file, text).keys ?? {} };
}
