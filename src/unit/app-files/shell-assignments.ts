import type { Assignment, EnvFile, EnvProblem, Spot } from "./env-file.ts";
import { readShellWord } from "./shell-word.ts";

/**
 * `export` or not, quotes, backslash-newline, comments. `$NAME` is replaced where NAME was set before, in this file or an
 * earlier one, as sh would; nothing is executed: a command substitution is a problem, as is any line that is no assignment.
 */
export function readAssignments(text: string, before: ReadonlyMap<string, string>): EnvFile {
  const assignments: Assignment[] = [];
  const problems: EnvProblem[] = [];
  const warnings: EnvProblem[] = [];
  const known = new Map(before);
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];

  // export sees all its words before it sets any.
  const exported = new Map<string, string>();
  let exporting = false;
  let isBegun = false;
  for (let at = skipBlanks(text, 0); at < text.length; at = skipBlanks(text, at)) {
    const character = text.charAt(at);
    if (character === "#") at = endOfLine(text, at);
    else if (character === ";" && !isBegun) at = refuse(at, "nothing stands before this semicolon", "take it out");
    else if (character === "\n" || character === ";") {
      endStatement();
      at++;
    } else {
      isBegun = true;
      at = readStatement(at);
    }
  }
  return { assignments, problems, warnings };

  /** `export A=1 B=2` goes on until here. */
  function endStatement(): void {
    for (const [name, value] of exported) known.set(name, value);
    exported.clear();
    exporting = false;
    isBegun = false;
  }

  function readStatement(start: number): number {
    const word = /^export(?=[ \t\n;\\]|$)/.exec(text.slice(start, start + 7));
    if (word && !exporting) {
      exporting = true;
      return start + word[0].length;
    }
    const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(text.slice(start, start + 256))?.[0] ?? "";
    const afterName = start + name.length;
    if (name !== "" && text.charAt(afterName) === "=") return readValue(name, start, afterName + 1);
    // `export NAME` alone marks it and assigns nothing.
    if (exporting && name !== "" && /^(?:[\s;#]|\\\n|$)/.test(text.slice(afterName, afterName + 2))) return afterName;
    const last = assignments.at(-1);
    const follows = last?.line === spot(start, start).line && !exporting ? last : null;
    return refuse(
      start,
      follows ? "the value ended before this word" : "this is not an assignment",
      follows
        ? `quote a value that has blanks: ${follows.name}="…"`
        : "write NAME=value; nothing in this file is executed",
    );
  }

  function readValue(name: string, start: number, valueStart: number): number {
    const word = readShellWord(text, valueStart, known);
    if ("message" in word) return refuse(word.at, word.message, word.hint);
    (exporting ? exported : known).set(name, word.value);
    for (const { name: lost, at } of word.unset) {
      const { line, column } = spot(at, at);
      const message = `${lost} is not set before this line, so nothing stands in its place`;
      warnings.push({
        line,
        column,
        message,
        hint: `write its value; sh would take an inherited ${lost}, svc takes none`,
      });
    }
    const { line, column } = spot(start, start);
    const valueColumn = spot(valueStart, valueStart).column;
    const { value, offsets, end } = word;
    const placeOf = (from: number, to: number): Spot =>
      spot(offsets[from] ?? valueStart, (offsets[to - 1] ?? valueStart) + 1);
    assignments.push({ name, value, line, column, valueColumn, placeOf });
    return end;
  }

  function refuse(offset: number, message: string, hint: string): number {
    const { line, column } = spot(offset, offset);
    problems.push({ line, column, message, hint });
    endStatement();
    return endOfLine(text, offset);
  }

  function spot(from: number, to: number): Spot {
    const line = lineOf(lineStarts, from);
    const start = lineStarts[line - 1] ?? 0;
    const end = Math.min(to, endOfLine(text, from));
    return { line, column: from - start + 1, length: Math.max(1, end - from) };
  }
}

function lineOf(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (" \t\r\f\v".includes(text.charAt(at) || "x") || text.startsWith("\\\n", at))
    at += text.charAt(at) === "\\" ? 2 : 1;
  return at;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}
