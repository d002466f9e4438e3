import { dirname, join, resolve } from "node:path";
import { type FileReader, isMissing } from "../file-reader.ts";
import type { UnitKeys } from "../keys/schema.ts";
import type { Obstacle } from "../obstacle.ts";
import type { UnitFolders } from "../read-folder.ts";
import { maskedLine, type PlaceInFile, type UnitProblem, wholeFile } from "../unit-problem.ts";
import { unreadable } from "../unreadable.ts";
import type { Place } from "../yaml-text.ts";
import { type Assignment, type EnvFormat, type EnvProblem, readEnvText } from "./env-file.ts";
import { strayBytes } from "./stray-bytes.ts";
import { readTag, type Tag } from "./tag-file.ts";

/** What stands on the disk for an app beside its unit files: variables and the tag. */
export type AppFiles = {
  readonly variables: ReadonlyMap<string, Variable>;
  readonly tagFile: string;
  readonly tag: Tag | null;
  /** Of files that must be there and cannot be read. */
  readonly missing: readonly Obstacle[];
  readonly problems: readonly UnitProblem[];
};

/** A variable, and where a stretch of its value stands. No text of an env file is shown but names of variables and flags. */
export type Variable = Assignment & { readonly placeOfText: (from: number, to: number, shown?: number) => PlaceInFile };

type Asking = {
  readonly name: string;
  readonly file: string;
  readonly keys: UnitKeys;
  readonly folders: UnitFolders;
  readonly reader: FileReader;
  readonly place: Place;
};

/** The env files and the TAG file of a unit's app. Of a variable that is set twice the last counts. */
export async function readAppFiles(asking: Asking, app: string): Promise<AppFiles> {
  const { name, file, keys, folders, reader } = asking;
  const problems: UnitProblem[] = [];
  const variables = new Map<string, Variable>();
  const wanted = envFilesOf(asking, app);
  const missing: Obstacle[] = [];
  for (const { path, required, format, at } of wanted) {
    const text = await reader.read(path).catch((error: NodeJS.ErrnoException) => error);
    if (text instanceof Error) {
      if (required || !isMissing(text)) missing.push({ ...at(), ...missingFile(path, text, file) });
      continue;
    }
    const known = new Map([...variables].map(([variable, { value }]) => [variable, value]));
    const read = readEnvText(text, format, { known, host: process.env });
    const unmarked = text.replace(/^\uFEFF/, "");
    const lines = unmarked.split(/\r?\n/);
    const tell = (severity: UnitProblem["severity"], code: string, told: readonly EnvProblem[] = []): void => {
      for (const { line, column, message, hint } of told) {
        const at = { file: path, line, column, length: 1, source: nameOnly(lines[line - 1] ?? "") };
        problems.push({ unit: name, severity, code, ...at, message, hint });
      }
    };
    tell("error", "invalid-env-file", [...read.problems, ...strayBytes(read.assignments, unmarked)]);
    tell("warning", "unset-variable", read.warnings);
    for (const one of read.assignments) variables.set(one.name, { ...one, placeOfText: placesIn(path, lines, one) });
  }

  const tagFile = keys.tag_file ? resolve(dirname(file), keys.tag_file) : join(folders.wwwDir, app, "TAG");
  const tag = await readTag(tagFile, reader);
  if (tag && !tag.ok) {
    const at = { ...wholeFile(tagFile), line: tag.line };
    const hint = "write: export TAG=build-42";
    problems.push({ unit: name, severity: "warning", code: "invalid-tag-file", ...at, message: tag.message, hint });
  }
  return { variables, tagFile, tag, missing, problems };
}

type WantedFile = {
  readonly path: string;
  readonly required: boolean;
  readonly format: EnvFormat;
  /** Where it is named. */
  readonly at: () => PlaceInFile;
};

function envFilesOf({ file, keys, folders, place }: Asking, app: string): readonly WantedFile[] {
  const usual = keys.env_format ?? "sh";
  if (!keys.env_file) {
    const path = join(folders.defaultDir, app);
    return [{ path, required: false, format: usual, at: () => wholeFile(path) }];
  }
  return keys.env_file.map((one, index) => {
    const { path, required = true, format = usual } = typeof one === "string" ? { path: one } : one;
    const at = (): PlaceInFile => place(["env_file", index, ...(typeof one === "string" ? [] : ["path"])], "value");
    return { path: resolve(dirname(file), path), required, format: format === "raw" ? "docker" : format, at };
  });
}

function missingFile(path: string, error: NodeJS.ErrnoException, unitFile: string): Omit<Obstacle, keyof PlaceInFile> {
  const code = "missing-file";
  if (isMissing(error))
    return { code, message: `there is no env file ${path}`, hint: `write it, or take env_file out of ${unitFile}` };
  const { because, hint } = unreadable(error);
  return { code, message: `${path} cannot be read: ${because}`, hint };
}

/** Any line may hold a secret, also one without a name: only the name of an assignment is shown. */
function nameOnly(line: string): string {
  return /^\s*(?:export\s+)?[A-Za-z_]\w*=/.exec(line)?.[0].concat("…") ?? "…";
}

/** `shown` characters of the stretch, a flag's name, are shown with the variable's name; the rest is masked. */
function placesIn(file: string, lines: readonly string[], variable: Assignment): Variable["placeOfText"] {
  const { name, line, column, valueColumn } = variable;
  return (from, to, shown = 0) => {
    const spot = variable.placeOf?.(from, to);
    if (!spot) return { file, line, column: valueColumn, length: 1, source: `${name}=…` };
    const start = spot.column - 1;
    const own: readonly [number, number] = [start, start + Math.min(shown, spot.length)];
    const source = maskedLine(lines[spot.line - 1] ?? "", own, spot.line === line ? [0, column + name.length] : [0, 0]);
    return { file, ...spot, source };
  };
}
