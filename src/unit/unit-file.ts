import { isMap, isScalar } from "yaml";
import type * as z from "zod";
import { readDollarSigns } from "./keys/dollar-signs.ts";
import { type UnitKeys, unitSchema } from "./keys/schema.ts";
import { schemaProblems } from "./keys/schema-problems.ts";
import { type PlaceInFile, type UnitProblem, wholeFile } from "./unit-problem.ts";
import { changeScalars, type Path, type Place, readYaml, type YamlText } from "./yaml-text.ts";

export type UnitFile = {
  /** The keys that are right; null when the file cannot be read at all. */
  readonly keys: UnitKeys | null;
  readonly place: Place;
  /** The place of a part of a text; that of the whole text where it is escaped, or goes over several lines. */
  readonly placeWithin: (path: Path, from: number, to: number) => PlaceInFile;
  readonly problems: readonly UnitProblem[];
};

/** One unit file: its keys, checked against the schema, and every problem in it with its place. */
export function readUnitFile(unit: string, file: string, content: string | Error): UnitFile {
  const problems: UnitProblem[] = [];
  const tell = (severity: UnitProblem["severity"], code: string, at: PlaceInFile, message: string, hint?: string) =>
    problems.push({ unit, severity, code, ...at, message, ...(hint ? { hint } : {}) });

  if (content instanceof Error) {
    tell("error", "unreadable", wholeFile(file), content.message);
    return { keys: null, place: () => wholeFile(file), placeWithin: () => wholeFile(file), problems };
  }
  const text = content.replace(/^\uFEFF/, "");
  const yaml = readYaml(file, text);
  const { document, place } = yaml;
  const placeWithin: UnitFile["placeWithin"] = (path, from, to) =>
    yaml.placeWithin(path, from, to) ?? place(path, "value");
  const read = { place, placeWithin, problems };

  for (const { severity, at, message, hint } of yaml.problems) tell(severity, "yaml", at, message, hint);
  if (yaml.problems.some(({ severity }) => severity === "error")) return { ...read, keys: null };
  if (document.contents !== null && !isMap(document.contents) && !isEmpty(document.contents)) {
    tell("error", "yaml", place([], "value"), "a unit file is a map of keys", "write KEY: VALUE lines; svc help unit");
    return { ...read, keys: null };
  }
  for (const { severity, at, message, hint } of readDollarSigns(text, yaml))
    tell(severity, "dollar", at, message, hint);
  keepNumbersAsWritten(yaml);
  replaceSpecifiers(yaml, unit);

  let value: unknown;
  try {
    value = document.toJS() ?? {};
  } catch (error) {
    // Aliases that make too much of little.
    tell(
      "error",
      "yaml",
      place([], "value"),
      error instanceof Error ? error.message : String(error),
      "use fewer *NAME",
    );
    return { ...read, keys: null };
  }
  const parsed = withoutExtensions(value);
  if (parsed.success) return { ...read, keys: parsed.data };

  const found = schemaProblems(parsed.error.issues, value);
  for (const { code, path, what, message, hint } of found) tell("error", code, place(path, what), message, hint);
  return {
    ...read,
    keys: rightKeys(
      value as Values,
      found.map(({ path }) => path),
    ),
  };
}

type Values = { [key: PropertyKey]: unknown };
type Parsed = z.ZodSafeParseResult<UnitKeys>;

/** `x-…` may stand wherever a map has fields that are known, as in Compose; only the schema knows where that is. */
function withoutExtensions(value: unknown): Parsed {
  const parsed = unitSchema.safeParse(value);
  if (parsed.success) return parsed;
  const extensions = parsed.error.issues.flatMap((issue) => extensionsIn(issue, []));
  if (extensions.length === 0) return parsed;
  for (const path of extensions) {
    let parent = value as Values;
    for (const step of path.slice(0, -1)) parent = parent[step] as Values;
    delete parent[path.at(-1) ?? ""];
  }
  return withoutExtensions(value);
}

function extensionsIn(issue: z.core.$ZodIssue, above: Path): readonly Path[] {
  const path = [...above, ...issue.path];
  if (issue.code === "invalid_union") return issue.errors.flat().flatMap((inner) => extensionsIn(inner, path));
  if (issue.code !== "unrecognized_keys") return [];
  return issue.keys.filter((key) => key.startsWith("x-")).map((key) => [...path, key]);
}

/** The rest of the file is looked at too, so that all problems are told at once. */
function rightKeys(value: Values, wrong: readonly Path[]): UnitKeys {
  const names = new Set(wrong.map(([name]) => String(name)));
  return unitSchema.parse(Object.fromEntries(Object.entries(value).filter(([name]) => !names.has(name))));
}

function isEmpty(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}

/** Where a text is wanted, `1.10`, `0644` and long numbers stand for what was written. */
function keepNumbersAsWritten({ document }: YamlText): void {
  changeScalars(document, (value, node) => {
    if (typeof value !== "number" || !isScalar(node) || node.source === undefined) return value;
    return String(value) === node.source ? value : node.source;
  });
}

/** What a template is checked with, as nobody knows its instances: it suits names and numbers. */
const anyInstance = "1";

/** `%i` the instance, `%p` what stands before the @, `%n` the whole name, `%%` a percent sign; in templates. */
function replaceSpecifiers({ document }: YamlText, unit: string): void {
  const [prefix = "", named] = unit.split("@");
  if (named === undefined) return;
  const instance = named === "" ? anyInstance : named;
  const meanings: { readonly [specifier: string]: string } = {
    "%i": instance,
    "%p": prefix,
    "%n": `${prefix}@${instance}`,
    "%%": "%",
  };
  const replace = (text: string) => text.replace(/%[ipn%]/g, (found) => meanings[found] ?? found);
  changeScalars(document, (value) => (typeof value === "string" ? replace(value) : value), "keys too");
}
