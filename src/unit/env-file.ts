import { dotenvVariables } from "./dotenv-variables.ts";

export type Assignment = {
  readonly name: string;
  readonly value: string;
  /** From 1: where the name stands, and where the value begins. */
  readonly line: number;
  readonly column: number;
  readonly valueColumn: number;
};

export type EnvProblem = {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string;
};

export type EnvFile = { readonly assignments: readonly Assignment[]; readonly problems: readonly EnvProblem[] };

export type EnvFormat = "sh" | "docker" | "dotenv";

/** The variables of an env file in one of three grammars; `sh` is what the shell makes of plain assignments. */
export function readEnvText(raw: string, format: EnvFormat): EnvFile {
  // Files from other systems begin with a byte order mark or have CRLF line ends; neither is meant.
  const text = raw.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  switch (format) {
    case "sh":
      return readShell(text);
    case "docker":
      return readDocker(text);
    case "dotenv":
      return { assignments: dotenvVariables(text), problems: [] };
    default:
      return format satisfies never;
  }
}

/**
 * `export` or not, quotes, backslash-newline, comments. `$NAME` is replaced where the file itself set NAME before, as sh would;
 * nothing is executed: a command substitution is a problem, as is any line that is no assignment.
 */
function readShell(text: string): EnvFile {
  const assignments: Assignment[] = [];
  const problems: EnvProblem[] = [];
  const known = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (/[\s;]/.test(character)) at++;
    else if (character === "#") at = endOfLine(text, at);
    else if (text.startsWith("\\\n", at)) at += 2;
    else at = readStatement(at);
  }
  return { assignments, problems };

  function readStatement(start: number): number {
    let from = start;
    const exported = /^export[ \t]+/.exec(text.slice(start, start + 64));
    if (exported) from += exported[0].length;
    const name = /^[A-Za-z_][A-Za-z0-9_]*(?==)/.exec(text.slice(from, from + 256))?.[0];
    if (name === undefined) {
      // `export NAME` alone marks it and assigns nothing.
      if (exported && /^[A-Za-z_][A-Za-z0-9_]*[ \t]*(?:$|[\n;#])/.test(text.slice(from, from + 256)))
        return endOfLine(text, from);
      problems.push({
        ...place(start),
        message: "this is not an assignment",
        hint: "write NAME=value; nothing in this file is executed",
      });
      return endOfLine(text, start);
    }
    const valueFrom = from + name.length + 1;
    const word = readWord(valueFrom);
    if ("message" in word) {
      problems.push({ ...place(word.at), message: word.message, hint: word.hint });
      return endOfLine(text, word.at);
    }
    known.set(name, word.value);
    assignments.push({ name, value: word.value, ...place(from), valueColumn: place(valueFrom).column });
    const rest = /^[ \t]*(?:$|[\n;]|#)/.exec(text.slice(word.end, word.end + 256));
    if (!rest && exported) return word.end;
    if (!rest && /^[ \t]+(?:[A-Za-z_][A-Za-z0-9_]*=)/.test(text.slice(word.end, word.end + 256))) return word.end;
    if (!rest) {
      const hint = `quote a value that has blanks: ${name}="…"`;
      problems.push({ ...place(word.end + 1), message: "the value ended before this word", hint });
      return endOfLine(text, word.end);
    }
    return word.end;
  }

  type Word =
    | { readonly value: string; readonly end: number }
    | { readonly message: string; readonly hint: string; readonly at: number };

  function readWord(start: number): Word {
    let value = "";
    let quote: '"' | null = null;
    let at = start;
    for (; at < text.length; at++) {
      const character = text.charAt(at);
      if (character === "\\") {
        const next = text.charAt(at + 1);
        if (next === "\n") at++;
        else if (quote && !'$`"\\'.includes(next)) value += "\\";
        else {
          value += next;
          at++;
        }
      } else if (character === '"') quote = quote ? null : '"';
      else if (character === "'" && !quote) {
        const end = text.indexOf("'", at + 1);
        if (end < 0) return { at, message: "this single quote is not closed", hint: "close it on the same value" };
        value += text.slice(at + 1, end);
        at = end;
      } else if (character === "`" || text.startsWith("$(", at)) {
        return {
          at,
          message: "this is a command, and nothing here is executed",
          hint: "write its result, or quote it with '…'",
        };
      } else if (character === "$") {
        const variable = /^\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})/.exec(text.slice(at, at + 256));
        if (!variable) {
          if (text.charAt(at + 1) === "{")
            return { at, message: "this expansion is not known here", hint: "write the value, or quote it with '…'" };
          value += "$";
          continue;
        }
        value += known.get(variable[1] ?? variable[2] ?? "") ?? "";
        at += variable[0].length - 1;
      } else if (!quote && /[\s;]/.test(character)) break;
      else if (!quote && "&|<>()".includes(character)) {
        return { at, message: `an unquoted ${character} ends the value for a shell`, hint: "quote the value" };
      } else value += character;
    }
    if (quote) return { at: start, message: "this double quote is not closed", hint: "close it" };
    return { value, end: at };
  }

  function place(offset: number): { line: number; column: number } {
    const before = text.slice(0, offset);
    return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
  }
}

/** As `docker run --env-file`: a line is NAME=value with nothing taken off it, quotes included. */
function readDocker(text: string): EnvFile {
  const assignments: Assignment[] = [];
  const problems: EnvProblem[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trimStart();
    const column = raw.length - line.length + 1;
    if (line === "" || line.startsWith("#")) continue;
    const equals = line.indexOf("=");
    const name = equals < 0 ? line : line.slice(0, equals);
    if (name === "" || /\s/.test(name)) {
      problems.push({
        line: index + 1,
        column,
        message: "this is no variable's name",
        hint: "write NAME=value; export is not known in this format",
      });
    } else if (equals >= 0) {
      assignments.push({
        name,
        value: line.slice(equals + 1),
        line: index + 1,
        column,
        valueColumn: column + equals + 1,
      });
    }
  }
  return { assignments, problems };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}
