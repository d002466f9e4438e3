import { widthOf } from "../show/table.ts";
import { type Line, type Size, textOf } from "./screen.ts";

type Cell = { readonly text: string; readonly style: string };

/** Cells that are the same between two that are not: to write them anew is shorter than to go there. */
const closeCells = 8;

/**
 * What makes of a screen the next one; of the first (`before` null) all. Only cells that differ are written, so that a look
 * costs a slow line little. A row with other characters than ASCII is written as a whole: terminals do not agree how wide some are.
 *
 * Our own, since none of the libraries fits into the one file that svc is: terminal-kit 3.1 finds its parts by names made at
 * run time, and brings decoders for three kinds of images; ink 8 has a top-level await; pi-tui 0.73 asks where its module lies,
 * and draws below the prompt; blessed and its forks are not kept.
 */
export function repaint(before: readonly Line[] | null, after: readonly Line[], size: Size): string {
  let written = before === null ? "\x1b[0m\x1b[2J" : "";
  for (let row = 0; row < size.rows; row++) {
    const old = before?.[row] ?? [];
    const now = after[row] ?? [];
    const [oldText, nowText] = [textOf(old), textOf(now)];
    if (isSame(old, now)) continue;
    written += isAscii(oldText) && isAscii(nowText) ? changedCells(old, now, row, size) : wholeRow(now, row, size);
  }
  return written;
}

function isSame(one: Line, other: Line): boolean {
  const isEqual = ({ text, style }: Cell, at: number): boolean =>
    text === other[at]?.text && style === other[at]?.style;
  return one.length === other.length && one.every(isEqual);
}

function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

function changedCells(old: Line, now: Line, row: number, { columns }: Size): string {
  const [oldCells, cells] = [cellsOf(old, columns), cellsOf(now, columns)];
  const differs = (at: number): boolean =>
    cells[at]?.text !== oldCells[at]?.text || cells[at]?.style !== oldCells[at]?.style;
  let written = "";
  for (let from = 0; from < columns; from++) {
    if (!differs(from)) continue;
    let end = from + 1;
    for (let at = end; at < columns && at < end + closeCells; at++) if (differs(at)) end = at + 1;
    written += goTo(row, from) + styled(cells.slice(from, end));
    from = end;
  }
  return written;
}

/** The rest is erased only where there is a rest: behind the last column some terminals would erase that. */
function wholeRow(now: Line, row: number, { columns }: Size): string {
  const rest = widthOf(textOf(now)) < columns ? "\x1b[K" : "";
  return goTo(row, 0) + styled(now) + rest;
}

function cellsOf(line: Line, columns: number): readonly Cell[] {
  const cells = line.flatMap(({ text, style }) => [...text].map((character): Cell => ({ text: character, style })));
  return [...cells, ...Array.from({ length: columns - cells.length }, (): Cell => ({ text: " ", style: "" }))];
}

function styled(cells: readonly Cell[]): string {
  let style = "";
  let written = "";
  for (const cell of cells) {
    if (cell.style !== style) written += cell.style === "" ? "\x1b[0m" : `\x1b[0;${cell.style}m`;
    style = cell.style;
    written += cell.text;
  }
  return style === "" ? written : `${written}\x1b[0m`;
}

function goTo(row: number, column: number): string {
  return `\x1b[${row + 1};${column + 1}H`;
}
