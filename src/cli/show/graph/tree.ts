import type { UnitGraph } from "../../../control/request.ts";
import { findCycles } from "../../../graph/cycles.ts";
import { showPhase } from "../statuses.ts";
import { table } from "../table.ts";

type Edge = UnitGraph["edges"][number];

/** Where a unit stands in the tree: what is before its name, and before those below it; `path`: those above it. */
type Place = {
  readonly before: string;
  readonly indent: string;
  readonly edge: Edge | null;
  readonly path: readonly string[];
};

/**
 * A tree a unit that nothing needs, what it needs below it; then one a circle that none of these leads to. What was shown with all
 * below it is not unfolded again: 50 units may have thousands of paths. Order alone is a remark, for who starts after whom is no dependency.
 */
export function showTree(graph: UnitGraph, colour: boolean): string {
  const { units, edges } = graph;
  const needed = new Set(edges.filter(isNeed).map(({ to }) => to));
  const unfolded = new Set<string>();
  const rows: string[][] = [];
  for (const { name } of units) if (!needed.has(name)) show(name, { before: "", indent: "", edge: null, path: [] });
  for (const { name } of units) if (!unfolded.has(name)) show(name, { before: "", indent: "", edge: null, path: [] });
  if (rows.length === 0) return "there are no units\n";
  const tree = table([["UNIT, AND BELOW IT WHAT IT NEEDS", "PHASE", "TAG", "WHY"], ...rows]);
  return [tree, ...circles(graph)].join("\n");

  function show(name: string, { before, indent, edge, path }: Place): void {
    const unit = units.find((one) => one.name === name);
    const below = edges.filter((one) => one.from === name && isNeed(one));
    const isRepeated = below.length > 0 && unfolded.has(name);
    unfolded.add(name);
    const tie = edge === null || edge.tie === "needs" ? "" : ` (${edge.tie})`;
    const phase = unit ? (unit.phase === null ? "-" : showPhase(unit.phase, colour)) : "no such unit";
    const after = edges.filter((one) => one.from === name && !isNeed(one)).map(({ to }) => to);
    const remarks = [
      unit && unit.phase !== "up" ? unit.because : "",
      path.includes(name) ? "it needs itself" : isRepeated ? "its needs are shown above" : "",
      after.length > 0 ? `starts after ${after.join(", ")}` : "",
      unit && unit.stale.length > 0 ? `stale: ${unit.stale.join(", ")}` : "",
    ];
    rows.push([`${before}${name}${tie}`, phase, unit?.tag ?? "-", remarks.filter((one) => one !== "").join("; ")]);
    if (isRepeated) return;
    for (const [at, one] of below.entries()) {
      const last = at === below.length - 1;
      show(one.to, {
        before: `${indent}${last ? "└─ " : "├─ "}`,
        indent: `${indent}${last ? "   " : "│  "}`,
        edge: one,
        path: [...path, name],
      });
    }
  }
}

/** In the words of `svc check`. */
function circles({ units, edges }: UnitGraph): readonly string[] {
  const ordered = units.map(({ name }) => ({
    ...{ name, needs: [] },
    after: edges.filter(({ from }) => from === name).map(({ to }) => to),
  }));
  return findCycles(ordered).map((path) => `units need each other in a circle: ${[...path, path[0]].join(" -> ")}\n`);
}

function isNeed({ strength }: Edge): boolean {
  return strength !== "after";
}
