import type { UnitProblem } from "../../unit/unit-problem.ts";
import { widthOf } from "./table.ts";

/** Each problem with its place, its hint, and the line it is in with a caret under it. */
export function showProblems(problems: readonly UnitProblem[]): string {
  return problems.map(showProblem).join("");
}

function showProblem(problem: UnitProblem): string {
  const { file, line, column, message, severity } = problem;
  const head = `${file}:${line}:${column}  ${severity}: ${message}${problem.hint ? `    hint: ${problem.hint}` : ""}\n`;
  if (problem.source === "") return head;
  const number = String(line);
  const { source, from } = aroundCaret(problem.source, column - 1);
  const before = source.slice(0, from);
  // A tab stays a tab, so that the caret stands under its character however wide tabs are.
  const indent = [...before].map((character) => (character === "\t" ? "\t" : " ".repeat(widthOf(character)))).join("");
  const marked = source.slice(from, from + problem.length);
  const carets = "^".repeat(Math.max(1, widthOf(marked)));
  return `${head}  ${number} | ${source}\n  ${" ".repeat(number.length)} | ${indent}${carets}\n`;
}

/** Longer lines are cut to what stands about the caret, so that the problem is not lost in them. */
const longestLine = 140;
const shownBefore = 50;

/** `from`: where the caret begins in what is left of the line. */
function aroundCaret(source: string, from: number): { readonly source: string; readonly from: number } {
  if (source.length <= longestLine) return { source, from };
  const start = Math.max(0, Math.min(from - shownBefore, source.length - longestLine));
  const end = start + longestLine;
  const mark = start > 0 ? "…" : "";
  return {
    source: `${mark}${source.slice(start, end)}${end < source.length ? "…" : ""}`,
    from: from - start + mark.length,
  };
}
