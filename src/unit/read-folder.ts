import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../svc-error.ts";
import { buildUnit } from "./build-unit.ts";
import { FileReader, type FileState, isMissing } from "./file-reader.ts";
import type { Obstacle } from "./obstacle.ts";
import type { PlacedPorts } from "./placed-ports.ts";
import type { PlacedUnit } from "./relations/relations.ts";
import type { Unit } from "./unit.ts";
import { readUnitFile } from "./unit-file.ts";
import { allowedNames, renaming, unitNamesIn } from "./unit-folder.ts";
import { type PlaceInFile, type UnitProblem, wholeFile } from "./unit-problem.ts";
import { unreadable } from "./unreadable.ts";
import type { Place } from "./yaml-text.ts";

export type UnitFolders = { readonly units: string; readonly defaultDir: string; readonly wwwDir: string };

/** The unit files of a folder, each by itself. */
export type FolderRead = {
  /** For each unit, valid or not. */
  readonly reads: ReadonlyMap<string, UnitRead>;
  /** `worker@` for worker@.yml. */
  readonly templates: readonly string[];
  /** Of all unit files and templates of the folder. */
  readonly files: readonly string[];
  /** Of the folder, and of templates without an instance. */
  readonly problems: readonly UnitProblem[];
};

/** What one unit file and the files that it names say, with nothing of other units. */
export type UnitRead = {
  readonly file: string;
  /** Of every file that was read, or would have been; null: it cannot be told. */
  readonly states: ReadonlyMap<string, FileState | null>;
  readonly outcome: ({ readonly isValid: true } & PlacedUnit) | ({ readonly isValid: false } & PlacedUnit<InvalidUnit>);
  readonly problems: readonly UnitProblem[];
  /** Where it says that it needs another, or starts after it: by the name that it says. */
  readonly ties: ReadonlyMap<string, PlaceInFile>;
  readonly ports: readonly PlacedPorts[];
  readonly obstacles: readonly Obstacle[];
};

/** A unit whose files are wrong, with what they say of others as far as they can be read. */
export type InvalidUnit = Pick<Unit, "name" | "file" | "sources" | "needs" | "after" | "before" | "conflicts"> &
  Partial<Pick<Unit, "tagFile">>;

/** `only`: that unit and those it needs, and no others. What is in `unchanged` is not read again. `date`: wall clock, ms. */
export type FolderOptions = {
  readonly instances?: readonly string[];
  readonly only?: string;
  readonly unchanged?: ReadonlyMap<string, UnitRead>;
  readonly date?: () => number;
};

/** Templates make an instance for each name in `instances` and for each that another unit needs. */
export async function readFolder(folders: UnitFolders, options: FolderOptions = {}): Promise<FolderRead> {
  const problems: UnitProblem[] = [];
  const names = new Set(await unitFiles(folders.units, problems));
  const templates = [...names].filter((name) => name.endsWith("@"));
  const reads = new Map<string, UnitRead>();

  const { only, instances = [] } = options;
  const wanted = only === undefined ? [...names, ...instances] : [only];
  for (const name of wanted) {
    const stem = stemOf(name);
    if (reads.has(name) || stem === null) continue;
    const file = join(folders.units, `${stem}.yml`);
    const known = options.unchanged?.get(name);
    const read = known?.file === file ? known : await readOne(name, file, folders, new FileReader(options.date));
    reads.set(name, read);
    const { outcome } = read;
    const needed = outcome.isValid ? outcome.needs.map(({ need }) => need.unit) : [];
    if (only === undefined) wanted.push(...needed.filter((one) => one.includes("@")));
    else if (name === only) wanted.push(...needed);
  }
  if (only === undefined) await checkUnusedTemplates();
  return { reads, templates, problems, files: [...names].map((name) => join(folders.units, `${name}.yml`)) };

  /** Its own file, or that of its template; a template itself is no unit. */
  function stemOf(name: string): string | null {
    if (name.endsWith("@")) return null;
    if (names.has(name)) return name;
    const template = name.slice(0, name.indexOf("@") + 1);
    return names.has(template) ? template : null;
  }

  /** Of a template without an instance only the keys can be checked, as nobody knows yet what %i is. */
  async function checkUnusedTemplates(): Promise<void> {
    for (const template of templates) {
      if ([...reads.keys()].some((name) => name.startsWith(template) && stemOf(name) === template)) continue;
      const file = join(folders.units, `${template}.yml`);
      const text = await readText(file, new FileReader());
      try {
        problems.push(...readUnitFile(template, file, text).problems.map((problem) => ({ ...problem, unit: null })));
      } catch (error) {
        problems.push(mistake(null, file, error));
      }
    }
  }
}

