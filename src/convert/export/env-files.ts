import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type EnvFormat, readEnvText } from "../../unit/app-files/env-file.ts";
import { isOwnVariable } from "../../unit/flag-layers.ts";
import type { Value } from "../import/draft.ts";
import type { ExportedUnit } from "./exported.ts";

type Environment = { readonly [name: string]: Value };

export type EnvFilesFor = {
  readonly keys: { readonly [key: string]: Value };
  /** What is left for `environment`. */
  readonly environment: Value | undefined;
  readonly comments: readonly string[];
};

/** The env files of a unit as Compose's env_file where it reads the same in them; else their variables stay in `environment`. */
export async function envFilesFor({ unit, keys }: ExportedUnit, given: Value | undefined): Promise<EnvFilesFor> {
  const environment = (given ?? {}) as Environment;
  const usual = keys.env_format ?? "sh";
  const folder = dirname(unit.file);
  // Without the key it is the file of the app, which stands behind the unit file among the sources.
  const asked = keys.env_file ?? unit.sources.slice(1, 2).map((path) => resolve(path));
  const files: Value[] = [];
  const comments: string[] = [];
  const said = new Map<string, string>();
  for (const one of asked) {
    const { path, required = true, format = usual } = typeof one === "string" ? { path: one } : one;
    const whole = resolve(folder, path);
    const text = await readFile(whole, "utf8").catch(() => null);
    if (text === null) continue;
    const grammar: EnvFormat = format === "raw" ? "docker" : format;
    const variables = readEnvText(text, grammar).assignments.map(({ name, value }) => [name, value] as const);
    if (!isReadAlike(text, variables, grammar)) {
      comments.push(`environment holds what ${whole} says now: Compose would read that file otherwise`);
      continue;
    }
    files.push({ path: whole, ...(required ? {} : { required }), ...(grammar === "docker" ? { format: "raw" } : {}) });
    for (const [name, value] of variables) said.set(name, value);
  }
  const left = Object.entries(environment).filter(([name, value]) => said.get(name) !== value);
  return {
    keys: files.length === 0 ? {} : { env_file: files },
    environment: left.length === 0 ? undefined : Object.fromEntries(left),
    comments,
  };
}

/** Compose replaces variables in the file, and puts IMAGE and the like into the container. */
function isReadAlike(text: string, variables: readonly (readonly [string, string])[], grammar: EnvFormat): boolean {
  if (variables.some(([name]) => isOwnVariable(name))) return false;
  if (grammar === "docker") return !/^[ \t]*[^#=\s][^=]*$/m.test(text);
  if (/[$`\\]/.test(text)) return false;
  const theirs = readEnvText(text, "dotenv").assignments.map(({ name, value }) => [name, value]);
  return isDeepStrictEqual(new Map(theirs as [string, string][]), new Map(variables));
}
