import type { Need, Unit } from "../unit/unit.ts";

/** What ties a unit to another, as words between their names: `links to`, `needs`, `starts after`, `is needed by`. */
export function tieBetween(name: string, other: string, units: ReadonlyMap<string, Unit>): string {
  const need = units.get(name)?.needs.find((one) => one.unit === other);
  if (need) return tieOf(need);
  if (units.get(name)?.after.includes(other)) return "starts after";
  if (units.get(other)?.needs.some((one) => one.unit === name)) return "stops after";
  if (units.get(other)?.after.includes(name)) return "stops after";
  return "waits for";
}

export function tieOf({ from, until, required }: Need): string {
  if (from === "links") return "links to";
  if (from === "volumes_from") return "has volumes of";
  if (from === "network" || from === "pid" || from === "ipc") return `shares its ${from} with`;
  if (!required) return "wants";
  return until === "completed" ? "needs the end of" : "needs";
}
