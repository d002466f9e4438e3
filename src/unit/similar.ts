import { closest, distance } from "fastest-levenshtein";

/**
 * What was probably meant: the nearest of what is known, if it is at most two letters, or a third of the word, away; else the only
 * one that it is short for, as `cmd` is for `command`.
 */
export function similar(word: string, known: readonly string[]): string | null {
  const near = known.length > 0 ? closest(word, known) : "";
  const away = distance(near, word);
  if (near !== "" && away <= Math.max(2, word.length / 3) && away < word.length) return near;
  const [long, ...others] = known.filter((one) => isShortFor(word, one));
  return long !== undefined && others.length === 0 ? long : null;
}

const shortest = 3;

/** It begins alike, and has its other letters from there, in that order. */
function isShortFor(word: string, long: string): boolean {
  if (word.length < shortest || word[0] !== long[0]) return false;
  let at = -1;
  return [...word].every((letter) => {
    at = long.indexOf(letter, at + 1);
    return at >= 0;
  });
}
