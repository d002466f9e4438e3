import type { Clock } from "../../clock/clock.ts";
import type { UnitLog } from "./unit-log.ts";

/**
 * An engine whose reader stands still blocks the container, and does not even say that it died: a disk that takes nothing must
 * not do that. One that takes what it can, a moment later, is waited for, as the engine's own log does.
 */
const longestMs = 1_000;

/** Returns what is to be called after each output: the stream is paused while the log is behind, once and not for long. */
export function holdBack(
  log: Pick<UnitLog, "isBehind" | "flush">,
  clock: Clock,
  stream: { pause(): void; resume(): void },
): () => void {
  let waiting = false;
  return () => {
    if (waiting || !log.isBehind()) return;
    waiting = true;
    stream.pause();
    const cancel = clock.after(longestMs, () => stream.resume());
    void log.flush().then(() => {
      cancel();
      waiting = false;
      stream.resume();
    });
  };
}
