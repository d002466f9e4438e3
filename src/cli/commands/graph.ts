import type { Command } from "commander";
import type { UnitGraph } from "../../control/request.ts";
import { SvcError } from "../../svc-error.ts";
import { ask, printJson } from "../context.ts";
import type { Run } from "./look.ts";

type Options = { dot?: boolean; mermaid?: boolean; svg?: boolean; json?: boolean };

/** svc graph: who needs whom, and how each is. */
export function addGraph(program: Command, run: Run): void {
  program
    .command("graph [units...]")
    .description("who needs whom, with how each is now: a tree, or a picture")
    .option("--dot", "for graphviz")
    .option("--mermaid", "for pages that draw mermaid")
    .option("--svg", "a picture")
    .option("--json", "print JSON")
    .action((units: string[], options: Options) =>
      run(async (cli) => {
        const asked = (["dot", "mermaid", "svg", "json"] as const).filter((form) => options[form]);
        if (asked.length > 1) {
          const forms = asked.map((form) => `--${form}`).join(" and ");
          throw new SvcError("usage", `${forms} exclude each other`, { hint: "ask for one of them" });
        }
        const graph = await ask(cli, "graph", { units });
        if (options.json || cli.json) printJson(cli, graph);
        else cli.out(await drawn(graph, options, cli.colour));
        return 0;
      }),
    );
}

async function drawn(graph: UnitGraph, options: Options, colour: boolean): Promise<string> {
  if (options.dot) return (await import("../show/graph/dot.ts")).showDot(graph);
  if (options.mermaid) return (await import("../show/graph/mermaid.ts")).showMermaid(graph);
  if (options.svg) return (await import("../show/graph/svg.ts")).showSvg(graph);
  return (await import("../show/graph/tree.ts")).showTree(graph, colour);
}
