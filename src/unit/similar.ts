import { closest, distance } from "fastest-levenshtein";

/** What was probably meant: the nearest of what is known, if it is at most two letters, or a third of the word, away. */
export function similar(word: string, known: readonly string[]): string | null {
  const near = known.length > 0 ? closest(word, known) : "";
  const away = distance(near, word);
  return near !== "" && away <= Math.max(2, word.length / 3) && away < word.length ? near : null;
}
