/** A stretch of a file that is read as one line, such as one that is continued by backslashes. */
export type Stretch = {
  readonly text: string;
  /** The line of the file that a character of the text stands on. */
  readonly lineAt: (offset: number) => number;
};

/** Joins pieces of text that stand on lines of their own. */
export function joined(pieces: readonly { readonly text: string; readonly line: number }[], between: string): Stretch {
  const starts: { readonly from: number; readonly line: number }[] = [];
  let text = "";
  for (const [at, piece] of pieces.entries()) {
    if (at > 0) text += between;
    starts.push({ from: text.length, line: piece.line });
    text += piece.text;
  }
  const lineAt = (offset: number): number => starts.findLast(({ from }) => from <= offset)?.line ?? 1;
  return { text, lineAt };
}

/** The lines of a file; a byte order mark and CRLF ends are from other systems. */
export function linesOf(text: string): readonly { readonly text: string; readonly line: number }[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .map((line, at) => ({ text: line, line: at + 1 }));
}
