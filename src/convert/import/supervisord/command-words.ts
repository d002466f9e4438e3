import { locateWords } from "../../../unit/docker-run/split-words.ts";
import type { Part, RawWord } from "../shell/words.ts";
import type { Setting } from "./sections.ts";

/** The words of a command: supervisord has quotes, `%(NAME)s`, and no shell; null: a quote is not closed. */
export function commandWords(
  { text, lineAt }: Setting,
  meanings: { readonly [name: string]: string },
): readonly RawWord[] | null {
  const split = locateWords(text);
  if (!split.ok) return null;
  return split.words.map(({ word, start, end }) => ({
    parts: partsOf(word, meanings),
    raw: text.slice(start, end),
    line: lineAt(start),
  }));
}

/** `%(ENV_NAME)s` is a variable of supervisord's own environment. */
function partsOf(word: string, meanings: { readonly [name: string]: string }): readonly Part[] {
  return word
    .split(/(%\(ENV_\w+\)s)/)
    .map((piece): Part => {
      const name = /^%\(ENV_(\w+)\)s$/.exec(piece)?.[1];
      return name === undefined
        ? { is: "text", text: expanded(piece, meanings) }
        : { is: "variable", name, fallback: null, quoted: true };
    })
    .filter((part, at) => at === 0 || part.is === "variable" || part.text !== "");
}

/** `%(process_num)02d` and its like, and `%%`. */
export function expanded(text: string, meanings: { readonly [name: string]: string }): string {
  return text.replace(/%%|%\((\w+)\)[0-9]*[sd]/g, (found, name?: string) =>
    name === undefined ? "%" : (meanings[name] ?? found),
  );
}
