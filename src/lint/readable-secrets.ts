import { readFile, stat } from "node:fs/promises";
import { maskedLine, type UnitProblem } from "../unit/unit-problem.ts";
import { type Linted, warning } from "./lint.ts";

const secretName = /(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)s?$/i;
const readableByAll = 0o004;

/** Secrets that stand where everybody on the host can read them. Values are never shown. */
export async function readableSecrets(all: readonly Linted[]): Promise<readonly UnitProblem[]> {
  const inUnits = all.flatMap(inUnitFile);
  const files = [...new Map(all.flatMap((one) => one.unit.sources.slice(1).map((file) => [file, one] as const)))];
  const inEnvFiles = await Promise.all(files.map(([file, one]) => inEnvFile(file, one)));
  return [...inUnits, ...inEnvFiles.flat()];
}

/** In a unit file, whoever may read it now: unit files are copied, mailed and put under version control. */
function inUnitFile(one: Linted): readonly UnitProblem[] {
  return one.text.split("\n").flatMap((line, at) => {
    if (/^\s*#/.test(line)) return [];
    return [...line.matchAll(/(?<name>[A-Za-z_][A-Za-z0-9_]*)["']?\s*[:=]\s*["']?(?<value>[^\s"',}\]#]+)/g)].flatMap(
      (match) => {
        const { name = "", value = "" } = match.groups ?? {};
        const isLiteral = secretName.test(name) && !value.startsWith("$") && !/^(true|false|null|~|\{|\[)/.test(value);
        if (!isLiteral || /_FILE$/i.test(name)) return [];
        const message = `the value of ${name} stands in the unit file${(one.mode & readableByAll) === 0 ? "" : ", which everybody can read"}`;
        const shown: readonly [number, number] = [match.index, match.index + name.length];
        return [
          {
            unit: one.unit.name,
            severity: "warning" as const,
            code: "secret-in-unit-file",
            file: one.unit.file,
            line: at + 1,
            column: match.index + 1,
            length: name.length,
            source: maskedLine(line, shown),
            message,
            hint: `move it to the env file, which root alone can read:  chmod 600 /etc/default/${one.unit.app}`,
          },
        ];
      },
    );
  });
}

async function inEnvFile(file: string, one: Linted): Promise<readonly UnitProblem[]> {
  const found = await stat(file).catch(() => null);
  if (!found || (found.mode & readableByAll) === 0) return [];
  const lines = (await readFile(file, "utf8").catch(() => "")).split("\n");
  const names = lines.flatMap((line) => {
    const name = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=\S/.exec(line)?.[1] ?? "";
    return secretName.test(name) ? [name] : [];
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
