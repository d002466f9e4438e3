import type { UnitGraph } from "../../../control/request.ts";
import { showPhase } from "../statuses.ts";
import { table } from "../table.ts";

type Edge = UnitGraph["edges"][number];

/**
 * A tree a unit that nothing needs, what it needs below it. What was shown with all below it is not unfolded again: 50 units may
 * have thousands of paths. Order alone is a remark, for who starts after whom is no dependency.
 */
export function showTree({ units, edges }: UnitGraph, colour: boolean): string {
  const needed = new Set(edges.filter(isNeed).map(({ to }) => to));
  const unfolded = new Set<string>();
  const rows: string[][] = [];
  for (const { name } of units) if (!needed.has(name)) show(name, "", "", null);
  if (rows.length === 0) return "there are no units\n";
  return table([["UNIT, AND BELOW IT WHAT IT NEEDS", "PHASE", "TAG", "WHY"], ...rows]);

  function show(name: string, before: string, indent: string, edge: Edge | null): void {
    const unit = units.find((one) => one.name === name);
    const below = edges.filter((one) => one.from === name && isNeed(one));
    const isRepeated = below.length > 0 && unfolded.has(name);
    unfolded.add(name);
    const tie = edge === null || edge.tie === "needs" ? "" : ` (${edge.tie})`;
    const phase = unit ? (unit.phase === null ? "-" : showPhase(unit.phase, colour)) : "no such unit";
    const after = edges.filter((one) => one.from === name && !isNeed(one)).map(({ to }) => to);
    const remarks = [
      unit && unit.phase !== "up" ? unit.because : "",
      isRepeated ? "its needs are shown above" : "",
      after.length > 0 ? `starts after ${after.join(", ")}` : "",
    ];
    rows.push([`${before}${name}${tie}`, phase, unit?.tag ?? "-", remarks.filter((one) => one !== "").join("; ")]);
    if (isRepeated) return;
    for (const [at, one] of below.entries()) {
      const last = at === below.length - 1;
      show(one.to, `${indent}${last ? "└─ " : "├─ "}`, `${indent}${last ? "   " : "│  "}`, one);
    }
  }
}

function isNeed({ strength }: Edge): boolean {
  return strength !== "after";
}
