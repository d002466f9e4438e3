/**
 * Rows at the end of what a command tells on a terminal, drawn anew in place; what is told for good goes above them. A row that is too
 * wide is cut off by the terminal, and of more rows than fit the last are shown: else it would not be known how far up to go.
 */
export function redrawnRows(
  err: (text: string) => void,
  height: () => number = () => process.stderr.rows ?? 24,
): (rows: string, above?: string) => void {
  let drawn = 0;
  return (rows, above = "") => {
    const all = rows.split("\n").slice(0, -1);
    const room = Math.max(1, height() - 1);
    const shown = all.length <= room ? all : [`… ${all.length - room + 1} more`, ...all.slice(all.length - room + 1)];
    const up = drawn > 0 ? `\x1b[${drawn}A` : "";
    // Row by row where nothing goes above: a screen that is cleared at once flickers, and what stood there goes into its history.
    const cleared = up !== "" && (above !== "" || shown.length === 0) ? `${up}\x1b[J${above}` : `${up}${above}`;
    const text = shown.map((row) => `\x1b[K${row}\n`).join("");
    err(text === "" ? cleared : `${cleared}\x1b[?7l${text}\x1b[?7h\x1b[J`);
    drawn = shown.length;
  };
}
