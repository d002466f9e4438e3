import type { Clock } from "../clock/clock.ts";
import { type Breaker, mayDial, samplesOf } from "./breaker.ts";
import type { Counts } from "./target.ts";

/** What the status socket and SIGUSR1 tell. */
export type FrontStatus = { readonly listen: readonly string[]; readonly targets: readonly TargetStatus[] };

export type TargetStatus = Readonly<Counts> & {
  readonly address: string;
  /** It gets no new connections. */
  readonly draining: boolean;
  readonly connections: number;
  readonly breaker: {
    readonly state: Breaker["state"];
    /** Until when nobody dials it; null where it is not open. */
    readonly until: string | null;
    readonly failures: number;
    readonly successes: number;
    readonly share: number;
  };
};

/** A breaker whose time is over is shown as half-open: the next dial is the trial. */
export function statusOf(target: {
  readonly address: string;
  readonly draining: boolean;
  readonly connections: number;
  readonly breaker: Breaker;
  readonly counts: Readonly<Counts>;
  readonly clock: Clock;
}): TargetStatus {
  const { address, draining, connections, breaker, counts, clock } = target;
  const now = clock.now();
  const { failures, successes } = samplesOf(breaker, now);
  const isOpen = breaker.state === "open" && !mayDial(breaker, now);
  return {
    address,
    draining,
    connections,
    breaker: {
      state: breaker.state === "open" && !isOpen ? "half-open" : breaker.state,
      until: isOpen ? new Date(clock.date() + breaker.until - now).toISOString() : null,
      failures,
      successes,
      share: failures / Math.max(1, failures + successes),
    },
    ...counts,
  };
}
