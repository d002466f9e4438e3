/** `time` is ISO 8601. */
export type TimedLine = { readonly stream: "out" | "err"; readonly time: string; readonly text: string };

/**
 * Which of the engine's lines stand at the end of our log already. Both come from one container, each in order; stdout and
 * stderr may be interleaved differently, so each is matched by itself. The end of our log may be of a time after `now`, from before the
 * clock was set back: where it is not found the end of what is older is looked for.
 */
export function linesSeenBefore<T extends TimedLine>(
  lines: readonly T[],
  tail: readonly TimedLine[],
  now: number,
): ReadonlySet<T> {
  const seen = new Set<T>();
  for (const stream of ["out", "err"] as const) {
    const theirs = lines.filter((line) => line.stream === stream);
    const ours = tail.filter((line) => line.stream === stream);
    const past = ours.filter(({ time }) => Date.parse(time) <= now);
    const end = endOfMatch(theirs, ours) || endOfMatch(theirs, past);
    for (const line of theirs.slice(0, end)) seen.add(line);
  }
  return seen;
}

/**
 * The index behind the place in `lines` where the end of `tail` stands; 0: nowhere. Lines that are all alike stand in many
 * places: the one whose last line has the time that is nearest to ours is it.
 */
function endOfMatch(lines: readonly TimedLine[], tail: readonly TimedLine[]): number {
  const last = tail.at(-1);
  if (!last) return 0;
  const lastAt = Date.parse(last.time);
  let best = 0;
  let bestMs = Number.POSITIVE_INFINITY;
  for (let end = lines.length; end > 0; end--) {
    if (!standsBefore(end, lines, tail)) continue;
    const awayMs = Math.abs(Date.parse(lines[end - 1]?.time ?? "") - lastAt);
    if (awayMs >= bestMs) continue;
    best = end;
    bestMs = awayMs;
  }
  return best;
}

/** The engine may have been asked from the middle of our tail on: then all that it sent up to there must match. */
function standsBefore(end: number, lines: readonly TimedLine[], tail: readonly TimedLine[]): boolean {
  const length = Math.min(end, tail.length);
  for (let back = 1; back <= length; back++) {
    if (lines[end - back]?.text !== tail[tail.length - back]?.text) return false;
  }
  return true;
}
