import { EngineError } from "../engine/engine.ts";
import { SvcError } from "../svc-error.ts";

/** Failures before the task has run, as docker run has them. */
const ownFailure = 125;

/** By the engine's words, as docker run does it: 127 there is no such command, 126 it cannot be run, 125 all else; 1 for lost output. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof SvcError && error.code === "output-lost") return error.exitCode;
  if (!(error instanceof EngineError) || error.status === 0) return ownFailure;
  if (/executable file not found|no such file or directory/.test(error.message)) return 127;
  if (/permission denied|is a directory/.test(error.message)) return 126;
  return ownFailure;
}
