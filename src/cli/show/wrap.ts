import { widthOf } from "./table.ts";

/**
 * The same text for a terminal of so many columns: lines that are longer go on below, broken between words. Under a row of a table
 * what goes on stands below its last column, under a branch of a tree below its words; a word that is wider stays whole.
 */
export function wrap(text: string, columns: number): string {
  return text
    .split("\n")
    .map((line) => (widthOf(line) <= columns ? line : wrapLine(line, columns)))
    .join("\n");
}

function wrapLine(line: string, columns: number): string {
  const indent = " ".repeat(hangingIndent(line, columns));
  const lines: string[] = [];
  let current = "";
  for (const piece of line.match(/\s+|\S+/g) ?? []) {
    const isFull = current.trim() !== "" && piece.trim() !== "" && widthOf(current + piece) > columns;
    if (isFull) lines.push(current.trimEnd());
    current = isFull ? indent + piece : current + piece;
  }
  return [...lines, current.trimEnd()].join("\n");
}

/** The last column of a row begins after the last wide gap; one that begins far to the right leaves no room to go on in. */
function hangingIndent(line: string, columns: number): number {
  const [lead = ""] = /^[\s│├└─]*/.exec(line) ?? [];
  const gaps = [...line.matchAll(/(?<=\S) {2,}(?=\S)/g)];
  const last = gaps.at(-1);
  const column = last ? widthOf(line.slice(0, last.index + last[0].length)) : 0;
  return column > 0 && column <= columns * 0.7 ? column : Math.min(widthOf(lead) + 2, Math.floor(columns / 2));
}
