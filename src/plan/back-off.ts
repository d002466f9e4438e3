import type { Unit } from "../unit/unit.ts";
import { type Decision, rest, wait } from "./decision.ts";
import { hasReachedLimit } from "./restart-limit.ts";
import { seconds } from "./words.ts";
import { stateOf, type World } from "./world.ts";

/** What keeps a unit that failed from the next try: its limit, the delay after a crash, the delay after a refused start. */
export function backOff(unit: Unit, world: World, now: number): Decision | null {
  const { respawns, backoff, trouble, lastExit } = stateOf(world, unit.name);
  const exit = lastExit?.words ?? "no exit was seen";
  const { limit, onLimit } = unit.respawn;
  const looping = limit !== null && hasReachedLimit(respawns, unit.respawn);
  if (looping && onLimit === "fail") return rest("failed", loopWords(limit, exit));
  if (backoff && now < backoff.until) {
    const words = looping ? loopWords(limit, exit) : `it keeps failing (${respawns.length}${ofLimit(limit)}): ${exit}`;
    return wait("backoff", words, backoff.until);
  }
  if (trouble && now < trouble.until)
    return wait(trouble.kind === "pull-failed" ? "waiting" : "backoff", trouble.message, trouble.until);
  return null;
}

type Limit = { readonly count: number; readonly windowMs: number };

function loopWords({ count, windowMs }: Limit, exit: string): string {
  return `crash loop: ${count} ${count === 1 ? "respawn" : "respawns"} within ${seconds(windowMs)}; last: ${exit}`;
}

function ofLimit(limit: Limit | null): string {
  return limit ? ` of ${limit.count}` : "";
}
