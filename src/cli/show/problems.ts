import type { UnitProblem } from "../../unit/unit-problem.ts";
import { widthOf } from "./table.ts";

/** Each problem with its place, its hint, and the line it is in with a caret under it. */
export function showProblems(problems: readonly UnitProblem[]): string {
  return problems.map(showProblem).join("");
}

function showProblem(problem: UnitProblem): string {
  const { file, line, column, message, severity, source } = problem;
  const head = `${file}:${line}:${column}  ${severity}: ${message}${problem.hint ? `    hint: ${problem.hint}` : ""}\n`;
  if (source === "") return head;
  const number = String(line);
  const before = source.slice(0, column - 1);
  // A tab stays a tab, so that the caret stands under its character however wide tabs are.
  const indent = [...before].map((character) => (character === "\t" ? "\t" : " ".repeat(widthOf(character)))).join("");
  const marked = source.slice(column - 1, column - 1 + problem.length);
  const carets = "^".repeat(Math.max(1, widthOf(marked)));
  return `${head}  ${number} | ${source}\n  ${" ".repeat(number.length)} | ${indent}${carets}\n`;
}
