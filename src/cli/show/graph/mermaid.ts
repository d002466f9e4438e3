import type { UnitGraph } from "../../../control/request.ts";
import { phaseFills, stateWords } from "./dot.ts";

const arrows = { required: "-->", wanted: "-.->", after: "-.-" } as const;

/** For pages that draw mermaid, such as a README. Names may hold what mermaid reads as syntax, so nodes have numbers. */
export function showMermaid({ units, edges }: UnitGraph): string {
  const missing = [...new Set(edges.filter((edge) => edge.missing).map(({ to }) => to))];
  const ids = new Map([...units.map(({ name }) => name), ...missing].map((name, at) => [name, `u${at}`]));
  const nodes = units.map(({ name, phase, tag }) => {
    const label = [name, stateWords(phase, tag)].filter((line) => line !== "").join("<br>");
    return `  ${ids.get(name)}["${escaped(label)}"]${phase === null ? "" : `:::${phase}`}`;
  });
  const ties = edges.map(({ from, to, tie, strength }) => {
    const label = tie === "needs" ? "" : `|${tie}|`;
    return `  ${ids.get(from)} ${arrows[strength]}${label} ${ids.get(to)}`;
  });
  const classes = [...new Set(units.flatMap(({ phase }) => phase ?? []))].map(
    (phase) => `  classDef ${phase} fill:${phaseFills[phase].fill},color:${phaseFills[phase].text}`,
  );
  const absent = missing.map((name) => `  ${ids.get(name)}["${escaped(name)}<br>no such unit"]`);
  return `${["flowchart LR", ...nodes, ...absent, ...ties, ...classes].join("\n")}\n`;
}

function escaped(text: string): string {
  return text.replaceAll('"', "#quot;");
}
