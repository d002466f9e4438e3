import { type Command, Option } from "commander";
import type { FileToWrite } from "../../convert/write-files.ts";
import { SvcError } from "../../svc-error.ts";
import type { Unit } from "../../unit/unit.ts";
import type { Cli } from "../context.ts";
import { type FolderOptions, foldersOf, withFolderOptions } from "../folders.ts";
import type { Run } from "./look.ts";

type Options = FolderOptions & {
  compose?: boolean;
  systemd?: boolean;
  run?: boolean;
  to?: string;
  force?: boolean;
};

/** export: what the unit files say, for other programs. */
export function addExport(program: Command, run: Run): void {
  const command = program
    .command("export [units...]")
    .description("what unit files say as a compose file, systemd services or docker run lines; needs no daemon")
    .addOption(new Option("--compose", "one compose.yaml").conflicts(["systemd", "run"]))
    .addOption(new Option("--systemd", "a NAME.service for each unit").conflicts(["compose", "run"]))
    .addOption(new Option("--run", "docker run lines").conflicts(["compose", "systemd"]))
    .option("--to <folder>", "write files there, 0600 as env files may hold secrets; else all is printed")
    .option("--force", "overwrite files that are there");
  withFolderOptions(command).action((names: string[], options: Options) =>
    run((cli) => exportUnits(names, options, cli)),
  );
}

async function exportUnits(names: readonly string[], options: Options, cli: Cli): Promise<number> {
  if (!options.compose && !options.systemd && !options.run)
    throw new SvcError("usage", "no format is named", { hint: "svc export --compose, --systemd or --run" });
  const units = await readAll(names, options, cli);
  const { exportedUnit } = await import("../../convert/export/exported.ts");
  const exported = [];
  for (const unit of units) {
    const one = await exportedUnit(unit);
    if (one) exported.push(one);
    else if (!unit.launch.ok)
      cli.err(`${unit.name} is left out: ${unit.launch.message}    hint: ${unit.launch.hint}\n`);
  }
  const { printLine } = await import("../../runner/print-line.ts");
  let files: readonly FileToWrite[];
  let isWhole = exported.length === units.length;
  if (options.compose) {
    const { composeText } = await import("../../convert/export/compose.ts");
    files = [{ name: "compose.yaml", text: await composeText(exported) }];
  } else if (options.systemd) {
    const { systemdText } = await import("../../convert/export/systemd.ts");
    const texts = exported.map((one) => ({ name: `${one.unit.name}.service`, ...systemdText(one, printLine) }));
    isWhole &&= texts.every((one) => one.isWhole);
    files = texts;
  } else {
    const { runLine } = await import("../../convert/export/run-lines.ts");
    const lines = exported.map((one) => runLine(one, printLine));
    isWhole &&= lines.every((one) => one.isWhole);
    files = [{ name: "run.sh", text: lines.map(({ text }) => text).join("") }];
  }
  if (options.to !== undefined) {
    const { writeFiles } = await import("../../convert/write-files.ts");
    await writeFiles(options.to, files, options.force ?? false);
    if (!cli.quiet) cli.out(files.map(({ name }) => `${name}\n`).join(""));
  } else if (options.systemd) cli.out(files.map(({ name, text }) => `# ${name}\n${text}\n`).join(""));
  else cli.out(files.map(({ text }) => text).join(""));
  return isWhole ? 0 : 1;
}

/** The named units, or all, each behind what it needs. */
async function readAll(names: readonly string[], options: Options, cli: Cli): Promise<readonly Unit[]> {
  const { readUnits } = await import("../../unit/read-units.ts");
  const { noUnit, refuseOtherThanFolder } = await import("../../unit/unit-folder.ts");
  const { withNeeds } = await import("../../graph/closure.ts");
  const folders = foldersOf(options, cli);
  await refuseOtherThanFolder(folders.units);
  const read = await readUnits(folders, { instances: names.filter((name) => name.includes("@")) });
  const wrong = read.invalid.filter(({ name }) => names.length === 0 || names.includes(name));
  if (wrong.length > 0) {
    const { showProblems } = await import("../show/problems.ts");
    const told = read.problems.filter(({ unit }) => wrong.some(({ name }) => name === unit));
    cli.err(showProblems(told));
    throw new SvcError("invalid-unit", `there are mistakes in ${wrong.map(({ name }) => name).join(", ")}`, {
      hint: "svc check",
    });
  }
  for (const template of names.length === 0 ? read.templates : [])
    if (!read.units.some(({ name }) => name.startsWith(template)))
      cli.err(`${template} is a template: name an instance of it, ${template}NAME\n`);
  const byName = new Map(read.units.map((unit) => [unit.name, unit]));
  const unknown = names.find((name) => !byName.has(name));
  if (unknown !== undefined && read.templates.includes(unknown)) throw noUnit(unknown);
  if (unknown !== undefined)
    throw new SvcError("unknown-unit", `there is no unit ${unknown} in ${folders.units}`, {
      hint: "svc check reads the folder",
    });
  const wanted = new Set(names.length === 0 ? byName.keys() : names);
  return withNeeds([...wanted], byName).flatMap((name) => (wanted.has(name) ? (byName.get(name) ?? []) : []));
}
