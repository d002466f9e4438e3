import { randomUUID } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { SvcError } from "../../svc-error.ts";
import { ask, type Cli, printJson } from "../context.ts";
import { showDeploys } from "../show/deploys.ts";
import { spanOf } from "../show/times.ts";
import type { Run } from "./look.ts";

type Options = {
  hosts?: string;
  tasks?: string;
  batch?: string;
  pause?: string;
  minHealthy?: string;
  deadline?: string;
  resume?: string;
  json?: boolean;
  why?: string;
};

/** Commands about versions of an app: deploy, revert, deploys, lock, unlock. */
export function addDeploying(program: Command, run: Run): void {
  gated(program.command("deploy <app> <tag>"))
    .description(
      "a new tag on all hosts or on none: checks, pulls, runs tasks, switches host by host, puts back what fails",
    )
    .option("--hosts <names>", "hosts to reach by ssh, with commas between them (default: this one)")
    .option("--tasks <names>", "tasks to run once, on the first host, before any TAG is touched: migrate,compress")
    .option("--batch <count>", "so many hosts at once", "1")
    .option("--pause <time>", "between two batches", "0s")
    .option("--resume <id>", "go on with a deploy that was cut off")
    .action((app: string, tag: string, options: Options) => run((cli) => deployApp(cli, app, tag, options)));
  gated(program.command("revert <app>"))
    .description("put back the tag that REVERT holds, on this host")
    .action((app: string, options: Options) =>
      run(async (cli) => {
        const say = ({ unit, phase, because }: { unit: string; phase: string; because: string }): void => {
          if (!cli.quiet && !cli.json) cli.err(`${unit}: ${phase}: ${because}\n`);
        };
        const result = await ask(
          cli,
          "deploy-revert",
          { app, id: randomUUID(), who: whoAmI(cli), ...gateOf(options) },
          say,
        );
        if (cli.json) printJson(cli, result);
        else if (result.ok) cli.out(`${app} is on ${result.to} again: ${result.because}\n`);
        else cli.err(`svc: ${app} was put on ${result.to}, and is not well: ${result.because}\n`);
        return result.ok ? 0 : 12;
      }),
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
    .action((app: string, options: Options) =>
      run(async (cli) => {
        await ask(cli, "lock", { app, who: whoAmI(cli), why: options.why ?? "locked by hand" });
        if (!cli.quiet) cli.out(`${app} is locked on this host; svc unlock ${app} ends that\n`);
        return 0;
      }),
    );
  program
    .command("unlock <app>")
    .description("take such a lock away")
    .action((app: string) =>
      run(async (cli) => {
        await ask(cli, "unlock", { app });
        if (!cli.quiet) cli.out(`${app} is not locked\n`);
        return 0;
      }),
    );
}

function gated(command: Command): Command {
  return command
    .option("--min-healthy <time>", "how long all units must have been ready", "10s")
    .option("--deadline <time>", "by when they must be ready", "60s")
    .option("--json", "print JSON");
}

function gateOf({ minHealthy = "10s", deadline = "60s" }: Options) {
  return { minHealthyMs: spanOf(minHealthy), deadlineMs: spanOf(deadline) };
}

async function deployApp(cli: Cli, app: string, tag: string, options: Options): Promise<number> {
  const { deploy } = await import("../../deploy/deploy.ts");
  const { svcHost } = await import("../../deploy/svc-host.ts");
  const names = (options.hosts ?? "").split(",").filter(Boolean);
  const hosts = names.length > 0 ? names : [null];
  if (new Set(hosts).size < hosts.length)
    throw new SvcError("usage", "a host is named twice", { hint: "name each once" });
  const batch = Number(options.batch ?? 1);
  if (!Number.isInteger(batch) || batch < 1)
    throw new SvcError("usage", `"${options.batch}" is no number of hosts`, { hint: "--batch 2" });
  const id = options.resume ?? randomUUID();
  const say = (host: string | null, line: string): void => {
    if (!cli.quiet && !cli.json) cli.err(`${host === null ? "" : `${host}: `}${line}\n`);
  };
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new SvcError("failed", "it was interrupted"));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupt);
  say(null, `deploy ${id}`);
  await deploy({
    id,
    app,
    tag,
    who: whoAmI(cli),
    hosts: hosts.map((name) => svcHost(name, cli.socket, cli.environment)),
    tasks: (options.tasks ?? "")
      .split(",")
      .filter(Boolean)
      .map((task) => task.trim().split(/\s+/)),
    batch,
    pauseMs: spanOf(options.pause ?? "0s"),
    ...gateOf(options),
    signal: interrupted.signal,
    wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted()),
    say,
  });
  if (cli.json) printJson(cli, { id, app, tag, hosts: hosts.map((name) => name ?? "this host"), ok: true });
  else if (!cli.quiet) cli.out(`${app} is on ${tag}\n`);
  return 0;
}

/** Who stands behind sudo is who people want to know. */
function whoAmI({ environment }: Cli): string {
  return `${environment.SUDO_USER ?? userInfo().username}@${hostname()}`;
}
