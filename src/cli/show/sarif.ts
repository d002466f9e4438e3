import type { UnitProblem } from "../../unit/unit-problem.ts";

/** SARIF 2.1.0, which forges and CI systems show beside the lines (docs.oasis-open.org/sarif). */
export function sarif(problems: readonly UnitProblem[], version: string): object {
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
                artifactLocation: { uri: encodeURI(`file://${problem.file}`) },
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
