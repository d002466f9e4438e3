import { places } from "../unit/places.ts";
import { ask, type Cli, printJson } from "./context.ts";
import { showList, showStatus } from "./show/statuses.ts";

export type LookName = "list" | "status";

/** `svc list` and `svc status`; without names all units. */
export async function lookAtUnits(cli: Cli, name: LookName, units: readonly string[]): Promise<number> {
  const all = await ask(cli, "list", { units });
  const [only] = all;
  if (cli.json) printJson(cli, all);
  else if (cli.quiet) cli.out(all.map((one) => `${one.name}\n`).join(""));
  else if (name === "status" && units.length === 1 && only) cli.words(showStatus(only, cli.colour, Date.now()));
  else if (all.length === 0) cli.words(await noUnits(cli));
  else cli.words(showList(all, cli.colour, Date.now()));
  return 0;
}

/** The daemon's folder may be another one than this command would look in. */
async function noUnits(cli: Cli): Promise<string> {
  const { folders } = await ask(cli, "version", {});
  return `there are no units; write ${folders?.units ?? places.units.path}/NAME.yml and then: svc reload\n`;
}
