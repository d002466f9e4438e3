import { Argument, type Command } from "commander";
import { ownVersion } from "../../control/own-program.ts";
import { SvcError } from "../../svc-error.ts";
import type { UnitFolders } from "../../unit/read-folder.ts";
import { byPlace, errorsAmong, type UnitProblem } from "../../unit/unit-problem.ts";
import { type Cli, printJson } from "../context.ts";
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
  withFolderOptions(program.command("check [units-or-files...]"))
    .description("read the unit files and show every problem, or those of the named units or files; needs no daemon")
    .option("--strict", "warnings make it fail too")
    .option("--no-engine", "do not ask the engine which images are here")
    .option("--sarif", "print SARIF, for CI")
    .option("--json", "print JSON")
    .action((names: string[], options: Options) => run((cli) => check(names, options, cli)));
  program
    .command("schema")
    .addArgument(new Argument("[file]", "the kind of file").choices(["unit", "deploy.yml"]))
    .description("the JSON Schema of unit files, or with `deploy.yml` of that, for editors")
    .action((file: string | undefined) =>
      run(async (cli) => {
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

async function check(names: readonly string[], options: Options, cli: Cli): Promise<number> {
  const isJson = cli.json;
  if (isJson && options.sarif)
    throw new SvcError("usage", "--sarif and --json exclude each other", { hint: "ask for one of them" });
  const withEngine = options.engine !== false;
  const { count, problems, withoutEngine } = await checked(names, foldersOf(options, cli), withEngine);
  const errors = errorsAmong(problems).length;
  const warnings = problems.length - errors;
  if (options.sarif) {
    const { sarif } = await import("../show/sarif.ts");
    printJson(cli, sarif(problems, ownVersion, process.cwd()));
  } else if (isJson) printJson(cli, { units: count, errors, warnings, problems });
  else if (cli.quiet) cli.out(showProblems(options.strict ? problems : errorsAmong(problems)));
  else {
    cli.out(showProblems(problems));
    if (withoutEngine && withEngine) cli.err("images were not looked at: the engine does not answer\n");
    cli.out(`${counted(count, "unit")}, ${counted(errors, "error")}, ${counted(warnings, "warning")}\n`);
  }
  return errors > 0 || (options.strict && warnings > 0) ? 2 : 0;
}

/** The grammar's problems and lint's, by place. */
async function checked(names: readonly string[], folders: UnitFolders, withEngine: boolean) {
  const { chosenUnits } = await import("../chosen-units.ts");
  const { lint } = await import("../../lint/lint.ts");
  const all = await Promise.all(
    (await chosenUnits(names, folders)).map(async ({ read, concerns, files }) => {
      const found = await lint(read, { withEngine, concerns, defaultDir: folders.defaultDir });
      const isAsked = ({ unit, file }: UnitProblem): boolean =>
        names.length === 0 || (unit === null ? files.has(file) : concerns(unit));
      return {
        count: [...read.units, ...read.invalid].filter(({ name }) => concerns(name)).length,
        problems: [...read.problems.filter(isAsked), ...found.problems],
        withoutEngine: found.withoutEngine,
      };
    }),
  );
  return {
    count: all.reduce((sum, { count }) => sum + count, 0),
    problems: all.flatMap(({ problems }) => problems).sort(byPlace),
    withoutEngine: all.some(({ withoutEngine }) => withoutEngine),
  };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
