import type { Clock } from "../clock/clock.ts";
import type { Supervisor } from "./supervisor.ts";

/** How long nothing must have happened before a collection. */
const quietMs = 2_000;
/** What the heap must have grown by since the last time: the pause is to be worth it. */
const growth = 1.25;

/**
 * What much work took of memory is given back once there is rest. V8 collects when its heap has grown to a multiple of what is in
 * use, which that of an idle process never does, and keeps the pages that it emptied. So it is done in two steps: a collection (20 ms
 * with 500 units), and, if it is quiet still, one that gives the pages back too (40 ms).
 */
export function giveBackMemory(options: {
  readonly supervisor: Pick<Supervisor, "onPass">;
  readonly clock: Clock;
  /** V8's own; undefined: it runs without --expose-gc. */
  readonly collect: ((options: { type: "major"; flavor: "regular" | "last-resort" }) => unknown) | undefined;
  readonly heapBytes: () => number;
}): void {
  const { clock, collect, heapBytes } = options;
  if (!collect) return;
  let busyAt = clock.now();
  let isArmed = false;
  let isSecond = false;
  let bytesAfter = 0;
  options.supervisor.onPass(() => {
    busyAt = clock.now();
    arm(quietMs);
  });
  arm(quietMs);

  function arm(delayMs: number): void {
    if (isArmed) return;
    isArmed = true;
    clock.after(delayMs, () => {
      isArmed = false;
      look();
    });
  }

  function look(): void {
    const leftMs = busyAt + quietMs - clock.now();
    if (leftMs > 0) arm(leftMs);
    else if (isSecond || heapBytes() >= growth * bytesAfter) giveBack();
  }

  function giveBack(): void {
    collect?.({ type: "major", flavor: isSecond ? "last-resort" : "regular" });
    isSecond = !isSecond;
    if (isSecond) arm(quietMs);
    else bytesAfter = heapBytes();
  }
}
