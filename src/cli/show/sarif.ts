import { isAbsolute, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { UnitProblem } from "../../unit/unit-problem.ts";

/** SARIF 2.1.0, which forges and CI systems show beside the lines (docs.oasis-open.org/sarif); `folder` is where they begin. */
export function sarif(problems: readonly UnitProblem[], version: string, folder: string): object {
  const rules = [...new Set(problems.map(({ code }) => code))].sort();
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "svc check", version, rules: rules.map((id) => ({ id })) } },
        results: problems.map((problem) => ({
          ruleId: problem.code,
          ruleIndex: rules.indexOf(problem.code),
          level: problem.severity,
          message: { text: problem.hint ? `${problem.message}. ${problem.hint}` : problem.message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(problem.file, folder) },
                region: {
                  startLine: problem.line,
                  startColumn: problem.column,
                  endColumn: problem.column + Math.max(0, problem.length),
                },
              },
            },
          ],
        })),
      },
    ],
  };
}

/** Below the folder relative to it, as forges know their files; elsewhere whole. */
function uriOf(file: string, folder: string): string {
  const whole = resolve(folder, file);
  const below = relative(folder, whole);
  const isBelow = below !== "" && below.split(sep)[0] !== ".." && !isAbsolute(below);
  return isBelow ? below.split(sep).map(encodeURIComponent).join("/") : pathToFileURL(whole).href;
}
