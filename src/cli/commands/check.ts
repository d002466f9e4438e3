import type { Command } from "commander";
import { pathOf, places } from "../../unit/places.ts";
import { printJson } from "../context.ts";
import { showProblems } from "../show/problems.ts";
import type { Run } from "./look.ts";

type Options = { units?: string; defaultDir?: string; wwwDir?: string; json?: boolean };

/** Commands about unit files, which need no daemon: check, help, schema. */
export function addChecking(program: Command, run: Run): void {
  program
    .command("check")
    .description("read the unit files and show every problem; needs no daemon")
    .option("--units <folder>", places.units.holds)
    .option("--default-dir <folder>", places["default-dir"].holds)
    .option("--www-dir <folder>", places["www-dir"].holds)
    .option("--json", "print JSON")
    .action((options: Options) =>
      run(async (cli) => {
        const { readUnits } = await import("../../unit/read-units.ts");
        const { findCycles } = await import("../../graph/cycles.ts");
        const read = await readUnits({
          units: options.units ?? pathOf("units", cli.environment),
          defaultDir: options.defaultDir ?? pathOf("default-dir", cli.environment),
          wwwDir: options.wwwDir ?? pathOf("www-dir", cli.environment),
        });
        const cycles = findCycles(read.units);
        const cannot = read.units.flatMap((unit) =>
          unit.launch.ok ? [] : [`${unit.name} cannot start: ${unit.launch.message}    hint: ${unit.launch.hint}`],
        );
        const errors = read.problems.filter((problem) => problem.severity === "error").length + cycles.length;
        if (cli.json || options.json) printJson(cli, { problems: read.problems, cycles, cannotStart: cannot });
        else {
          cli.out(showProblems(read.problems));
          for (const cycle of cycles)
            cli.out(`units need each other in a circle: ${[...cycle, cycle[0]].join(" -> ")}\n`);
          for (const line of cannot) cli.out(`${line}\n`);
          if (!cli.quiet) cli.out(`${read.units.length} units, ${errors} errors\n`);
        }
        return errors > 0 ? 2 : 0;
      }),
    );
  program
    .command("schema")
    .description("the JSON Schema of unit files, for editors")
    .action(() =>
      run(async (cli) => {
        const { unitJsonSchema } = await import("../../unit/keys/json-schema.ts");
        printJson(cli, unitJsonSchema());
        return 0;
      }),
    );
}
