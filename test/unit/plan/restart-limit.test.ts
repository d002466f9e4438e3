import { expect, test } from "vitest";
import { afterDeath, delayOf, hasReachedLimit } from "../../../src/plan/restart-limit.ts";
import type { Respawn } from "../../../src/unit/unit.ts";

/** What supervision.md says of respawns (R2 to R4), on a virtual clock. Luck 0.5 is a delay without jitter. */

const ten: Respawn = { enabled: true, normalExit: [], limit: { count: 10, windowMs: 300_000 }, onLimit: "delay" };
const unlimited: Respawn = { ...ten, limit: null };
type History = Parameters<typeof afterDeath>[0];
const fresh: History = { respawns: [], backoff: null };

/** Dies as soon as it may run, `times` times; the delay before each respawn. */
function delays(times: number, respawn: Respawn): number[] {
  let history = fresh;
  let now = 0;
  const waited: number[] = [];
  for (let death = 0; death < times; death++) {
    history = afterDeath(history, { respawn, now, readyForMs: null, luck: 0.5 });
    const until = Math.max(now, history.backoff?.until ?? now);
    waited.push(until - now);
    now = until;
  }
  return waited;
}

test("the first three respawns are at once, then the delay doubles", () => {
  expect(delays(8, ten)).toEqual([0, 0, 0, 1_000, 2_000, 4_000, 8_000, 16_000]);
});

test("past the limit there is one try a minute", () => {
  expect(delays(14, ten).slice(9)).toEqual([60_000, 60_000, 60_000, 60_000, 60_000]);
});

test("without a limit the delay stops at a minute", () => {
  expect(delays(12, unlimited).slice(8)).toEqual([32_000, 60_000, 60_000, 60_000]);
});

test("jitter is a quarter to either side", () => {
  expect([delayOf(3, 0), delayOf(3, 0.5), delayOf(3, 0.999_999)]).toEqual([3_000, 4_000, 5_000]);
  expect(delayOf(30, 0)).toBe(45_000);
});

test("the limit counts what lies within the window, and no respawn before it", () => {
  const window: Respawn = { ...ten, limit: { count: 2, windowMs: 5_000 } };
  let history = fresh;
  for (const now of [0, 4_000, 6_000])
    history = afterDeath(history, { respawn: window, now, readyForMs: null, luck: 0.5 });
  expect(history.respawns).toEqual([4_000, 6_000]);
  expect(hasReachedLimit(history.respawns, window)).toBe(false);
  history = afterDeath(history, { respawn: window, now: 6_500, readyForMs: null, luck: 0.5 });
  expect(hasReachedLimit(history.respawns, window)).toBe(true);
  expect(history.backoff?.until).toBe(66_500);
});

test("B23 the doubling starts over once it was ready for 10 s, or for twice the last delay", () => {
  const failing: History = { respawns: [1, 2, 3, 4, 5], backoff: { streak: 4, until: 8_000, delayMs: 8_000 } };
  const died = (readyForMs: number | null) => afterDeath(failing, { respawn: ten, now: 30_000, readyForMs, luck: 0.5 });
  expect(died(null).backoff?.delayMs).toBe(16_000);
  expect(died(10_000).backoff?.delayMs).toBe(16_000);
  expect(died(16_000).backoff?.delayMs).toBe(1_000);
  const first: History = { respawns: [1, 2, 3, 4], backoff: { streak: 1, until: 1_000, delayMs: 1_000 } };
  const again = (readyForMs: number) => afterDeath(first, { respawn: ten, now: 30_000, readyForMs, luck: 0.5 });
  expect(again(9_999).backoff?.delayMs).toBe(2_000);
  expect(again(10_000).backoff?.delayMs).toBe(1_000);
});

test("B24 five thousand respawns leave no more behind than the limit needs", () => {
  let history = fresh;
  for (let death = 0; death < 5_000; death++)
    history = afterDeath(history, { respawn: ten, now: death * 20_000, readyForMs: 15_000, luck: 0.5 });
  expect(history.respawns.length).toBeLessThanOrEqual(11);
  for (let death = 0; death < 5_000; death++)
    history = afterDeath(history, { respawn: unlimited, now: death * 10, readyForMs: null, luck: 0.5 });
  expect(history.respawns.length).toBeLessThanOrEqual(11);
});
