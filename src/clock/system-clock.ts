import type { Clock } from "./clock.ts";

/** setTimeout fires at once for delays above 2^31-1 ms. */
const longestTimerMs = 2 ** 31 - 1;

export function systemClock(): Clock {
  return { now: () => Number(process.hrtime.bigint() / 1_000n) / 1_000, date: () => Date.now(), after };
}

function after(delayMs: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  let left = Math.max(0, delayMs);
  arm();
  return () => clearTimeout(timer);

  function arm(): void {
    const span = Math.min(left, longestTimerMs);
    left -= span;
    timer = setTimeout(() => (left > 0 ? arm() : callback()), span);
  }
}
