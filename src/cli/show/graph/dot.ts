import type { UnitGraph } from "../../../control/request.ts";
import type { Phase } from "../../../unit/phase.ts";

/** Text and fill, readable on white and told apart without red and green too: what is well is pale, what is not is strong. */
export const phaseFills: { readonly [phase in Phase]: { readonly fill: string; readonly text: string } } = {
  up: { fill: "#d7f0dd", text: "#14532d" },
  done: { fill: "#e6f4ea", text: "#14532d" },
  down: { fill: "#e5e7eb", text: "#374151" },
  waiting: { fill: "#fde68a", text: "#713f12" },
  degraded: { fill: "#fbbf24", text: "#451a03" },
  pulling: { fill: "#bfdbfe", text: "#1e3a8a" },
  starting: { fill: "#bfdbfe", text: "#1e3a8a" },
  stopping: { fill: "#bfdbfe", text: "#1e3a8a" },
  backoff: { fill: "#dc2626", text: "#ffffff" },
  failed: { fill: "#991b1b", text: "#ffffff" },
  invalid: { fill: "#991b1b", text: "#ffffff" },
};

const styles = { required: "solid", wanted: "dashed", after: "dotted" } as const;

/** For graphviz. Arrows go from a unit to what it needs. */
export function showDot({ units, edges }: UnitGraph): string {
  const nodes = units.map(({ name, phase, type, tag }) => {
    const { fill, text } = phaseFills[phase ?? "down"];
    const label = [name, stateWords(phase, tag)].filter((line) => line !== "").join("\n");
    const shape = type === "task" ? ', shape="note"' : "";
    return `  ${quoted(name)} [label=${quoted(label)}, fillcolor="${fill}", fontcolor="${text}"${shape}];`;
  });
  const missing = [...new Set(edges.filter((edge) => edge.missing).map(({ to }) => to))].map(
    (name) => `  ${quoted(name)} [label=${quoted(`${name}\nno such unit`)}, style="dashed,rounded"];`,
  );
  const arrows = edges.map(({ from, to, tie, strength }) => {
    const label = tie === "needs" ? "" : `, label=${quoted(tie)}`;
    return `  ${quoted(from)} -> ${quoted(to)} [style=${styles[strength]}${label}];`;
  });
  return [
    "digraph svc {",
    '  graph [rankdir=LR, bgcolor="white", nodesep=0.25, ranksep=0.8, fontname="Helvetica,Arial,sans-serif"];',
    '  node [shape=box, margin="0.25,0.08", style="filled,rounded", color="#6b7280", fontname="Helvetica,Arial,sans-serif", fontsize=11];',
    '  edge [color="#6b7280", fontcolor="#6b7280", fontname="Helvetica,Arial,sans-serif", fontsize=9, arrowsize=0.7];',
    ...nodes,
    ...missing,
    ...arrows,
    "}",
    "",
  ].join("\n");
}

/** `up, tag build-42`; of what is drawn from its file alone the tag. */
export function stateWords(phase: Phase | null, tag: string | null): string {
  return [phase, tag === null ? null : `tag ${tag}`].filter((word) => word !== null).join(", ");
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
