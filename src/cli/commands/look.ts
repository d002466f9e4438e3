import type { Command } from "commander";
import { ownVersion } from "../../control/own-program.ts";
import { ask, type Cli, printJson } from "../context.ts";
import { showList, showStatus } from "../show/statuses.ts";
import { showWhy } from "../show/why.ts";

export type Run = (action: (cli: Cli) => Promise<number>) => Promise<void>;

/** Commands that look and change nothing: list, status, why, version. */
export function addLooking(program: Command, run: Run): void {
  const both = (name: string, description: string) =>
    program
      .command(`${name} [units...]`)
      .description(description)
      .option("--json", "print JSON")
      .action((units: string[], options: { json?: boolean }) =>
        run(async (cli) => {
          const all = await ask(cli, "list", { units });
          const [only] = all;
          if (cli.json || options.json) printJson(cli, all);
          else if (cli.quiet) cli.out(all.map((one) => `${one.name}\n`).join(""));
          else if (name === "status" && units.length === 1 && only) cli.out(showStatus(only, cli.colour, Date.now()));
          else cli.out(showList(all, cli.colour, Date.now()));
          return 0;
        }),
      );
  both("list", "all units, a line each");
  both("status", "how units are, and why; one unit in full");
  program
    .command("why <units...>")
    .description("why units are as they are, each down to its root cause")
    .option("--json", "print JSON")
    .action((units: string[], options: { json?: boolean }) =>
      run(async (cli) => {
        const chains = await Promise.all(units.map((unit) => ask(cli, "why", { unit })));
        const now = Date.now();
        // Of one unit it is its chain, of several a list of chains.
        if (cli.json || options.json) printJson(cli, chains.length === 1 ? chains[0] : chains);
        else cli.out(chains.map((chain) => showWhy(chain, now)).join("\n"));
        return 0;
      }),
    );
  program
    .command("version")
    .description("versions of this command, the daemon and the engine")
    .option("--json", "print JSON")
    .action((options: { json?: boolean }) =>
      run(async (cli) => {
        const own = ownVersion;
        const daemon = await ask(cli, "version", {}).catch(() => null);
        if (cli.json || options.json) printJson(cli, { version: own, daemon });
        else if (daemon)
          cli.out(
            `svc ${own}, daemon ${daemon.version}, engine ${daemon.engine ?? "away"} (API ${daemon.api ?? "-"})\n`,
          );
        else cli.out(`svc ${own}, no daemon\n`);
        return 0;
      }),
    );
}
