import { EngineError } from "../engine/engine.ts";
import { SvcError } from "../svc-error.ts";

/** Failures before the task has run, as docker run has them. */
const ownFailure = 125;

/** As docker run has it: 127 there is no such command, 126 it cannot be run, 125 all else; 1 for lost output. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof SvcError && error.code === "output-lost") return error.exitCode;
  if (!(error instanceof EngineError)) return ownFailure;
  if (error.kind === "no-such-program") return 127;
  return error.kind === "not-a-program" ? 126 : ownFailure;
}
