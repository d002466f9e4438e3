import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { readSection, writeSection } from "../support/readme-section.ts";
import type { Row } from "./scenario.ts";

const scenarios = join(import.meta.dirname, "scenarios");
const mark = "<!-- made by npm run test:hosts -->";
const head = [
  "| what we do to it | what survives | faults | worst recovery | lost lines | lost units |",
  "|---|---|---|---|---|---|",
];

/** Writes what a run found into the README: a whole run the whole table, a run of some scenarios their rows. */
export default class TableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const played = tests.filter((test) => test.meta().row !== undefined);
    if (played.length === 0) return;
    const isWhole = played.length === tests.length && modules.length === readdirSync(scenarios).length;
    const rows = new Map(isWhole ? [] : rowsOf(readSection(mark)).map((row) => [nameOf(row), row]));
    for (const row of played.map(rowOf)) rows.set(nameOf(row), row);
    const now = [...head, ...rows.values()].join("\n");
    console.log(`\n${now}\n`);
    writeSection(mark, now);
  }
}

function rowOf(test: TestCase): string {
  const row = test.meta().row as Row;
  const survives = test.result().state === "passed" ? row.whatSurvives : "**it does not survive**";
  const worst = row.worstRecoveryMs === null ? "" : `${(row.worstRecoveryMs / 1000).toFixed(1)} s`;
  return `| ${[row.whatWeDo, survives, row.faults, worst, row.lostLines ?? "", row.lostUnits].join(" | ")} |`;
}

function rowsOf(table: string): readonly string[] {
  return table.split("\n").filter((line) => line.startsWith("| ") && !head.includes(line));
}

/** Numbers in a name may be other ones in another run: `200 random moments`. */
function nameOf(row: string): string {
  return (row.split(" | ")[0] ?? "").replace(/\d+/g, "N");
}
