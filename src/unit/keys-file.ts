import { isMap, isScalar } from "yaml";
import type * as z from "zod";
import { nulBytes } from "./keys/nul-bytes.ts";
import { type Grammar, schemaProblems } from "./keys/schema-problems.ts";
import { maskedLine, type PlaceInFile, type UnitProblem, wholeFile } from "./unit-problem.ts";
import { unreadable } from "./unreadable.ts";
import { strayByte, strayByteWords } from "./utf8.ts";
import { changeScalars, type Path, type Place, readYaml, type YamlProblem, type YamlText } from "./yaml-text.ts";

export type KeysFile<K> = {
  /** The keys that are right; null when the file cannot be read at all. */
  readonly keys: K | null;
  /** The names of the others, which are told of. */
  readonly wrongKeys: readonly string[];
  readonly place: Place;
  /** The place of a part of a text; that of the whole text where it is escaped, or goes over several lines. */
  readonly placeWithin: (path: Path, from: number, to: number) => PlaceInFile;
  readonly problems: readonly Omit<UnitProblem, "unit">[];
};

/**
 * One YAML file of keys: what it says, checked against the grammar's schema, and every problem in it with its place. `prepare` may change the
 * document before it is checked, and tells what is to be said about that.
 */
export function readKeysFile<K>(
  file: string,
  content: string | Error,
  grammar: Grammar<K>,
  prepare: (text: string, yaml: YamlText) => readonly (YamlProblem & { readonly code: string })[] = () => [],
): KeysFile<K> {
  const problems: Omit<UnitProblem, "unit">[] = [];
  const tell = (severity: UnitProblem["severity"], code: string, at: PlaceInFile, message: string, hint?: string) =>
    problems.push({ severity, code, ...at, message, ...(hint ? { hint } : {}) });

  if (content instanceof Error) {
    const { because, hint } = unreadable(content);
    tell("error", "unreadable", wholeFile(file), `it cannot be read: ${because}`, hint);
    const place = () => wholeFile(file);
    return { keys: null, wrongKeys: [], place, placeWithin: place, problems };
  }
  const text = content.replace(/^\uFEFF/, "");
  const yaml = readYaml(file, text);
  const { document, place } = yaml;
  const placeWithin: KeysFile<K>["placeWithin"] = (path, from, to) =>
    yaml.placeWithin(path, from, to) ?? place(path, "value");
  const read = { wrongKeys: [], place, placeWithin, problems };

  const stray = strayByte(text);
  if (stray !== null) {
    const at = yaml.at(stray, 1);
    const named = /^[\s-]*[\w.-]*:?/.exec(at.source)?.[0].length ?? 0;
    const place = { ...at, source: maskedLine(at.source, [0, named]) };
    tell("error", "yaml", place, strayByteWords.message, strayByteWords.hint);
    return { ...read, keys: null };
  }
  for (const { severity, at, message, hint } of yaml.problems) tell(severity, "yaml", at, message, hint);
  if (yaml.problems.some(({ severity }) => severity === "error")) return { ...read, keys: null };
  if (document.contents !== null && !isMap(document.contents) && !isEmpty(document.contents)) {
    const hint = `write KEY: VALUE lines; ${grammar.help(null)}`;
    tell("error", "yaml", place([], "value"), `${grammar.file} is a map of keys`, hint);
    return { ...read, keys: null };
  }
  keepNumbersAsWritten(yaml);
  for (const { severity, at, message, hint } of nulBytes(text, yaml)) tell(severity, "bad-value", at, message, hint);
  for (const { severity, code, at, message, hint } of prepare(text, yaml)) tell(severity, code, at, message, hint);

  let value: unknown;
  try {
    value = document.toJS() ?? {};
  } catch {
    tell(
      "error",
      "yaml",
      place([], "value"),
      "a *NAME or << in it stands for too much, or for no map",
      "use fewer *NAME",
    );
    return { ...read, keys: null };
  }
  const parsed = withoutExtensions(value, grammar.schema);
  if (parsed.success) return { ...read, keys: parsed.data };

  const found = schemaProblems(parsed.error.issues, value, grammar);
  for (const { code, path, what, message, hint } of found) tell("error", code, place(path, what), message, hint);
  const wrongKeys = found.map(({ path: [name] }) => String(name));
  return { ...read, wrongKeys, keys: rightKeys(value as Values, wrongKeys, grammar.schema) };
}

type Values = { [key: PropertyKey]: unknown };

/** `x-…` may stand wherever a map has fields that are known, as in Compose; only the schema knows where that is. */
function withoutExtensions<K>(value: unknown, schema: z.ZodType<K>): z.ZodSafeParseResult<K> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed;
  const extensions = parsed.error.issues.flatMap((issue) => extensionsIn(issue, []));
  if (extensions.length === 0) return parsed;
  for (const path of extensions) {
    let parent = value as Values;
    for (const step of path.slice(0, -1)) parent = parent[step] as Values;
    delete parent[path.at(-1) ?? ""];
  }
  return withoutExtensions(value, schema);
}

function extensionsIn(issue: z.core.$ZodIssue, above: Path): readonly Path[] {
  const path = [...above, ...issue.path];
  if (issue.code === "invalid_union") return issue.errors.flat().flatMap((inner) => extensionsIn(inner, path));
  if (issue.code !== "unrecognized_keys") return [];
  return issue.keys.filter((key) => key.startsWith("x-")).map((key) => [...path, key]);
}

/** The rest of the file is looked at too, so that all problems are told at once. */
function rightKeys<K>(value: Values, wrong: readonly string[], schema: z.ZodType<K>): K {
  return schema.parse(Object.fromEntries(Object.entries(value).filter(([name]) => !wrong.includes(name))));
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
