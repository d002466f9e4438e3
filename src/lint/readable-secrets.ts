import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { FileReader } from "../unit/file-reader.ts";
import type { InvalidUnit } from "../unit/read-folder.ts";
import type { UnitsRead } from "../unit/read-units.ts";
import { secretOf, secretsIn, variablesIn } from "../unit/secrets.ts";
import { type UnitProblem, wholeFile } from "../unit/unit-problem.ts";
import { readYaml } from "../unit/yaml-text.ts";

const readableByAll = 0o004;

type Asked = { readonly concerns: (unit: string) => boolean; readonly defaultDir: string };

/** Secrets in unit files, templates and wrong ones too, whoever may read them now: they are copied, mailed and put under version control. */
export async function secretsInUnitFiles(
  { units, invalid, files }: UnitsRead,
  { concerns, defaultDir }: Asked,
): Promise<readonly UnitProblem[]> {
  const all: readonly InvalidUnit[] = [...units, ...invalid];
  const found = await Promise.all(
    files.map(async (file) => {
      const name = basename(file, ".yml");
      const unit = all.find((one) => one.file === file && concerns(one.name));
      if (!unit && !concerns(name)) return [];
      const text = await new FileReader().read(file).catch(() => "");
      const mode = await stat(file).then(
        (one) => one.mode,
        () => 0,
      );
      return placesOfSecrets(file, text).map(({ secret, ...place }): UnitProblem => {
        const message = `${secret} stands in the unit file${(mode & readableByAll) === 0 ? "" : ", which everybody can read"}`;
        const envFile = envFileOf(unit) ?? join(defaultDir, name.replace(/@.*$/, ""));
        const hint = `move it to the env file, which root alone can read:  chmod 600 ${envFile}`;
        const owner = unit?.name ?? (name.endsWith("@") ? null : name);
        return { unit: owner, severity: "warning", code: "secret-in-unit-file", ...place, message, hint };
      });
    }),
  );
  return found.flat();
}

/** The first that is read, whether it is there or not. */
function envFileOf(unit: InvalidUnit | undefined): string | undefined {
  return unit?.sources.slice(1).find((path) => path !== unit.tagFile);
}

function placesOfSecrets(file: string, text: string) {
  const { document, placeOfName } = readYaml(file, text);
  return secretsIn(document, text).map(({ name, secret, offset }) => ({
    ...placeOfName(offset, name.length),
    secret,
  }));
}

/** Secrets in env files that everybody on the host can read. */
export async function secretsInEnvFiles(
  { units, invalid }: UnitsRead,
  concerns: (unit: string) => boolean,
): Promise<readonly UnitProblem[]> {
  const asked: readonly InvalidUnit[] = [...units, ...invalid].filter(({ name }) => concerns(name));
  const files = new Map(asked.flatMap(({ name, sources }) => sources.slice(1).map((file) => [file, name] as const)));
  return (await Promise.all([...files].map(([file, unit]) => inEnvFile(file, unit)))).flat();
}

async function inEnvFile(file: string, unit: string): Promise<readonly UnitProblem[]> {
  const stats = await stat(file).catch(() => null);
  if (!stats || (stats.mode & readableByAll) === 0) return [];
  const lines = (await new FileReader().read(file).catch(() => "")).split("\n");
  const found = lines.filter((line) => !/^\s*#/.test(line)).flatMap(variablesIn);
  const names = new Set(found.filter(({ name, value }) => secretOf(name, value) !== null).map(({ name }) => name));
  if (names.size === 0) return [];
  const message = `${file} holds ${[...names].join(", ")} and everybody can read it`;
  const hint = `chmod o-r ${file}`;
  return [{ unit, severity: "warning", code: "readable-secret", ...wholeFile(file), message, hint }];
}
