import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { showProblems } from "../../../../src/cli/show/problems.ts";
import { readFiles } from "./read-one.ts";

const file = join(import.meta.dirname, "../../../golden/units/problems.txt");

/** `## name`, the unit file `web.yml`, more files each after `=== path`, and after `--- shows` what svc check shows of them. */
export type ProblemCase = { readonly name: string; readonly source: string; readonly shown: string };

export function problemCases(): readonly ProblemCase[] {
  const parts = readFileSync(file, "utf8").split(/^## /m).slice(1);
  return parts.map((part) => {
    const [written = "", shown = ""] = part.split("\n--- shows\n");
    const end = written.indexOf("\n");
    return { name: written.slice(0, end), source: written.slice(end + 1), shown: `${shown.trimEnd()}\n` };
  });
}

export function writeProblemCases(cases: readonly ProblemCase[]): void {
  writeFileSync(file, cases.map(({ name, source, shown }) => `## ${name}\n${source}\n--- shows\n${shown}\n`).join(""));
}

/** What svc check shows of a case. There is always a unit db beside it. */
export async function showCase(source: string): Promise<string> {
  const [unit = "", ...others] = `${source}\n`.split(/^=== /m);
  const files = others.map((part): [string, string] => {
    const end = part.indexOf("\n");
    return [part.slice(0, end), part.slice(end + 1)];
  });
  const all = { "units/web.yml": unit, "units/db.yml": "image: db\n", ...Object.fromEntries(files) };
  const read = await readFiles(all);
  return showProblems(read.problems).replaceAll(`${read.folder}/`, "").replaceAll("units/web.yml:", "web.yml:");
}
