import type { Command } from "commander";
import { pathOf, places } from "../unit/places.ts";
import type { UnitFolders } from "../unit/read-folder.ts";
import type { Cli } from "./context.ts";

export type FolderOptions = { units?: string; defaultDir?: string; wwwDir?: string };

/** Where unit files and what stands beside them are, for a command that reads them itself. */
export function withFolderOptions(command: Command): Command {
  return command
    .option("--units <folder>", places.units.holds)
    .option("--default-dir <folder>", places["default-dir"].holds)
    .option("--www-dir <folder>", places["www-dir"].holds);
}

export function foldersOf(options: FolderOptions, { environment }: Pick<Cli, "environment">): UnitFolders {
  return {
    units: pathOf("units", environment, options.units),
    defaultDir: pathOf("default-dir", environment, options.defaultDir),
    wwwDir: pathOf("www-dir", environment, options.wwwDir),
  };
}
