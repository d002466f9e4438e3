import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { FileReader } from "../unit/file-reader.ts";
import type { UnitsRead } from "../unit/read-units.ts";
import { isSecretName, secretsIn } from "../unit/secrets.ts";
import type { Unit } from "../unit/unit.ts";
import { maskedLine, type UnitProblem } from "../unit/unit-problem.ts";
import { readYaml } from "../unit/yaml-text.ts";
import { type Linted, warning } from "./lint.ts";

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
      const text = await new FileReader().read(file).catch(() => "");
      const mode = await stat(file).then(
        (one) => one.mode,
        () => 0,
      );
      return placesOfSecrets(file, text).map(({ name: variable, ...place }): UnitProblem => {
        const message = `the value of ${variable} stands in the unit file${(mode & readableByAll) === 0 ? "" : ", which everybody can read"}`;
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

/** Where the names stand; values are never shown. */
function placesOfSecrets(file: string, text: string) {
  const { document, at } = readYaml(file, text);
  return secretsIn(document, text).map(({ name, offset }) => {
    const place = at(offset, name.length);
    const from = place.column - 1;
    return { ...place, name, length: name.length, source: maskedLine(place.source, [from, from + name.length]) };
  });
}

/** Secrets in env files that everybody on the host can read. */
export async function secretsInEnvFiles(all: readonly Linted[]): Promise<readonly UnitProblem[]> {
  const files = [...new Map(all.flatMap((one) => one.unit.sources.slice(1).map((file) => [file, one] as const)))];
  return (await Promise.all(files.map(([file, one]) => inEnvFile(file, one)))).flat();
}

async function inEnvFile(file: string, one: Linted): Promise<readonly UnitProblem[]> {
  const found = await stat(file).catch(() => null);
  if (!found || (found.mode & readableByAll) === 0) return [];
  const lines = (await new FileReader().read(file).catch(() => "")).split("\n");
  const names = lines.flatMap((line) => {
    const name = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=\S/.exec(line)?.[1] ?? "";
    return isSecretName(name) ? [name] : [];
  });
  if (names.length === 0) return [];
  const message = `${file} holds ${names.join(", ")} and everybody can read it`;
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
