import { locateWords } from "../../../unit/docker-run/split-words.ts";
import type { RawWord } from "../shell/words.ts";
import { expanded, type Meanings } from "./expansions.ts";
import type { Setting } from "./sections.ts";

/** The words of a command: supervisord has quotes, `%(NAME)s`, and no shell; null: a quote is not closed. */
export function commandWords({ text, lineAt }: Setting, meanings: Meanings): readonly RawWord[] | null {
  const split = locateWords(text);
  if (!split.ok) return null;
  return split.words.map(({ word, start, end }) => ({
    parts: expanded(word, meanings).parts,
    raw: text.slice(start, end),
    line: lineAt(start),
  }));
}
