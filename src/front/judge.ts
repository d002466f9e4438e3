import type { Socket } from "node:net";
import type { Clock } from "../clock/clock.ts";

const patienceMs = 10_000;

/**
 * What the breaker learns from a connection that was made: a reset before the first byte is a failure; a byte, or an end in
 * order after the client's own, or holding the connection for 10 s, is a success. A target that ends first without a word, as
 * docker-proxy does when nobody is behind it, and a client that leaves say nothing.
 */
export function judge(client: Socket, target: Socket, clock: Clock): Promise<"succeeded" | "failed" | "undecided"> {
  return new Promise((resolve) => {
    if (target.destroyed) return resolve(target.errored ? "failed" : "undecided");
    const cancel = clock.after(patienceMs, () => end("succeeded"));
    const answered = (): void => end("succeeded");
    const ended = (): void => end(client.readableEnded ? "succeeded" : "undecided");
    const reset = (): void => end("failed");
    const closed = (): void => end("undecided");
    target.once("data", answered);
    target.once("end", ended);
    target.once("error", reset);
    target.once("close", closed);

    function end(verdict: "succeeded" | "failed" | "undecided"): void {
      cancel();
      target.removeListener("data", answered);
      target.removeListener("end", ended);
      target.removeListener("error", reset);
      target.removeListener("close", closed);
      resolve(verdict);
    }
  });
}
