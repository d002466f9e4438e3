export type SplitWords =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly offset: number; readonly message: string };

/** A word, and where it stands in the text with its quotes. */
export type LocatedWord = { readonly word: string; readonly start: number; readonly end: number };

export type LocatedWords =
  | { readonly ok: true; readonly words: readonly LocatedWord[] }
  | { readonly ok: false; readonly offset: number; readonly message: string };

/** Splits text into words as a POSIX shell does, with nothing expanded: `$`, backquote, `*`, `~` and `#` are plain characters. */
export function splitWords(text: string): SplitWords {
  const split = locateWords(text);
  return split.ok ? { ok: true, words: split.words.map(({ word }) => word) } : split;
}

/** The words of `splitWords`, each with its place. */
export function locateWords(text: string): LocatedWords {
  const words: LocatedWord[] = [];
  let start = 0;
  // null: between two words. Quotes alone (`""`) also make a word.
  let word: string | null = null;

  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (word === null) start = at;

    if (" \t\n".includes(character)) {
      if (word !== null) words.push({ word, start, end: at });
      word = null;
    } else if (character === "\\") {
      const next = text[at + 1];
      if (next === undefined) return problem(at, "a backslash at the very end stands before nothing");
      if (next !== "\n") word = (word ?? "") + next;
      at++;
    } else if (character === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) return problem(at, "this single quote is not closed");
      word = (word ?? "") + text.slice(at + 1, end);
      at = end;
    } else if (character === '"') {
      const quoted = readDoubleQuoted(text, at);
      if (quoted === null) return problem(at, "this double quote is not closed");
      word = (word ?? "") + quoted.text;
      at = quoted.end;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (word !== null) words.push({ word, start, end: text.length });
  return { ok: true, words };
}

/** Between double quotes a backslash is special only before `$`, backquote, `"`, itself and a line end. */
function readDoubleQuoted(text: string, start: number): { readonly text: string; readonly end: number } | null {
  let quoted = "";
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') return { text: quoted, end: at };

    const next = text[at + 1];
    if (character !== "\\" || next === undefined || !'$`"\\\n'.includes(next)) {
      quoted += character;
      continue;
    }
    if (next !== "\n") quoted += next;
    at++;
  }
  return null;
}

function problem(offset: number, message: string): LocatedWords {
  return { ok: false, offset, message };
}
