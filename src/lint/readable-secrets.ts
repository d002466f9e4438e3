import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { isAlias, isScalar, visit } from "yaml";
import type { UnitsRead } from "../unit/read-units.ts";
import type { Unit } from "../unit/unit.ts";
import { maskedLine, type UnitProblem } from "../unit/unit-problem.ts";
import { readYaml } from "../unit/yaml-text.ts";
import { type Linted, warning } from "./lint.ts";
import { secretOf, variablesIn } from "./secrets.ts";

const readableByAll = 0o004;

/** Secrets in unit files, templates and wrong ones too, whoever may read them now: they are copied, mailed and put under version control. */
export async function secretsInUnitFiles(
  { units, files }: UnitsRead,
  concerns: (unit: string) => boolean,
): Promise<readonly UnitProblem[]> {
  const found = await Promise.all(
    files.map(async (file) => {
      const name = basename(file, ".yml");
      const unit = units.find((one) => one.file === file && concerns(one.name));
      if (!unit && !concerns(name)) return [];
      const text = await readFile(file, "utf8").catch(() => "");
      const mode = await stat(file).then(
        (one) => one.mode,
        () => 0,
      );
      return secretsIn(file, text).map(({ secret, ...place }): UnitProblem => {
        const message = `${secret} stands in the unit file${(mode & readableByAll) === 0 ? "" : ", which everybody can read"}`;
        const app = unit?.app ?? name.replace(/@.*$/, "");
        const hint = `move it to the env file, which root alone can read:  chmod 600 ${envFileOf(unit, app)}`;
        const owner = unit?.name ?? (name.endsWith("@") ? null : name);
        return { unit: owner, severity: "warning", code: "secret-in-unit-file", ...place, message, hint };
      });
    }),
  );
  return found.flat();
}

/** Where it is read from, whether it is there or not. */
function envFileOf(unit: Unit | undefined, app: string): string {
  return unit?.sources.find((path) => basename(path) === app) ?? `/etc/default/${app}`;
}

/** Where the names stand: of pairs, and of NAME=VALUE in whatever text. Values are never shown. */
function secretsIn(file: string, text: string) {
  const { document, at } = readYaml(file, text);
  const found: { readonly name: string; readonly secret: string; readonly offset: number }[] = [];
  const look = (name: string, value: string, offset: number): void => {
    const secret = secretOf(name, value);
    if (secret !== null) found.push({ name, secret, offset });
  };
  visit(document, {
    Pair(_, { key, value }) {
      const target = isAlias(value) ? value.resolve(document) : value;
      if (!isScalar(key) || !key.range || !isScalar(target)) return;
      const quote = /["']/.test(text.charAt(key.range[0])) ? 1 : 0;
      look(String(key.value), String(target.value ?? ""), key.range[0] + quote);
    },
    Scalar(position, { range }) {
      if (position === "key" || !range) return;
      const written = text.slice(range[0], range[1]);
      for (const { name, value, index } of variablesIn(written)) look(name, value, range[0] + index);
    },
  });
  return found.map(({ name, secret, offset }) => {
    const place = at(offset, name.length);
    const from = place.column - 1;
    return { ...place, secret, length: name.length, source: maskedLine(place.source, [from, from + name.length]) };
  });
}

/** Secrets in env files that everybody on the host can read. */
export async function secretsInEnvFiles(all: readonly Linted[]): Promise<readonly UnitProblem[]> {
  const files = [...new Map(all.flatMap((one) => one.unit.sources.slice(1).map((file) => [file, one] as const)))];
  return (await Promise.all(files.map(([file, one]) => inEnvFile(file, one)))).flat();
}

async function inEnvFile(file: string, one: Linted): Promise<readonly UnitProblem[]> {
  const stats = await stat(file).catch(() => null);
  if (!stats || (stats.mode & readableByAll) === 0) return [];
  const lines = (await readFile(file, "utf8").catch(() => "")).split("\n");
  const found = lines.filter((line) => !/^\s*#/.test(line)).flatMap(variablesIn);
  const names = new Set(found.filter(({ name, value }) => secretOf(name, value) !== null).map(({ name }) => name));
  if (names.size === 0) return [];
  const message = `${file} holds ${[...names].join(", ")} and everybody can read it`;
  return [
    {
      ...warning(one, { code: "readable-secret", key: null, message, hint: `chmod o-r ${file}` }),
      file,
      line: 1,
      column: 1,
      length: 0,
      source: "",
    },
  ];
}
