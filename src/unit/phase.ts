/** Where a unit is, in one word. Derived from the world at every look, never stored. */
export const phases = [
  "down",
  "waiting",
  "pulling",
  "starting",
  "up",
  "degraded",
  "stopping",
  "backoff",
  "failed",
  "done",
  "invalid",
] as const;

export type Phase = (typeof phases)[number];
