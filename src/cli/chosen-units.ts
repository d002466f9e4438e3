import { stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { SvcError } from "../svc-error.ts";
import type { UnitFolders } from "../unit/read-folder.ts";
import type { UnitsRead } from "../unit/read-units.ts";
import { similar } from "../unit/similar.ts";
import { allowedNames, properName, refuseOtherThanFolder, unitNamesIn } from "../unit/unit-folder.ts";

/** A folder of unit files as it was read, and which of them it is asked about. */
export type Chosen = {
  readonly read: UnitsRead;
  readonly concerns: (unit: string) => boolean;
  /** The files of those. */
  readonly files: ReadonlySet<string>;
};

/** All units of the folder; or those that are named, and those whose files are named, each file in the folder where it stands. */
export async function chosenUnits(words: readonly string[], folders: UnitFolders): Promise<readonly Chosen[]> {
  if (words.length === 0) return [await readFolder(folders, null)];
  const named = new Map<string, string[]>();
  for (const word of words) {
    const isFile = word.includes("/") || /\.ya?ml$/.test(word);
    const { folder, name } = isFile ? await unitOfFile(word, folders.units) : { folder: folders.units, name: word };
    named.set(folder, [...(named.get(folder) ?? []), name]);
  }
  return Promise.all([...named].map(([units, names]) => readFolder({ ...folders, units }, names)));
}

async function unitOfFile(file: string, usual: string): Promise<{ readonly folder: string; readonly name: string }> {
  const found = await stat(file).catch(() => null);
  const stem = basename(file).replace(/\.ya?ml$/, "");
  if (!found)
    throw new SvcError("missing-file", `there is no file ${file}`, {
      hint: file.includes("/") ? "svc check UNIT goes by the name of a unit" : `a unit is named without .yml: ${stem}`,
    });
  if (found.isDirectory())
    throw new SvcError("usage", `${file} is a folder`, {
      hint: `svc check --units ${file} looks at all that is in it`,
    });
  const [name] = unitNamesIn([basename(file)]);
  if (name === undefined) throw noUnitFile(file);
  const folder = dirname(file);
  return { folder: resolve(folder) === resolve(usual) ? usual : folder, name };
}

/** It may be anybody's file: it is not said to be moved. */
function noUnitFile(file: string): SvcError {
  const isYaml = /\.ya?ml$/.test(file);
  const proper = isYaml ? properName(file) : null;
  const because = file.endsWith(".yml") ? allowedNames : "these are named NAME.yml";
  return new SvcError("usage", `${file} is read as no unit file: ${because}`, {
    hint: proper === null ? "name a unit, or its file" : `if it is a unit file, it has to be called ${proper}`,
  });
}

async function readFolder(folders: UnitFolders, names: readonly string[] | null): Promise<Chosen> {
  await refuseOtherThanFolder(folders.units);
  const { readUnits } = await import("../unit/read-units.ts");
  const read = await readUnits(folders, { instances: names?.filter((name) => /@./.test(name)) ?? [] });
  if (names === null) return { read, concerns: () => true, files: new Set(read.files) };
  const fileNames = read.files.map((file) => basename(file, ".yml"));
  const stems = names.map((name) => stemOf(name, fileNames, folders.units));
  return {
    read,
    concerns: (unit) => names.includes(unit) || names.includes(unit.replace(/@.*$/, "@")),
    files: new Set(read.files.filter((_, at) => stems.includes(fileNames[at] ?? ""))),
  };
}

/** Of an instance the file is that of its template. */
function stemOf(name: string, known: readonly string[], folder: string): string {
  const stem = [name, name.replace(/@.*$/, "@")].find((one) => known.includes(one));
  if (stem !== undefined) return stem;
  const near = similar(name, known);
  throw new SvcError("unknown-unit", `there is no unit ${name} in ${folder}`, {
    hint: near === null ? `svc check --units ${folder} looks at all that are there` : `did you mean ${near}?`,
  });
}
