import type { Clock } from "../../src/clock/clock.ts";

/** Time that passes when the test says so. */
export type VirtualClock = Clock & {
  pass(ms: number): void;
  /** Timers that have neither fired nor been cancelled. */
  waiting(): number;
};

export function virtualClock(): VirtualClock {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  return { now: () => now, date: () => now, after, pass, waiting: () => timers.size };

  function after(delayMs: number, callback: () => void): () => void {
    const timer = { at: now + delayMs, callback };
    timers.add(timer);
    return () => timers.delete(timer);
  }

  function pass(ms: number): void {
    const end = now + ms;
    for (;;) {
      const [next] = [...timers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (!next) break;
      timers.delete(next);
      now = next.at;
      next.callback();
    }
    now = end;
  }
}
