/** How often each was shown of what is not much older than the newest: what comes again is known by that. */
export type ShownBefore = {
  /** ms since 1970; null: nothing was shown yet. */
  readonly newest: () => number | null;
  readonly add: (text: string, time: number) => void;
  /** From now on what was shown may come again. */
  readonly begin: () => void;
  /** It was shown, and comes again: as often as it was shown, since `begin`. */
  readonly comesAgain: (text: string) => boolean;
};

/** Remembers what is at most `forMs` older than the newest, and little more. */
export function shownBefore(forMs: number): ShownBefore {
  let newest: number | null = null;
  let older = new Map<string, number>();
  let recent = new Map<string, number>();
  let recentFrom = 0;
  let due = new Map<string, number>();
  return {
    newest: () => newest,
    add(text, time) {
      newest = Math.max(newest ?? 0, time);
      if (newest - recentFrom > forMs) {
        older = recent;
        recent = new Map();
        recentFrom = newest;
      }
      count(recent, text, 1);
    },
    begin() {
      due = new Map(older);
      for (const [text, times] of recent) count(due, text, times);
    },
    comesAgain(text) {
      const isDue = (due.get(text) ?? 0) > 0;
      if (isDue) count(due, text, -1);
      return isDue;
    },
  };
}

function count(counts: Map<string, number>, text: string, change: number): void {
  counts.set(text, (counts.get(text) ?? 0) + change);
}
