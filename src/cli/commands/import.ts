import { type Command, Option } from "commander";
import { SvcError } from "../../svc-error.ts";
import { places } from "../../unit/places.ts";
import { type Cli, printJson } from "../context.ts";
import { foldersOf } from "../folders.ts";
import type { Run } from "./look.ts";

type Options = {
  fromContainer?: string[];
  kind?: "systemd" | "upstart" | "supervisord" | "compose" | "inspect";
  to?: string;
  force?: boolean;
  units?: string;
  defaultDir?: string;
  wwwDir?: string;
  json?: boolean;
};

/** import: unit files from what people have. */
export function addImport(program: Command, run: Run): void {
  program
    .command("import [files...]")
    .description(
      "make unit files of systemd units, upstart jobs, programs of supervisord, compose files and containers; needs no daemon",
    )
    .option("--from-container <container>", "a container of the engine, by docker inspect; may be repeated", repeated)
    .addOption(
      new Option("--kind <kind>", "what the files are, if it cannot be seen").choices([
        "systemd",
        "upstart",
        "supervisord",
        "compose",
        "inspect",
      ]),
    )
    .option(
      "--to <folder>",
      "write NAME.yml there, 0600 as it may hold secrets; else all is printed and nothing is written",
    )
    .option("--force", "overwrite files that are there")
    .option("--units <folder>", "units that are there, which those of the import may name")
    .option("--default-dir <folder>", places["default-dir"].holds)
    .option("--www-dir <folder>", places["www-dir"].holds)
    .option("--json", "print the report as JSON")
    .action((files: string[], options: Options) => run((cli) => importAll(files, options, cli)));
}

function repeated(name: string, before: readonly string[] = []): string[] {
  return [...before, name];
}

async function importAll(files: readonly string[], options: Options, cli: Cli): Promise<number> {
  const containers = options.fromContainer ?? [];
  if (files.length + containers.length === 0)
    throw new SvcError("usage", "nothing is named", { hint: "svc import FILE…, or svc import --from-container NAME" });
  const { findSources } = await import("../../convert/import/find-sources.ts");
  const { containerSource } = await import("../../convert/import/container/ask-docker.ts");
  const { importSources } = await import("../../convert/import/import.ts");
  const { refuseOtherThanFolder, unitNames } = await import("../../unit/unit-folder.ts");
  const { hostOf } = await import("../../convert/import/host.ts");
  const sources = await findSources(files, options.kind ?? null);
  const asked = [...sources, ...(await Promise.all(containers.map(containerSource)))];
  if (asked.length === 0)
    throw new SvcError("usage", "nothing is found there that runs docker", { hint: "name the files" });
  const { to } = options;
  if (options.units !== undefined) await refuseOtherThanFolder(options.units);
  const { defaultDir, wwwDir, units: there } = foldersOf(options, cli);
  const names = await Promise.all([there, ...(to === undefined ? [] : [to])].map(unitNames));
  const { units, notes } = await importSources(asked, hostOf(defaultDir, wwwDir, new Set(names.flat())));

  const isJson = cli.json;
  if (to !== undefined) {
    const { writeFiles } = await import("../../convert/write-files.ts");
    const written = units.map(({ name, file, text }) => ({ from: file, name: `${name}.yml`, text }));
    await writeFiles(to, written, options.force ?? false);
  } else if (!isJson) for (const { name, text } of units) cli.out(`# ${name}.yml\n${text}\n`);

  if (isJson) {
    const report = notes.map(({ file, line, what, verdict, because }) => ({ file, line, what, verdict, because }));
    printJson(cli, { units: units.map(({ name }) => name), to: to ?? null, report });
  } else {
    const { showImport } = await import("../show/import-report.ts");
    const report = showImport(notes, cli.quiet ? "not simply taken" : "all");
    // Behind unit files it is a comment, so that all of it is YAML.
    cli.out(to === undefined ? report.replace(/^(?=.)/gm, "# ") : report);
  }
  return notes.some(({ verdict }) => verdict === "not understood") ? 1 : 0;
}
