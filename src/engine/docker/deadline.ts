import { EngineError } from "../engine.ts";
import { engineError } from "./docker-error.ts";

/**
 * One call with its deadline; what it rejects with is an EngineError. The call is given up even where dockerode takes no signal:
 * an engine that starts up accepts connections and lets them hang. A stream has the deadline to open, and then lasts as long as it
 * lasts, or until `abort`.
 */
export async function ask<T>(
  deadlineMs: number,
  call: (abort: AbortSignal) => Promise<T>,
  abort?: AbortSignal,
): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), deadlineMs);
  const given = abort ? AbortSignal.any([late.signal, abort]) : late.signal;
  const { promise: over, reject } = Promise.withResolvers<never>();
  const end = (): void => reject(new Error("given up"));
  given.addEventListener("abort", end);
  try {
    if (given.aborted) end();
    return await Promise.race([call(given), over]);
  } catch (error) {
    if (!late.signal.aborted) throw engineError(error);
    throw new EngineError("timeout", `the engine did not answer within ${deadlineMs / 1000} s`, 0, { cause: error });
  } finally {
    clearTimeout(timer);
    given.removeEventListener("abort", end);
  }
}
