import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildUnit } from "./build-unit.ts";
import type { InvalidUnit, UnitRead } from "./known-units.ts";
import { type PlacedUnit, relate } from "./relations/relations.ts";
import type { Unit } from "./unit.ts";
import { readUnitFile } from "./unit-file.ts";
import { unitNamesIn } from "./unit-folder.ts";
import { byPlace, type PlaceInFile, type UnitProblem, wholeFile } from "./unit-problem.ts";
import type { Place } from "./yaml-text.ts";

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
  /** What was read for each unit, valid or not. */
  readonly reads: ReadonlyMap<string, UnitRead>;
};

/**
 * Every unit of the folder sorted by name, and every problem, sorted by place. Templates make an instance for each name in `instances` and for
 * each that another unit needs. A file that is wrong makes its own unit invalid and no other. With `only`, that unit and those
 * it needs are read and no others; what is in `unchanged` is not read again.
 */
export async function readUnits(
  folders: UnitFolders,
  options: {
    readonly instances?: readonly string[];
    readonly only?: string;
    readonly unchanged?: ReadonlyMap<string, UnitRead>;
  } = {},
): Promise<UnitsRead> {
  const problems: UnitProblem[] = [];
  const files = await unitFiles(folders.units, problems);
  const templates = files.filter((name) => name.endsWith("@"));
  const units = new Map<string, PlacedUnit>();
  const invalid = new Map<string, InvalidUnit>();
  const reads = new Map<string, UnitRead>();

  const { only, instances = [] } = options;
  const wanted = only === undefined ? [...files.filter((name) => !name.endsWith("@")), ...instances] : [only];
  for (let name = wanted.shift(); name !== undefined; name = wanted.shift()) {
    const stem = fileOf(name);
    if (units.has(name) || invalid.has(name) || stem === null) continue;
    const file = join(folders.units, `${stem}.yml`);
    const known = options.unchanged?.get(name);
    const read = known?.file === file ? known : await readOne(name, file, folders);
    reads.set(name, read);
    problems.push(...read.problems);
    const { outcome } = read;
    if ("unit" in outcome) units.set(name, outcome);
    else invalid.set(name, outcome);
    const needed = "unit" in outcome ? outcome.needs.map(({ need }) => need.unit) : [];
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
    ties: new Map([...reads].map(([name, read]) => [name, read.ties])),
    reads,
    files: files.map((name) => join(folders.units, `${name}.yml`)),
  };

  /** Its own file, or that of its template; a template itself is no unit. */
  function fileOf(name: string): string | null {
    if (name.endsWith("@")) return null;
    if (files.includes(name)) return name;
    const template = name.slice(0, name.indexOf("@") + 1);
    return templates.includes(template) ? template : null;
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

async function readOne(name: string, file: string, folders: UnitFolders): Promise<UnitRead> {
  const text = await readText(file);
  const read = readUnitFile(name, file, text);
  const { keys } = read;
  if (!keys) {
    const outcome = { name, file, needs: [], after: [], before: [] };
    return { file, sources: [file], outcome, problems: read.problems, ties: new Map() };
  }
  const built = await buildUnit({ name, file, read: { ...read, keys }, folders });
  const problems = [...read.problems, ...built.problems];
  const { after = [], before = [] } = keys;
  const orderings = after.map((other, at) => [other, read.place(["after", at], "value")] as const);
  const ties = new Map([...orderings, ...built.needs.map(({ need, at }) => [need.unit, at] as const)]);
  const isRight = problems.every(({ severity }) => severity !== "error");
  const outcome =
    isRight && built.unit
      ? { unit: built.unit, needs: built.needs, place: placeIn(name, file, text) }
      : { name, file, needs: built.needs.map(({ need }) => need), after, before };
  return { file, sources: built.sources, outcome, problems, ties };
}

/** The document that knows all places is many times its text, and seldom asked: it is made again when it is. */
function placeIn(name: string, file: string, text: string | Error): Place {
  return (path, what) => readUnitFile(name, file, text).place(path, what);
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
