import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
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
export function giveBackMemory({
  supervisor,
  clock,
  heap = v8Heap(),
}: {
  readonly supervisor: Pick<Supervisor, "onPass" | "world">;
  readonly clock: Clock;
  readonly heap?: Heap;
}): void {
  let busyAt = clock.now();
  let isArmed = false;
  let isSecond = false;
  let bytesAfter = 0;
  supervisor.onPass(() => {
    busyAt = clock.now();
    if (!supervisor.world.shuttingDown) arm(quietMs);
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
    else if (isSecond || heap.bytes() >= growth * bytesAfter) giveBack();
  }

  function giveBack(): void {
    heap.collect(isSecond ? "last-resort" : "regular");
    isSecond = !isSecond;
    if (isSecond) arm(quietMs);
    else bytesAfter = heap.bytes();
  }
}

type Heap = { readonly collect: (flavor: "regular" | "last-resort") => void; readonly bytes: () => number };

/**
 * V8's. As an option of the executable --expose-gc would make every command slow: V8 takes compiled code from no cache that was made
 * with other options.
 */
function v8Heap(): Heap {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as (options: object) => void;
  setFlagsFromString("--no-expose-gc");
  return {
    collect: (flavor) => gc({ type: "major", flavor }),
    bytes: () => getHeapStatistics().total_heap_size,
  };
}
