import type { Unit } from "../../unit/unit.ts";

/** The engine's policy that comes nearest to a unit's rules; null: the engine is not to start it again. */
export function restartPolicy({ type, respawn: { enabled, normalExit } }: Unit): "on-failure" | "always" | null {
  if (type === "task" || !enabled) return null;
  return normalExit.includes(0) ? "on-failure" : "always";
}

/** It can tell 0 from failures, and no other exits. */
export function saidByPolicy({ respawn: { normalExit } }: Unit): readonly string[] {
  return ["respawn", ...(normalExit.every((one) => one === 0) ? ["normal_exit"] : [])];
}

/** The engine starts a task again whatever its exit code, or never: it gets no policy. */
export function taskComments({ type, respawn }: Unit, format: string): readonly string[] {
  return type === "task" && respawn.enabled ? [`svc starts it again when it failed; ${format} does not`] : [];
}
