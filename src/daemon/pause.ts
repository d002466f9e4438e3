import type { Clock } from "../clock/clock.ts";
import type { EventLog } from "./event-log.ts";

/** For phases that change together, and for what follows from that at once. */
const settledMs = 250;

/** Until the time is over, or the signal aborts. */
export function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}

/** The same, or until soon after a unit's phase is another. */
export function pauseUntilChange(
  ms: number,
  { clock, events }: { readonly clock: Clock; readonly events: EventLog },
  signal: AbortSignal,
): Promise<void> {
  const changed = new AbortController();
  const unfollow = events.follow(() => {
    unfollow();
    clock.after(settledMs, () => changed.abort());
  });
  return pause(ms, clock, AbortSignal.any([signal, changed.signal])).finally(unfollow);
}
