/** Milliseconds of CLOCK_MONOTONIC: since boot, never set back, the same in every process of one boot. */
export type Instant = number;

/** The only source of time. The loop arms one timer; delays and windows are monotonic, only people are shown the date. */
export interface Clock {
  now(): Instant;
  /** The date, ms since 1970, for records and for people. */
  date(): number;
  /** Calls back once `delayMs` from now; the returned function cancels. Delays of any length are taken. */
  after(delayMs: number, callback: () => void): () => void;
}
