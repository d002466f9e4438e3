import type { Need, Unit } from "../../src/unit/unit.ts";
import { link, need, unit } from "./build.ts";

/** Every graph of three units whose pairs are related in these ways. Graphs that differ only in the names are one. */
export type Relation = "none" | "needs" | "links" | "wants" | "stops with" | "is after";
type Edges = { readonly ab: Relation; readonly ac: Relation; readonly bc: Relation };
export type Graph = { readonly words: string; readonly units: readonly Unit[] };

export function graphs(relations: readonly Relation[]): readonly Graph[] {
  const different = new Map<string, Graph>();
  for (const ab of relations) {
    for (const ac of relations) {
      for (const bc of relations) {
        const shape = shapeOf({ ab, ac, bc });
        if (!different.has(shape))
          different.set(shape, { words: wordsOf({ ab, ac, bc }), units: unitsOf({ ab, ac, bc }) });
      }
    }
  }
  return [...different.values()];
}

function unitsOf({ ab, ac, bc }: Edges): readonly Unit[] {
  return [
    related("a", []),
    related("b", [["a", ab]]),
    related("c", [
      ["a", ac],
      ["b", bc],
    ]),
  ];
}

function related(name: string, relations: readonly (readonly [string, Relation])[]): Unit {
  const needs: Need[] = [];
  const after: string[] = [];
  for (const [target, relation] of relations) {
    if (relation === "needs") needs.push(need(target));
    if (relation === "links") needs.push(link(target));
    if (relation === "wants") needs.push(need(target, { required: false, from: "wants" }));
    if (relation === "stops with") needs.push(need(target, { onLoss: "stop" }));
    if (relation === "is after") after.push(target);
  }
  return unit(name, { needs, after });
}

function wordsOf({ ab, ac, bc }: Edges): string {
  const words = [`b ${ab} a`, `c ${ac} a`, `c ${bc} b`].filter((word) => !word.includes("none"));
  return words.length > 0 ? words.join(", ") : "nothing is related";
}

/** The least of the graph's descriptions under all namings. */
function shapeOf({ ab, ac, bc }: Edges): string {
  const orders = ["012", "021", "102", "120", "201", "210"];
  const shapes = orders.map((order) => {
    const at = (from: number, relation: Relation, to: number): string =>
      relation === "none" ? "" : `${order[from]}${relation}${order[to]}`;
    return [at(1, ab, 0), at(2, ac, 0), at(2, bc, 1)].sort().join(",");
  });
  return shapes.sort()[0] ?? "";
}
