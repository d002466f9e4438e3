/** A place in a file. Lines and columns count from 1; `length` in characters, within the line. */
export type PlaceInFile = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** The text of that line, to show with a caret. Empty when there is none; values of secrets are masked. */
  readonly source: string;
};

/** A mistake in a file that the user wrote, with its place. */
export type UnitProblem = PlaceInFile & {
  /** The unit that it makes invalid; null when the file belongs to no unit. */
  readonly unit: string | null;
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
};

/** Those that make something fail. */
export function errorsAmong(problems: readonly UnitProblem[]): readonly UnitProblem[] {
  return problems.filter(({ severity }) => severity === "error");
}

/** For sorting. */
export function byPlace(one: PlaceInFile, other: PlaceInFile): number {
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return one.line - other.line || one.column - other.column;
}

export function isSamePlace(one: PlaceInFile, other: PlaceInFile): boolean {
  return byPlace(one, other) === 0;
}

/** The beginning of a file, for what is not in it. */
export function wholeFile(file: string): PlaceInFile {
  return { file, line: 1, column: 1, length: 0, source: "" };
}

/** The line with everything but the shown stretches masked, blanks apart: what is shown keeps its column. */
export function maskedLine(line: string, ...shown: readonly (readonly [from: number, to: number])[]): string {
  return [...line.split("").entries()]
    .map(([at, character]) =>
      /\s/.test(character) || shown.some(([from, to]) => at >= from && at < to) ? character : "·",
    )
    .join("");
}

/** The name that the line begins with, and the place itself: the rest of a variable may be a secret. */
export function maskedAround(place: PlaceInFile): PlaceInFile {
  const from = place.column - 1;
  const name = /^[\s-]*[^:=]*[:=]?/.exec(place.source)?.[0].length ?? 0;
  return { ...place, source: maskedLine(place.source, [0, name], [from, from + place.length]) };
}
