import { readFile } from "node:fs/promises";
import type { UnitKeys } from "../../unit/keys/schema.ts";
import type { Launch, Unit } from "../../unit/unit.ts";
import { readUnitFile } from "../../unit/unit-file.ts";

/** A unit that can be launched, with the keys of its file. */
export type ExportedUnit = {
  readonly unit: Unit;
  readonly launch: Launch;
  readonly keys: UnitKeys;
};

/** Reads the file of a unit once more, for the keys as they are written. */
export async function exportedUnit(unit: Unit): Promise<ExportedUnit | null> {
  const { launch } = unit;
  if (!launch.ok) return null;
  const text = await readFile(unit.file, "utf8").catch((error: Error) => error);
  return { unit, launch, keys: readUnitFile(unit.name, unit.file, text).keys ?? {} };
}

/** `# KEY: …` for what the file says and the other format cannot. */
export function lostKeys(keys: UnitKeys, names: readonly (keyof UnitKeys)[], format: string): readonly string[] {
  return names
    .filter((name) => keys[name] !== undefined)
    .map((name) => `${name}: ${JSON.stringify(keys[name])} has no counterpart in ${format}`);
}
