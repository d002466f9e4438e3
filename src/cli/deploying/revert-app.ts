import { randomUUID } from "node:crypto";
import { revert } from "../../deploy/revert.ts";
import { SvcError } from "../../svc-error.ts";
import { type Cli, printJson } from "../context.ts";
import { deployView } from "./deploy-view.ts";
import { type ErrandOptions, errandOf, readDeployFileOf, refuseOtherApp } from "./errand.ts";

/** `svc revert`: the app is named, or the file names it. */
export async function revertApp(cli: Cli, said: string | undefined, options: ErrandOptions): Promise<number> {
  const file = await readDeployFileOf(options);
  const app = said ?? file?.app;
  if (app === undefined || app === null) throw new SvcError("usage", "no app is named", { hint: "svc revert APP" });
  refuseOtherApp(app, file?.app ?? null, options.file, `svc revert -f ${options.file}`);
  const errand = errandOf(cli, { id: randomUUID(), app, say: deployView(cli).say }, options, file);
  const hosts = await revert(errand);
  if (cli.json) printJson(cli, { id: errand.id, app, hosts, ok: true });
  else if (!cli.quiet) for (const { host, tag } of hosts) cli.out(`${app} is on ${tag} again: ${host}\n`);
  return 0;
}
