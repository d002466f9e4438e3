/** A mistake in a file that the user wrote, with its place. Lines and columns count from 1; `length` in characters. */
export type UnitProblem = {
  /** The unit that it makes invalid; null when the file belongs to no unit. */
  readonly unit: string | null;
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly message: string;
  readonly hint?: string;
  /** The text of that line, to show with a caret. Empty when there is none; values of secrets are masked. */
  readonly source: string;
};
