import type { Unit } from "../../unit/unit.ts";

/** The unit as it is in a world of its own: it needs nobody, and is not respawned. */
export function alone(unit: Unit): Unit {
  const nobody = { needs: [], after: [], before: [], conflicts: [] };
  return { ...unit, ...nobody, respawn: { ...unit.respawn, enabled: false } };
}
