import type { Command } from "commander";
import { ownVersion } from "../../control/own-program.ts";
import { SvcError } from "../../svc-error.ts";
import type { UnitFolders } from "../../unit/read-units.ts";
import { byPlace } from "../../unit/unit-problem.ts";
import { printJson } from "../context.ts";
import { type FolderOptions, foldersOf, withFolderOptions } from "../folders.ts";
import { showProblems } from "../show/problems.ts";
import type { Run } from "./look.ts";

type Options = FolderOptions & {
  strict?: boolean;
  engine?: boolean;
  sarif?: boolean;
  json?: boolean;
};

/** Commands about unit files, which need no daemon: check, help, schema. */
export function addChecking(program: Command, run: Run): void {
  withFolderOptions(program.command("check"))
    .description("read the unit files and show every problem; needs no daemon")
    .option("--strict", "warnings make it fail too")
    .option("--no-engine", "do not ask the engine which images are here")
    .option("--sarif", "print SARIF, for CI")
    .option("--json", "print JSON")
    .action((options: Options) =>
      run(async (cli) => {
        const { count, problems, withoutEngine } = await checked(foldersOf(options, cli), options.engine !== false);
        const errors = problems.filter(({ severity }) => severity === "error").length;
        const warnings = problems.length - errors;
        if (options.sarif) {
          const { sarif } = await import("../show/sarif.ts");
          printJson(cli, sarif(problems, ownVersion));
        } else if (cli.json || options.json) printJson(cli, { units: count, errors, warnings, problems });
        else {
          cli.out(showProblems(problems));
          if (withoutEngine && options.engine !== false && !cli.quiet)
            cli.err("images were not looked at: the engine does not answer\n");
          if (!cli.quiet) cli.out(`${count} units, ${errors} errors, ${warnings} warnings\n`);
        }
        return errors > 0 || (options.strict && warnings > 0) ? 2 : 0;
      }),
    );
  program
    .command("schema [file]")
    .description("the JSON Schema of unit files, or with `deploy.yml` of that, for editors")
    .action((file: string | undefined) =>
      run(async (cli) => {
        if (file !== undefined && file !== "unit" && file !== "deploy.yml")
          throw new SvcError("usage", `there is no schema of ${file}`, {
            hint: "svc schema, or: svc schema deploy.yml",
          });
        if (file === "deploy.yml") {
          const { deployJsonSchema } = await import("../../deploy/deploy-schema.ts");
          printJson(cli, deployJsonSchema());
          return 0;
        }
        const { unitJsonSchema } = await import("../../unit/keys/json-schema.ts");
        printJson(cli, unitJsonSchema());
        return 0;
      }),
    );
}

/** The grammar's problems and lint's, by place. */
async function checked(folders: UnitFolders, withEngine: boolean) {
  const { readUnits } = await import("../../unit/read-units.ts");
  const { lint } = await import("../../lint/lint.ts");
  const read = await readUnits(folders);
  const found = await lint(read.units, withEngine);
  const problems = [...read.problems, ...found.problems].sort(byPlace);
  return { count: read.units.length, problems, withoutEngine: found.withoutEngine };
}
