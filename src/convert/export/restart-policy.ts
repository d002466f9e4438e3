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
