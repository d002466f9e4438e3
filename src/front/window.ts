import type { Instant } from "../clock/clock.ts";

/** What was seen in the last ten seconds, in a bucket for each second that has any, the oldest first. */
export type Window = readonly Bucket[];

export type Sample = { readonly successes: number; readonly failures: number };

type Bucket = Sample & { readonly second: number };

const seconds = 10;

/** The window with one more of it, and without the buckets that are too old. */
export function countIn(window: Window, verdict: "succeeded" | "failed", now: Instant): Window {
  const second = secondOf(now);
  const last = window.at(-1);
  const bucket = last?.second === second ? last : { second, successes: 0, failures: 0 };
  const counted =
    verdict === "succeeded"
      ? { ...bucket, successes: bucket.successes + 1 }
      : { ...bucket, failures: bucket.failures + 1 };
  return [...window.filter((each) => each.second > second - seconds && each.second !== second), counted];
}

/** The sums of what is not too old now. */
export function windowAt(window: Window, now: Instant): Sample {
  let [successes, failures] = [0, 0];
  for (const bucket of window) {
    if (bucket.second <= secondOf(now) - seconds) continue;
    successes += bucket.successes;
    failures += bucket.failures;
  }
  return { successes, failures };
}

function secondOf(now: Instant): number {
  return Math.floor(now / 1_000);
}
