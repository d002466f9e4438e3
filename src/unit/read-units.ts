import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildUnit } from "./build-unit.ts";
import { type PlacedUnit, relate } from "./relations/relations.ts";
import type { Unit } from "./unit.ts";
import { readUnitFile } from "./unit-file.ts";
import { unitNamesIn } from "./unit-folder.ts";
import { byPlace, type PlaceInFile, type UnitProblem, wholeFile } from "./unit-problem.ts";

export type UnitFolders = { readonly units: string; readonly defaultDir: string; readonly wwwDir: string };

export type UnitsRead = {
  readonly units: readonly Unit[];
  readonly problems: readonly UnitProblem[];
  /** `worker@` for worker@.yml. */
  readonly templates: readonly string[];
  readonly invalid: readonly InvalidUnit[];
  /** Where a unit, valid or not, says that it needs another, or starts after it: by its name, and by the name that it says. */
  readonly ties: ReadonlyMap<string, ReadonlyMap<string, PlaceInFile>>;
  /** Of all unit files and templates of the folder. */
  readonly files: readonly string[];
};

/** A unit whose files are wrong, with what they say of others as far as they can be read. */
export type InvalidUnit = Pick<Unit, "name" | "file" | "needs" | "after" | "before">;

/**
 * Every unit of the folder sorted by name, and every problem, sorted by place. Templates make an instance for each name in `instances` and for
 * each that another unit needs. A file that is wrong makes its own unit invalid and no other. With `only`, that unit and those
 * it needs are read and no others.
 */
export async function readUnits(
  folders: UnitFolders,
  options: { readonly instances?: readonly string[]; readonly only?: string } = {},
): Promise<UnitsRead> {
  const problems: UnitProblem[] = [];
  const files = await unitFiles(folders.units, problems);
  const templates = files.filter((name) => name.endsWith("@"));
  const units = new Map<string, PlacedUnit>();
  const invalid = new Map<string, InvalidUnit>();
  const ties = new Map<string, ReadonlyMap<string, PlaceInFile>>();

  const { only, instances = [] } = options;
  const wanted = only === undefined ? [...files.filter((name) => !name.endsWith("@")), ...instances] : [only];
  for (let name = wanted.shift(); name !== undefined; name = wanted.shift()) {
    const stem = fileOf(name);
    if (units.has(name) || invalid.has(name) || stem === null) continue;
    const file = join(folders.units, `${stem}.yml`);
    const placed = await readOne(name, file);
    if ("unit" in placed) units.set(name, placed);
    else invalid.set(name, placed);
    const needed = "unit" in placed ? placed.needs.map(({ need }) => need.unit) : [];
    if (only === undefined) wanted.push(...needed.filter((one) => one.includes("@")));
    else if (name === only) wanted.push(...needed);
  }
  if (only === undefined) await checkUnusedTemplates();

  const sorted = [...units.values()].sort((one, other) => (one.unit.name < other.unit.name ? -1 : 1));
  const related = relate(sorted, new Set(invalid.keys()));
  for (const unit of related.rejected) invalid.set(unit.name, unit);
  return {
    units: related.units,
    problems: [...problems, ...related.problems].sort(byPlace),
    templates,
    invalid: [...invalid.values()],
    ties,
    files: files.map((name) => join(folders.units, `${name}.yml`)),
  };

  /** Its own file, or that of its template; a template itself is no unit. */
  function fileOf(name: string): string | null {
    if (name.endsWith("@")) return null;
    if (files.includes(name)) return name;
    const template = name.slice(0, name.indexOf("@") + 1);
    return templates.includes(template) ? template : null;
  }

  async function readOne(name: string, file: string): Promise<PlacedUnit | InvalidUnit> {
    const read = readUnitFile(name, file, await readText(file));
    problems.push(...read.problems);
    if (!read.keys) return { name, file, needs: [], after: [], before: [] };
    const built = await buildUnit({ name, file, read: { ...read, keys: read.keys }, folders });
    problems.push(...built.problems);
    const orderings = (read.keys.after ?? []).map((other, at) => [other, read.place(["after", at], "value")] as const);
    ties.set(name, new Map([...orderings, ...built.needs.map(({ need, at }) => [need.unit, at] as const)]));
    const isRight = [...read.problems, ...built.problems].every(({ severity }) => severity !== "error");
    if (isRight && built.unit) return { unit: built.unit, needs: built.needs, place: read.place };
    const { after = [], before = [] } = read.keys;
    return { name, file, needs: built.needs.map(({ need }) => need), after, before };
  }

  /** Of a template without an instance only the keys can be checked, as nobody knows yet what %i is. */
  async function checkUnusedTemplates(): Promise<void> {
    for (const template of templates) {
      const known = [...units.keys(), ...invalid.keys()];
      if (known.some((name) => name.startsWith(template) && fileOf(name) === template)) continue;
      const file = join(folders.units, `${template}.yml`);
      const read = readUnitFile(template, file, await readText(file));
      problems.push(...read.problems.map((problem) => ({ ...problem, unit: null })));
    }
  }
}

async function readText(file: string): Promise<string | Error> {
  return readFile(file, "utf8").catch((error: Error) => error);
}

/** Names of the `*.yml` files. What editors leave behind is passed over; `.yaml` is a likely mistake and is told. */
async function unitFiles(folder: string, problems: UnitProblem[]): Promise<readonly string[]> {
  const warn = (path: string, code: string, message: string, hint: string) =>
    problems.push({ unit: null, severity: "warning", code, ...wholeFile(path), message, hint });
  const all = await readdir(folder).catch(() => null);
  if (!all) {
    warn(folder, "no-unit-folder", "there is no folder of unit files here", "make it, and put NAME.yml files there");
    return [];
  }
  for (const name of all.filter((one) => one.endsWith(".yaml") && !one.startsWith("."))) {
    const hint = `mv ${name} ${name.replace(/yaml$/, "yml")}`;
    warn(join(folder, name), "file-name", "files that end in .yaml are not read", hint);
  }
  return unitNamesIn(all);
}
