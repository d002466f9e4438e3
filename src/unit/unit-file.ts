import { readDollarSigns } from "./keys/dollar-signs.ts";
import { type UnitKeys, unitSchema } from "./keys/schema.ts";
import type { Grammar } from "./keys/schema-problems.ts";
import { unsuitedKeys } from "./keys/unsuited-keys.ts";
import { type KeysFile, readKeysFile } from "./keys-file.ts";
import type { UnitProblem } from "./unit-problem.ts";
import { changeScalars, type YamlText } from "./yaml-text.ts";

export type UnitFile = Omit<KeysFile<UnitKeys>, "problems"> & { readonly problems: readonly UnitProblem[] };

const grammar: Grammar<UnitKeys> = {
  schema: unitSchema,
  file: "a unit file",
  help: (key) => `svc help unit${key === null ? "" : ` ${key}`}`,
  unsuited: unsuitedKeys,
};

/** One unit file: its keys, checked against the schema, and every problem in it with its place. */
export function readUnitFile(unit: string, file: string, content: string | Error): UnitFile {
  const read = readKeysFile(file, content, grammar, (text, yaml) => {
    const problems = readDollarSigns(text, yaml).map((problem) => ({ code: "dollar", ...problem }));
    replaceSpecifiers(yaml, unit);
    return problems;
  });
  return { ...read, problems: read.problems.map((problem) => ({ unit, ...problem })) };
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
