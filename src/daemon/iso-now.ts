import type { Clock } from "../clock/clock.ts";

/** The date, for records and for people. */
export function isoNow(clock: Pick<Clock, "date">): string {
  return new Date(clock.date()).toISOString();
}
