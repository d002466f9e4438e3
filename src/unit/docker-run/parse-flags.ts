import { similar } from "../similar.ts";
import { type Flag, findFlag, findShortFlag, flags } from "./flags.ts";
import { plain, type Sentence, say } from "./sentence.ts";

/** A flag as it was given: its full name, and its value as text (`true` for a switch alone). */
export type ParsedFlag = { readonly name: string; readonly value: string; readonly word: number };

/** `word` is the index of the word that the problem is in. */
export type FlagProblem = {
  readonly word: number;
  readonly code: "invalid-options";
  readonly message: string;
  /** The message without the words themselves, which may hold secrets. */
  readonly masked: string;
  readonly hint: string;
};

export type ParsedWords = {
  readonly flags: readonly ParsedFlag[];
  readonly problems: readonly FlagProblem[];
  /** Index of the first word that is no flag nor the value of one; the count of words when there is none. */
  readonly rest: number;
};

/** Reads words as the docker CLI does: long and short flags, clusters (`-itd`), `--` and the first bare word end them. */
export function parseFlags(words: readonly string[]): ParsedWords {
  const parsed: ParsedFlag[] = [];
  const problems: FlagProblem[] = [];
  let at = 0;

  for (; at < words.length; at++) {
    const start = at;
    const word = words[at] ?? "";
    if (!word.startsWith("-") || word === "-") break;
    if (word === "--") {
      at++;
      break;
    }
    const taken = word.startsWith("--") ? readLong(word) : readShort(word);
    for (const { name, value } of taken.complete) parsed.push({ name, value, word: start });
    if (taken.problem) problems.push(flagProblem(start, taken.problem.message, taken.problem.hint));
    if (!taken.waiting) continue;

    const value = words[at + 1];
    if (value === undefined) {
      problems.push(flagProblem(start, say`${word} needs a value`, `write it as --${taken.waiting}=VALUE`));
    } else {
      at++;
      parsed.push({ name: taken.waiting, value, word: at });
    }
  }
  return { flags: parsed, problems, rest: at };
}

export function flagProblem(word: number, message: Sentence | string, hint: string): FlagProblem {
  const said = typeof message === "string" ? plain(message) : message;
  return { word, code: "invalid-options", message: said.text, masked: said.masked, hint };
}

type Taken = {
  readonly complete: readonly { readonly name: string; readonly value: string }[];
  /** The flag whose value is the next word. */
  readonly waiting: string | null;
  readonly problem: { readonly message: Sentence; readonly hint: string } | null;
};

function readLong(word: string): Taken {
  const equals = word.indexOf("=");
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  if (name === "" || name.startsWith("-"))
    return refused(say`${word} is not a flag`, "a flag is --name or --name=value");
  const flag = findFlag(name);
  if (!flag) return refused(plain(`unknown flag --${name}`), similarFlag(name));
  if (equals >= 0) return complete(flag, word.slice(equals + 1));
  return flag.kind === "switch" ? complete(flag, "true") : waiting(flag);
}

function readShort(word: string): Taken {
  const seen: { name: string; value: string }[] = [];
  for (let rest = word.slice(1); rest !== ""; rest = rest.slice(1)) {
    const flag = findShortFlag(rest.charAt(0));
    if (!flag) {
      return {
        ...refused(
          { text: `unknown flag -${rest.charAt(0)} in ${word}`, masked: `unknown flag -${rest.charAt(0)}` },
          "see docker run --help",
        ),
        complete: seen,
      };
    }
    // Two characters alone, as in `-e=`, are a flag with the value `=`.
    if (rest.length > 2 && rest[1] === "=") return { ...complete(flag, rest.slice(2), seen) };
    if (flag.kind !== "switch") {
      return rest.length > 1 ? complete(flag, rest.slice(1), seen) : { ...waiting(flag), complete: seen };
    }
    seen.push({ name: flag.name, value: "true" });
  }
  return { complete: seen, waiting: null, problem: null };
}

function complete(flag: Flag, value: string, before: Taken["complete"] = []): Taken {
  return { complete: [...before, { name: flag.name, value }], waiting: null, problem: null };
}

function waiting(flag: Flag): Taken {
  return { complete: [], waiting: flag.name, problem: null };
}

function refused(message: Sentence, hint: string): Taken {
  return { complete: [], waiting: null, problem: { message, hint } };
}

function similarFlag(name: string): string {
  const near = similar(
    name,
    flags.map((flag) => flag.name),
  );
  return near ? `did you mean --${near}?` : "see docker run --help";
}