/** Whatever svc stumbles over in the files of one unit keeps no other from being read. */
async function readOne(name: string, file: string, folders: UnitFolders, reader: FileReader): Promise<UnitRead> {
  try {
    return await readFilesOf(name, file, folders, reader);
  } catch (error) {
    return nothingOf(name, file, { reader, problems: [mistake(name, file, error)], place: () => wholeFile(file) });
  }
}

async function readFilesOf(name: string, file: string, folders: UnitFolders, reader: FileReader): Promise<UnitRead> {
  const { states } = reader;
  const text = await readText(file, reader);
  const read = readUnitFile(name, file, text);
  const { keys } = read;
  const place = placeIn(name, file, text);
  if (!keys) return nothingOf(name, file, { reader, problems: read.problems, place });
  const built = await buildUnit({ name, file, read: { ...read, keys }, folders, reader });
  const problems = [...read.problems, ...built.problems];
  const { needs, ports } = built;
  const { after = [], before = [], conflicts = [] } = keys;
  const orderings = after.map((other, at) => [other, read.place(["after", at], "value")] as const);
  const ties = new Map([...orderings, ...built.needs.map(({ need, at }) => [need.unit, at] as const)]);
  const isRight = problems.every(({ severity }) => severity !== "error");
  // What is wrong may be the image's key.
  const obstacles = isRight ? built.obstacles : built.obstacles.filter(({ code }) => code !== "missing-image");
  const said = { file, states, problems, ties, ports, obstacles };
  if (isRight && built.unit) return { ...said, outcome: { isValid: true, unit: built.unit, needs, place } };
  const sources = [...states.keys()];
  const { tagFile } = built;
  const unit = { name, file, sources, tagFile, needs: needs.map(({ need }) => need), after, before, conflicts };
  return { ...said, outcome: { isValid: false, unit, needs, place } };
}

function nothingOf(
  name: string,
  file: string,
  about: { readonly reader: FileReader; readonly problems: readonly UnitProblem[]; readonly place: Place },
): UnitRead {
  const { problems, place } = about;
  const unit = { name, file, sources: [file], needs: [], after: [], before: [], conflicts: [] };
  const outcome = { isValid: false, unit, needs: [], place } as const;
  return { file, states: about.reader.states, outcome, problems, ties: new Map(), ports: [], obstacles: [] };
}

function mistake(unit: string | null, file: string, error: unknown): UnitProblem {
  return {
    unit,
    severity: "error",
    code: "internal",
    ...wholeFile(file),
    message: `svc could not read it: ${messageOf(error)}; this is a mistake in svc`,
    hint: "please report this, with the file; all other units are read",
  };
}

/** The document that knows all places is many times its text, and seldom asked: it is made again when it is. */
function placeIn(name: string, file: string, text: string | Error): Place {
  return (path, what) => readUnitFile(name, file, text).place(path, what);
}

async function readText(file: string, reader: FileReader): Promise<string | Error> {
  return reader.read(file).catch((error: Error) => error);
}

/** Names of the `*.yml` files. What editors leave behind is passed over; `.yaml`, and a name that no unit may have, is told. */
async function unitFiles(folder: string, problems: UnitProblem[]): Promise<readonly string[]> {
  const warn = (path: string, code: string, message: string, hint: string) =>
    problems.push({ unit: null, severity: "warning", code, ...wholeFile(path), message, hint });
  const all = await readdir(folder).catch((error: NodeJS.ErrnoException) => error);
  if (all instanceof Error) {
    const { because, hint } = unreadable(all);
    if (isMissing(all))
      warn(folder, "no-unit-folder", "there is no folder of unit files here", "make it, and put NAME.yml files there");
    else warn(folder, "no-unit-folder", `the folder of unit files cannot be read: ${because}`, hint);
    return [];
  }
  for (const name of all.filter((one) => /\.ya?ml$/.test(one) && !one.startsWith("."))) {
    const isRead = unitNamesIn([name]).length > 0;
    const message = name.endsWith(".yaml")
      ? "files that end in .yaml are not read"
      : `this is read as no unit file: ${allowedNames}`;
    if (!isRead) warn(join(folder, name), "file-name", message, renaming(name));
  }
  return unitNamesIn(all);
}
