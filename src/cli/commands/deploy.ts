import type { Command } from "commander";
import { ask, printJson } from "../context.ts";
import type { DeployOptions } from "../deploying/deploy-app.ts";
import type { ErrandOptions } from "../deploying/errand.ts";
import { whoAmI } from "../deploying/who-am-i.ts";
import { showDeploys } from "../show/deploys.ts";
import type { Run } from "./look.ts";

/** Commands about versions of an app: deploy, revert, deploys, lock, unlock. */
export function addDeploying(program: Command, run: Run): void {
  gated(program.command("deploy <app> [tag]"))
    .usage("[options] APP TAG\n       svc deploy [options] -f deploy.yml [APP] TAG")
    .description(
      "a new tag on all hosts or on none: checks, pulls, runs tasks, switches host by host, puts back what fails",
    )
    .option("-f, --file <path>", "a deploy.yml (svc help deploy.yml); options win over it")
    .option("--hosts <names>", "hosts to reach by ssh, with commas between them (default: this one)")
    .option("--tasks <names>", "tasks to run once, on the first host, before any TAG is touched: migrate,compress")
    .option("--batch <count>", "so many hosts at once (default: 1)")
    .option("--pause <time>", "between two batches (default: 0s)")
    .option("--keep <count>", "so many of the newest images stay on each host (default: 5)")
    .option("--resume <id>", "go on with a deploy that was cut off")
    .action((app: string, tag: string | undefined, options: DeployOptions) =>
      run(async (cli) => {
        const { deployApp } = await import("../deploying/deploy-app.ts");
        return deployApp(cli, [app, ...(tag === undefined ? [] : [tag])], options);
      }),
    );
  gated(program.command("revert [app]"))
    .description("put back the tag that REVERT holds, host by host")
    .option("-f, --file <path>", "a deploy.yml, for its hosts and times; options win over it")
    .option("--hosts <names>", "hosts to reach by ssh, with commas between them (default: this one)")
    .action((app: string | undefined, options: ErrandOptions) =>
      run(async (cli) => (await import("../deploying/revert-app.ts")).revertApp(cli, app, options)),
    );
  program
    .command("deploys [app]")
    .description("what was deployed on this host: who, when, tag, digest, result")
    .option("--json", "print JSON")
    .action((app: string | undefined) =>
      run(async (cli) => {
        const all = await ask(cli, "deploys", app === undefined ? {} : { app });
        if (cli.json) printJson(cli, all);
        else cli.words(showDeploys(all));
        return 0;
      }),
    );
  program
    .command("lock <app>")
    .description("let nobody deploy it on this host until svc unlock")
    .option("--why <words>", "what others are told", "locked by hand")
    .option("--json", "print JSON")
    .action((app: string, { why }: { readonly why: string }) =>
      run(async (cli) => {
        await ask(cli, "lock", { app, who: whoAmI(cli), why });
        if (cli.json) printJson(cli, { app, locked: true });
        else if (!cli.quiet) cli.out(`${app} is locked on this host; svc unlock ${app} ends that\n`);
        return 0;
      }),
    );
  program
    .command("unlock <app>")
    .description("take such a lock away")
    .option("--json", "print JSON")
    .option("--force", "also one of a deployer, which goes by itself, unless its connection hangs")
    .action((app: string, { force = false }: { readonly force?: boolean }) =>
      run(async (cli) => {
        await ask(cli, "unlock", { app, force });
        if (cli.json) printJson(cli, { app, locked: false });
        else if (!cli.quiet) cli.out(`${app} is not locked\n`);
        return 0;
      }),
    );
}

function gated(command: Command): Command {
  return command
    .option("--min-healthy <time>", "how long all units must have been ready (default: 10s)")
    .option("--deadline <time>", "by when they must be ready (default: 60s)")
    .option("--json", "print JSON");
}
