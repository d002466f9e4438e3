import type { UnitGraph } from "../../../control/request.ts";
import { showDot } from "./dot.ts";

/** Drawn by graphviz, which comes with svc as WebAssembly and is loaded for this alone. */
export async function showSvg(graph: UnitGraph): Promise<string> {
  const { instance } = await import("@viz-js/viz");
  return (await instance()).renderString(showDot(graph), { format: "svg" });
}
