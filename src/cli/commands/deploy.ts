import { randomUUID } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import type { Deploy } from "../../deploy/deploy.ts";
import type { DeployFile } from "../../deploy/deploy-file.ts";
import { SvcError } from "../../svc-error.ts";
import { ask, type Cli, printJson } from "../context.ts";
import { showDeploys } from "../show/deploys.ts";
import { spanOf } from "../show/times.ts";
import type { Run } from "./look.ts";

type Options = {
  file?: string;
  keep?: string;
  hosts?: string;
  tasks?: string;
  batch?: string;
  pause?: string;
  minHealthy?: string;
  deadline?: string;
  resume?: string;
  json?: boolean;
  why?: string;
  force?: boolean;
};

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
    .action((app: string, tag: string | undefined, options: Options) =>
      run((cli) => deployApp(cli, [app, ...(tag === undefined ? [] : [tag])], options)),
    );
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
    .option("--force", "also one of a deployer, which goes by itself, unless its connection hangs")
    .action((app: string, { force = false }: Options) =>
      run(async (cli) => {
        await ask(cli, "unlock", { app, force });
        if (!cli.quiet) cli.out(`${app} is not locked\n`);
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

function gateOf({ minHealthy, deadline }: Options, file: DeployFile | null = null) {
  return {
    minHealthyMs: minHealthy === undefined ? (file?.minHealthyMs ?? 10_000) : spanOf(minHealthy),
    deadlineMs: deadline === undefined ? (file?.deadlineMs ?? 60_000) : spanOf(deadline),
  };
}

async function deployApp(cli: Cli, words: readonly string[], options: Options): Promise<number> {
  const { deploy } = await import("../../deploy/deploy.ts");
  const { deployHooks } = await import("../../deploy/deploy-hooks.ts");
  const { svcHost } = await import("../../deploy/svc-host.ts");
  const file = options.file === undefined ? null : await readFile(options.file);
  const { app, tag } = named(words, file?.app ?? null, options.file);
  const hosts = hostsOf(options, file);
  const id = options.resume ?? randomUUID();
  const say = (host: string | null, line: string): void => {
    if (!cli.quiet && !cli.json) cli.err(`${host === null ? "" : `${host}: `}${line}\n`);
  };
  const warnings: string[] = [];
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new SvcError("failed", "it was interrupted"));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupt);
  const what: Deploy = {
    id,
    app,
    tag,
    who: whoAmI(cli),
    hosts: hosts.map(({ name, units }) => svcHost(name, units, cli)),
    tasks: options.tasks === undefined ? (file?.tasks ?? []) : wordsOf(options.tasks),
    batch: options.batch === undefined ? (file?.batch ?? 1) : count("--batch", options.batch, "hosts"),
    keep: options.keep === undefined ? (file?.keep ?? 5) : count("--keep", options.keep, "images"),
    pauseMs: options.pause === undefined ? (file?.pauseMs ?? 0) : spanOf(options.pause),
    ...gateOf(options, file),
    signal: interrupted.signal,
    wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted()),
    say,
    hook: deployHooks(file?.hooks ?? noHooks, { environment: cli.environment, onLine: (line) => say(null, line) }),
    warn(line) {
      warnings.push(line);
      cli.err(`svc: ${line}\n`);
    },
    date: () => new Date().toISOString(),
  };
  say(null, `deploy ${id}`);
  await deploy(what);
  if (cli.json)
    printJson(cli, { id, app, tag, hosts: hosts.map(({ name }) => name ?? "this host"), ok: true, warnings });
  else if (!cli.quiet) cli.out(`${app} is on ${tag}\n`);
  return 0;
}

const noHooks = { before: [], after: [], failed: [] };

async function readFile(path: string): Promise<DeployFile> {
  const { readDeployFile } = await import("../../deploy/deploy-file.ts");
  return readDeployFile(path);
}

/** `APP TAG`, or `TAG` alone where the file names the app. */
function named(
  words: readonly string[],
  inFile: string | null,
  file: string | undefined,
): { app: string; tag: string } {
  const tag = words.at(-1) ?? "";
  const app = words.length > 1 ? words[0] : inFile;
  if (words.length === 1 && (app === null || app === undefined)) {
    const message = file === undefined ? "no tag is named" : `${file} names no app`;
    throw new SvcError("usage", message, { hint: "svc deploy APP TAG, or app: in deploy.yml" });
  }
  if (inFile !== null && app !== inFile)
    throw new SvcError("usage", `${file} is of ${inFile}, not of ${app}`, { hint: `svc deploy -f ${file} ${tag}` });
  return { app: app ?? "", tag };
}

type NamedHost = { readonly name: string | null; readonly units: readonly string[] | null };

/** Those of --hosts, each with the units that the file's roles give it; else the file's; else this one. */
function hostsOf({ hosts: said, file: path }: Options, file: DeployFile | null): readonly NamedHost[] {
  const names = (said ?? "").split(",").filter(Boolean);
  const inFile = file?.hosts ?? [];
  if (names.length === 0) return inFile.length > 0 ? inFile : [{ name: null, units: null }];
  if (new Set(names).size < names.length)
    throw new SvcError("usage", "a host is named twice", { hint: "name each once" });
  const hasRoles = inFile.some(({ units }) => units !== null);
  return names.map((name) => {
    const known = inFile.find((host) => host.name === name);
    if (!known && hasRoles)
      throw new SvcError("usage", `${name} has no role in ${path}`, {
        hint: `these have: ${inFile.map((host) => host.name).join(", ")}`,
      });
    return known ?? { name, units: null };
  });
}

function wordsOf(tasks: string): readonly (readonly string[])[] {
  return tasks
    .split(",")
    .filter(Boolean)
    .map((task) => task.trim().split(/\s+/));
}

function count(option: string, said: string, of: string): number {
  const number = Number(said);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new SvcError("usage", `"${said}" is no number of ${of}`, { hint: `${option} 2` });
}

/** Who stands behind sudo is who people want to know. */
function whoAmI({ environment }: Cli): string {
  return `${environment.SUDO_USER ?? userInfo().username}@${hostname()}`;
}
