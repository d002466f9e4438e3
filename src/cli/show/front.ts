import type { FrontStatus, TargetStatus } from "../../front/status.ts";
import { table } from "./table.ts";

/** `svc proxy --status`: a line a target. */
export function showFront({ listen, targets }: FrontStatus): string {
  const head = ["TARGET", "BREAKER", "FAILED", "CONNECTIONS", "DIALS", "FAILURES", "RESETS", "REFUSED", "IN", "OUT"];
  const rows = targets.map((one) => [
    one.address,
    breakerWords(one),
    `${one.breaker.failures} of ${one.breaker.failures + one.breaker.successes}`,
    ...[one.connections, one.dials, one.failures, one.resets, one.refused, one.bytesIn, one.bytesOut].map(String),
  ]);
  return `listening on ${listen.join(", ")}\n${table([head, ...rows])}`;
}

function breakerWords({ draining, breaker }: TargetStatus): string {
  const until = breaker.until === null ? "" : ` until ${breaker.until}`;
  return `${breaker.state}${until}${draining ? ", draining" : ""}`;
}
