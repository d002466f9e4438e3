import { distance } from "fastest-levenshtein";

const mostSlips = 3;

/**
 * What was probably meant: the nearest of what is known, if that is at most a third of the letters away, and three; else the only one that
 * it is short for, as `cmd` is for `command`.
 */
export function similar(word: string, known: readonly string[]): string | null {
  const near = known
    .map((one) => ({ one, away: slips(word, one) }))
    .filter(({ one, away }) => away <= Math.min(mostSlips, Math.max(word.length, one.length) / 3))
    .sort((left, right) => left.away - right.away)[0];
  if (near) return near.one;
  const [long, ...others] = known.filter((one) => isShortFor(word, one));
  return long !== undefined && others.length === 0 ? long : null;
}

/** Letters to take out, put in or change; two neighbours that changed places are one slip, not two. */
function slips(word: string, other: string): number {
  const at = [...word].findIndex((letter, index) => letter !== other[index]);
  const swapped = `${word.slice(0, at)}${word[at + 1] ?? ""}${word[at] ?? ""}${word.slice(at + 2)}`;
  return at >= 0 && swapped === other ? 1 : distance(word, other);
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
