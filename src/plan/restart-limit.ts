import type { Respawn } from "../unit/unit.ts";
import type { UnitState } from "./world.ts";

/**
 * When a service that died may come back (supervision.md R2 to R4). The first three respawns in the window are immediate; from
 * the fourth the delay doubles from 1 s to 60 s, with 25 % of jitter to either side. The doubling starts over once the unit was
 * ready for max(10 s, twice the last delay). Only respawns that svc makes by itself count.
 */
const immediateRespawns = 3;
const firstDelayMs = 1_000;
const longestDelayMs = 60_000;
const jitter = 0.25;
export const steadyAfterMs = 10_000;
/** Where no limit is set, delays are still counted over this window. */
const defaultWindowMs = 300_000;

type History = Pick<UnitState, "respawns" | "backoff">;

/** The history after one more death at `now`; `readyForMs` is how long it had been ready, null if never. */
export function afterDeath(
  history: History,
  death: { respawn: Respawn; now: number; readyForMs: number | null; luck: number },
): History {
  const { respawn, now, readyForMs, luck } = death;
  const streak = isSteady(readyForMs, history.backoff) ? 0 : (history.backoff?.streak ?? 0);
  const respawns = [...respawnsInWindow(history.respawns, respawn, now), now];
  if (hasReachedLimit(respawns, respawn)) {
    return { respawns, backoff: { streak: streak + 1, until: now + longestDelayMs, delayMs: longestDelayMs } };
  }
  if (respawns.length <= immediateRespawns) return { respawns, backoff: streak === 0 ? null : history.backoff };
  const delayMs = delayOf(streak + 1, luck);
  return { respawns, backoff: { streak: streak + 1, until: now + delayMs, delayMs } };
}

/** It had been ready for long enough, for one that came after such a delay, to begin anew. */
export function isSteady(readyForMs: number | null, backoff: History["backoff"]): boolean {
  return readyForMs !== null && readyForMs >= Math.max(steadyAfterMs, 2 * (backoff?.delayMs ?? 0));
}

/** The n-th delay in a row, n from 1. */
export function delayOf(n: number, luck: number): number {
  const plain = Math.min(longestDelayMs, firstDelayMs * 2 ** (n - 1));
  return Math.round(plain * (1 - jitter + 2 * jitter * luck));
}

/** More respawns than the limit allows are in the window: the unit loops. */
export function hasReachedLimit(respawns: readonly number[], respawn: Respawn): boolean {
  return respawn.limit !== null && respawns.length > respawn.limit.count;
}

function respawnsInWindow(respawns: readonly number[], respawn: Respawn, now: number): readonly number[] {
  const windowMs = respawn.limit?.windowMs ?? defaultWindowMs;
  return respawns.filter((at) => now - at < windowMs).slice(-(respawn.limit?.count ?? immediateRespawns));
}

/** The history without what was counted after `since`; null: nothing was. */
export function withoutRecent(
  history: History & Pick<UnitState, "restarts">,
  since: number,
): (History & Pick<UnitState, "restarts">) | null {
  const respawns = history.respawns.filter((at) => at <= since);
  const forgiven = history.respawns.length - respawns.length;
  if (forgiven === 0) return null;
  return { respawns, backoff: null, restarts: Math.max(0, history.restarts - forgiven) };
}
