import { strayByte, strayByteWords } from "../utf8.ts";
import type { Assignment, EnvProblem } from "./env-file.ts";

/** Bytes that are not UTF-8, in variables alone: in a comment any may stand. */
export function strayBytes(assignments: readonly Assignment[], text: string): readonly EnvProblem[] {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return assignments.flatMap(({ name, value, line, column }) => {
    if (strayByte(name + value) === null) return [];
    const at = strayByte(text, (starts[line - 1] ?? 0) + column - 1) ?? 0;
    const found = starts.findLastIndex((start) => start <= at);
    return [{ line: found + 1, column: at - (starts[found] ?? 0) + 1, ...strayByteWords }];
  });
}
