import { wrapWords } from "./pieces.ts";
import { table, widthOf } from "./table.ts";

/** No column is made narrower, however little room there is. */
const narrowest = 14;
const gap = 2;

/**
 * The same table for a terminal of so many columns: where rows are wider, the widest columns give way, and what their cells hold goes
 * on below in the same column. Cells hold no colours.
 */
export function fittedTable(rows: readonly (readonly string[])[], columns: number): string {
  const widths = fittingWidths(rows, columns);
  return table(rows.flatMap((row) => linesOf(row, widths)));
}

function fittingWidths(rows: readonly (readonly string[])[], columns: number): readonly number[] {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? "")))) ?? [];
  const total = (): number => widths.reduce((sum, width) => sum + width + gap, -gap);
  while (total() > columns) {
    const widest = Math.max(...widths);
    if (widest <= narrowest) break;
    widths[widths.lastIndexOf(widest)] = widest - 1;
  }
  return widths;
}

function linesOf(row: readonly string[], widths: readonly number[]): readonly (readonly string[])[] {
  const cells = row.map((cell, at) => (widthOf(cell) <= (widths[at] ?? 0) ? [cell] : wrapWords(cell, widths[at] ?? 0)));
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) => cells.map((cell) => cell[line] ?? ""));
}
