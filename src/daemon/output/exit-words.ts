import { signalName } from "../../unit/signals.ts";

/** How a run ended, in a few words. 137 alone does not prove that memory ran out: only the engine's word does. */
export function exitWords(exit: {
  readonly code: number;
  readonly oom: boolean;
  readonly memoryLimitBytes: number;
}): string {
  const limit = exit.memoryLimitBytes > 0 ? mebibytes(exit.memoryLimitBytes) : null;
  if (exit.oom) return `exit ${exit.code}: out of memory${limit ? ` (limit ${limit})` : ""}`;
  const signal = signalOfExit(exit.code);
  if (signal === null) return `exit ${exit.code}`;
  const memory = signal === "SIGKILL" && limit ? `, memory limit ${limit}` : "";
  return `exit ${exit.code} (${signal})${memory}`;
}

/** The signal that an exit code of 128 + n stands for. */
export function signalOfExit(code: number): string | null {
  return code > 128 ? signalName(code - 128) : null;
}

function mebibytes(bytes: number): string {
  return `${Math.round((bytes / 1048576) * 10) / 10} MiB`;
}
