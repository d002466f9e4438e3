import { widthOf } from "../../src/cli/show/table.ts";

export type SmallTerminal = {
  /** Rows of cells, `text:style`; the second cell of a wide character is empty. */
  readonly cells: readonly (readonly string[])[];
  write(text: string): void;
};

/** A terminal that knows what svc top writes, and throws at anything else. It does not wrap. */
export function smallTerminal(columns: number, rows: number): SmallTerminal {
  const cells = Array.from({ length: rows }, () => Array.from({ length: columns }, () => " :"));
  let [row, column, style] = [0, 0, ""];
  return { cells, write };

  function write(text: string): void {
    const [plain = "", ...sequences] = text.split("\x1b[");
    for (const character of plain) put(character);
    for (const sequence of sequences) {
      const [whole = "", numbers = "", final = ""] = /^([\d;]*)([A-Za-z])/.exec(sequence) ?? [];
      if (final === "H") [row = 0, column = 0] = numbers.split(";").map((number) => Number(number) - 1);
      else if (final === "m") style = numbers.replace(/^0;?/, "");
      else if (final === "K" && numbers === "") cells[row]?.fill(" :", column);
      else if (final === "J" && numbers === "2") for (const line of cells) line.fill(" :");
      else throw new Error(`not known: ${JSON.stringify(sequence)}`);
      for (const character of sequence.slice(whole.length)) put(character);
    }
  }

  function put(character: string): void {
    const line = cells[row];
    const width = widthOf(character);
    if (!line || character < " ") throw new Error(`${JSON.stringify(character)} in row ${row}`);
    if (width === 0) {
      line[column - 1] = `${character}${line[column - 1]}`;
      return;
    }
    if (column + width > columns) throw new Error(`"${character}" is beyond the last column of row ${row}`);
    for (let at = column; at < column + width; at++) halve(line, at);
    line[column] = `${character}:${style}`;
    if (width === 2) line[column + 1] = "";
    column += width;
  }

  /** Half a wide character is a blank. */
  function halve(line: string[], at: number): void {
    if (line[at] === "" && at > 0) line[at - 1] = " :";
    if (line[at + 1] === "") line[at + 1] = " :";
  }
}
