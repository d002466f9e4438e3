import type { Cause } from "../../control/request.ts";
import { stateOf } from "../../plan/world.ts";
import type { Witness } from "./why.ts";

/**
 * The failures in a row that a unit's restart limit counts, or the refused starts, and when the first of them was. Null: there are
 * none, or something else is the reason now.
 */
export function failuresOf(name: string, witness: Witness): Cause["failures"] {
  const { world, now, date, unsettledSince } = witness;
  if (witness.decisions.get(name)?.dueTo !== undefined) return null;
  const { respawns, trouble, lastExit } = stateOf(world, name);
  const [first] = respawns;
  const since = trouble || first === undefined ? unsettledSince(name) : date - (now - first);
  const iso = new Date(since ?? date).toISOString();
  if (trouble) return { count: trouble.times, limit: null, since: iso, words: trouble.message };
  if (first === undefined) return null;
  const limit = world.units.get(name)?.respawn.limit?.count ?? null;
  return { count: respawns.length, limit, since: iso, words: lastExit?.words ?? "no exit was seen" };
}
