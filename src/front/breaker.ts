import type { Instant } from "../clock/clock.ts";
import { countIn, type Sample, type Window, windowAt } from "./window.ts";

/**
 * When a target may be dialled. Rules:
 * - closed: all may dial. With `minimumSamples` or more in the window, a failure that makes the share of failures `threshold` or
 *   more opens it.
 * - open: nobody may until `until`: 1, 2, 4 … 60 s, with 25 % of jitter to either side; a delay is never shorter than the one
 *   before it. Then the next dial makes it half-open.
 * - half-open: that one dial is under way and nobody else may. Success closes and forgets all; failure opens it for the next
 *   longer time; a trial that says nothing about the target makes room for another one at once.
 * Each of these is a round. What comes in late, of a dial of an earlier round, says nothing about this one.
 */
export type Breaker = { readonly rules: BreakerRules; readonly round: number } & (
  | { readonly state: "closed"; readonly window: Window }
  | ({ readonly state: "open"; readonly until: Instant } & Streak)
  | ({ readonly state: "half-open" } & Streak)
);

export type BreakerRules = {
  /** The share of failures that opens it, above 0 and up to 1. */
  readonly threshold: number;
  readonly minimumSamples: number;
};

/** How often in a row it opened, and for how long the last time. */
type Streak = { readonly streak: number; readonly delayMs: number };

export type BreakerEvent =
  | { readonly kind: "dialled" }
  | { readonly kind: Verdict; readonly round: number }
  /** The client left, say, before it was seen how the target does. */
  | { readonly kind: "undecided"; readonly round: number };

export type Verdict = "succeeded" | "failed";

const firstDelayMs = 1_000;
const longestDelayMs = 60_000;
const jitter = 0.25;

/** A target that nobody has dialled yet. */
export function freshBreaker(rules: BreakerRules): Breaker {
  return { rules, round: 0, state: "closed", window: [] };
}

/** A dial that begins now is allowed; who dials says so at once, with `dialled`. */
export function mayDial(breaker: Breaker, now: Instant): boolean {
  return breaker.state === "closed" || (breaker.state === "open" && now >= breaker.until);
}

/** The breaker after an event; `luck`, 0 to 1, is the jitter. */
export function observe(breaker: Breaker, event: BreakerEvent, now: Instant, luck: number): Breaker {
  const { rules, round } = breaker;
  if (event.kind === "dialled") {
    if (breaker.state !== "open" || !mayDial(breaker, now)) return breaker;
    const { streak, delayMs } = breaker;
    return { rules, round: round + 1, state: "half-open", streak, delayMs };
  }
  if (event.round !== round || breaker.state === "open") return breaker;
  if (breaker.state === "half-open") {
    if (event.kind === "succeeded") return { ...freshBreaker(rules), round: round + 1 };
    if (event.kind === "failed") return open(breaker, breaker, now, luck);
    return { ...breaker, round: round + 1, state: "open", until: now };
  }
  if (event.kind === "undecided") return breaker;
  const window = countIn(breaker.window, event.kind, now);
  if (event.kind === "failed" && isTooMuch(windowAt(window, now), rules))
    return open(breaker, { streak: 0, delayMs: 0 }, now, luck);
  return { ...breaker, window };
}

/** Failures and successes in the window now; none unless it is closed. */
export function samplesOf(breaker: Breaker, now: Instant): Sample {
  return windowAt(breaker.state === "closed" ? breaker.window : [], now);
}

function open({ rules, round }: Breaker, last: Streak, now: Instant, luck: number): Breaker {
  const streak = last.streak + 1;
  const plain = Math.min(longestDelayMs, firstDelayMs * 2 ** (streak - 1));
  const delayMs = Math.max(last.delayMs, Math.round(plain * (1 - jitter + 2 * jitter * luck)));
  return { rules, round: round + 1, state: "open", until: now + delayMs, streak, delayMs };
}

function isTooMuch({ failures, successes }: Sample, { threshold, minimumSamples }: BreakerRules): boolean {
  const all = failures + successes;
  return all >= minimumSamples && failures >= threshold * all;
}
