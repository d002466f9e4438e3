import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import type { Row } from "./scenario.ts";

const readme = join(import.meta.dirname, "../../README.md");
const scenarios = join(import.meta.dirname, "scenarios");
const isShort = process.env.SVC_HOSTS === "short";
const begin = "<!-- made by npm run test:hosts -->";
const end = "<!-- end -->";

/** Writes what a whole run found into the README. A run of some scenarios only prints it. */
export default class TableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const rows = tests.filter((test) => test.meta().row !== undefined);
    if (rows.length === 0) return;
    const table = tableOf(rows);
    console.log(`\n${table}\n`);
    if (rows.length < tests.length || modules.length < readdirSync(scenarios).length || isShort) return;
    const text = readFileSync(readme, "utf8");
    const [before, rest] = text.split(begin);
    const after = rest?.split(end)[1];
    if (before === undefined || after === undefined) throw new Error(`README.md has no ${begin} … ${end}`);
    writeFileSync(`${readme}.new`, `${before}${begin}\n\n${table}\n\n${end}${after}`);
    renameSync(`${readme}.new`, readme);
  }
}

function tableOf(tests: readonly TestCase[]): string {
  const lines = tests.map((test) => {
    const row = test.meta().row as Row;
    const passed = test.result().state === "passed";
    const worst = row.worstRecoveryMs === null ? "" : `${(row.worstRecoveryMs / 1000).toFixed(1)} s`;
    const lost = row.lostLines === null ? "" : String(row.lostLines);
    return `| ${row.whatWeDo} | ${passed ? row.whatSurvives : "**it does not survive**"} | ${row.faults} | ${worst} | ${lost} | ${row.lostUnits} |`;
  });
  return [
    "| what we do to it | what survives | faults | worst recovery | lost lines | lost units |",
    "|---|---|---|---|---|---|",
    ...lines,
  ].join("\n");
}
