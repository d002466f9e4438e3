import { dotenvVariables } from "./dotenv-variables.ts";
import { readAssignments } from "./shell-assignments.ts";

export type Assignment = {
  readonly name: string;
  readonly value: string;
  /** From 1: where the name stands, and where the value begins. */
  readonly line: number;
  readonly column: number;
  readonly valueColumn: number;
  /** The place of a stretch of the value, where the grammar can tell it. */
  readonly placeOf?: (from: number, to: number) => Spot;
};

export type Spot = { readonly line: number; readonly column: number; readonly length: number };

export type EnvProblem = {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string;
};

export type EnvFile = {
  readonly assignments: readonly Assignment[];
  readonly problems: readonly EnvProblem[];
  readonly warnings?: readonly EnvProblem[];
};

export type EnvFormat = "sh" | "docker" | "dotenv";

type Environment = { readonly [name: string]: string | undefined };

/** What is set before the file is read: by files before it, and for the docker grammar by svc's own environment. */
export type EnvBefore = { readonly known?: ReadonlyMap<string, string>; readonly host?: Environment };

/** The variables of an env file in one of three grammars; `sh` is what the shell makes of plain assignments. */
export function readEnvText(raw: string, format: EnvFormat, before: EnvBefore = {}): EnvFile {
  // Files from other systems begin with a byte order mark or have CRLF line ends; neither is meant.
  const text = raw.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const nul = text.indexOf("\0");
  if (nul >= 0) return { assignments: [], problems: [nulProblem(text.slice(0, nul).split("\n"))] };
  switch (format) {
    case "sh":
      return readAssignments(text, before.known ?? new Map());
    case "docker":
      return readDocker(text, before.host ?? {});
    case "dotenv":
      return { assignments: dotenvVariables(text), problems: [] };
    default:
      return format satisfies never;
  }
}

function nulProblem(before: readonly string[]): EnvProblem {
  const column = (before.at(-1) ?? "").length + 1;
  const message = "this is a NUL byte, which no variable can hold";
  return { line: before.length, column, message, hint: "write the file anew, as plain text" };
}

/** As `docker run --env-file`: NAME=value with nothing taken off it, quotes included; NAME alone takes the host's value. */
function readDocker(text: string, host: Environment): EnvFile {
  const assignments: Assignment[] = [];
  const problems: EnvProblem[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const trimmed = raw.replace(/^[ \t]+/, "");
    const place = { line: index + 1, column: raw.length - trimmed.length + 1 };
    if (trimmed === "" || trimmed.startsWith("#")) continue;

    const equals = trimmed.indexOf("=");
    const name = equals < 0 ? trimmed : trimmed.slice(0, equals);
    const value = equals < 0 ? host[name] : trimmed.slice(equals + 1);
    if (name === "" || /[ \t]/.test(name)) {
      const hint = "write NAME=value; export is not known in this format";
      problems.push({ ...place, message: "this is not the name of a variable", hint });
    } else if (value !== undefined) {
      const valueColumn = place.column + name.length + 1;
      const placeOf = (from: number, to: number) => ({ ...place, column: valueColumn + from, length: to - from });
      assignments.push({ name, value, ...place, valueColumn, placeOf });
    }
  }
  return { assignments, problems };
}
