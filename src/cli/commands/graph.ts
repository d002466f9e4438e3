import type { Command } from "commander";
import type { UnitGraph } from "../../control/request.ts";
import { withNeeds } from "../../graph/closure.ts";
import { edgesOf } from "../../graph/edges.ts";
import { SvcError } from "../../svc-error.ts";
import { refuseOtherThanFolder } from "../../unit/unit-folder.ts";
import { errorsAmong } from "../../unit/unit-problem.ts";
import { ask, type Cli, printJson } from "../context.ts";
import { type FolderOptions, foldersOf, withFolderOptions } from "../folders.ts";
import type { Run } from "./look.ts";

type Options = FolderOptions & { dot?: boolean; mermaid?: boolean; svg?: boolean; json?: boolean };

/** svc graph: who needs whom, and how each is. */
export function addGraph(program: Command, run: Run): void {
  withFolderOptions(program.command("graph [units...]"))
    .description("who needs whom, with how each is now: a tree, or a picture; with --units from the files alone")
    .option("--dot", "for graphviz")
    .option("--mermaid", "for pages that draw mermaid")
    .option("--svg", "a picture")
    .option("--json", "print JSON")
    .action((units: string[], options: Options) =>
      run(async (cli) => {
        const pictures = (["dot", "mermaid", "svg"] as const).filter((form) => options[form]);
        const asked = [...pictures, ...(cli.json ? ["json"] : [])];
        if (asked.length > 1) {
          const forms = asked.map((form) => `--${form}`).join(" and ");
          throw new SvcError("usage", `${forms} exclude each other`, { hint: "ask for one of them" });
        }
        const graph =
          options.units === undefined ? await ask(cli, "graph", { units }) : await graphOfFiles(units, options, cli);
        if (cli.json) printJson(cli, graph);
        else if (asked.length > 0) cli.out(await drawn(graph, options));
        else cli.words((await import("../show/graph/tree.ts")).showTree(graph, cli.colour));
        return 0;
      }),
    );
}

/** Without a daemon: who needs whom, and no word of how they are. */
async function graphOfFiles(names: readonly string[], options: Options, cli: Cli): Promise<UnitGraph> {
  const folders = foldersOf(options, cli);
  await refuseOtherThanFolder(folders.units);
  const { readUnits } = await import("../../unit/read-units.ts");
  const read = await readUnits(folders, { instances: names.filter((name) => name.includes("@")) });
  const known = new Map([...read.units, ...read.invalid].map((unit) => [unit.name, unit]));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new SvcError("unknown-unit", `there is no unit ${unknown} in ${folders.units}`, {
      hint: `svc check --units ${folders.units}`,
    });
  const shown = new Set(names.length > 0 ? withNeeds(names, known) : known.keys());
  const valid = read.units.map(({ name, type, launch }) => ({
    ...{ name, type, phase: null, because: "", stale: [] },
    tag: launch.ok ? launch.tag : null,
  }));
  const errors = errorsAmong(read.problems);
  const invalid = read.invalid.map(({ name }) => ({
    ...({ name, type: "service", phase: "invalid", stale: [], tag: null } as const),
    because: errors.find(({ unit }) => unit === name)?.message ?? "",
  }));
  return {
    units: [...valid, ...invalid].filter(({ name }) => shown.has(name)).sort((a, b) => (a.name < b.name ? -1 : 1)),
    edges: edgesOf(known.values(), { shown, isThere: (name) => known.has(name) }),
  };
}

async function drawn(graph: UnitGraph, options: Options): Promise<string> {
  if (options.dot) return (await import("../show/graph/dot.ts")).showDot(graph);
  if (options.mermaid) return (await import("../show/graph/mermaid.ts")).showMermaid(graph);
  return (await import("../show/graph/svg.ts")).showSvg(graph);
}
