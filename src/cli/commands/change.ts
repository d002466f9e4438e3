import { type Command, Option } from "commander";
import type { Ask } from "../../control/request.ts";
import { SvcError } from "../../svc-error.ts";
import { errorsAmong } from "../../unit/unit-problem.ts";
import { ask, type Cli, printJson } from "../context.ts";
import { askThroughReexec } from "../following/ask-through-reexec.ts";
import { newDaemon } from "../new-daemon.ts";
import { showPlan } from "../show/plan.ts";
import { showProblems } from "../show/problems.ts";
import { progressView, showOutcome } from "../show/progress.ts";
import { showFileChanges, showReloaded } from "../show/reloaded.ts";
import { spanOf } from "../show/times.ts";
import type { Run } from "./look.ts";

type Options = {
  json?: boolean;
  wait?: boolean;
  timeout?: string;
  deps?: boolean;
  withDependents?: boolean;
  only?: boolean;
  prune?: boolean;
  all?: boolean;
  plan?: boolean;
  for?: "up" | "down" | "done";
};

/** Commands that change what is wished: start, stop, restart, reload, enable, disable, wait, reexec. */
export function addChanging(program: Command, run: Run): void {
  for (const name of ["start", "restart"] as const) {
    waiting(program.command(`${name} <units...>`))
      .description(
        name === "start"
          ? "start units and what they need; wait until they are ready"
          : "new containers, from what the files say now",
      )
      .option("--no-deps", "leave what they need as it is")
      .option("--plan", "show what would be done, and do nothing")
      .action((names: string[], options: Options) =>
        run((cli) => {
          if (options.plan) return planOf(cli, { command: name, names, noDeps: options.deps === false });
          const view = progressView(cli);
          return ask(cli, name, { names, noDeps: options.deps === false, ...waitOf(options) }, view.show)
            .finally(view.end)
            .then((outcome) => showOutcome(cli, outcome));
        }),
      );
  }
  waiting(program.command("stop [units...]"))
    .description("stop units; they stay down until they are started or the host boots")
    .option("--with-dependents", "stop what needs them too, first")
    .option("--only", "leave what needs them running")
    .option("--prune", "stop also what only they needed")
    .option("--all", "stop every unit")
    .option("--plan", "show what would be done, and do nothing")
    .action((names: string[], options: Options) => run((cli) => stop(names, options, cli)));
  for (const name of ["enable", "disable"] as const) {
    program
      .command(`${name} <units...>`)
      .description(name === "enable" ? "start them at boot" : "do not start them at boot")
      .action((names: string[]) =>
        run(async (cli) => {
          const { changed } = await ask(cli, name, { names });
          if (cli.json) printJson(cli, { changed });
          else if (!cli.quiet)
            cli.out(changed.length > 0 ? `${name}d: ${changed.join(", ")}\n` : "nothing to change\n");
          return 0;
        }),
      );
  }
  program
    .command("reload")
    .description("read the unit files again; no container that runs is touched, what a unit needs now is started")
    .option("--plan", "show which files are new, and what would be started, and start nothing")
    .option("--json", "print JSON")
    .action((options: Options) =>
      run(async (cli) => {
        if (options.plan) {
          const { problems } = await ask(cli, "check", {});
          const code = await planOf(cli, { command: "reload" });
          if (!cli.json) cli.err(showProblems(problems));
          return errorsAmong(problems).length > 0 ? 2 : code;
        }
        const reloaded = await ask(cli, "reload", {});
        if (cli.json) printJson(cli, reloaded);
        else {
          if (!cli.quiet) cli.words(showReloaded(reloaded));
          cli.err(showProblems(reloaded.problems));
        }
        return errorsAmong(reloaded.problems).length > 0 ? 2 : 0;
      }),
    );
  program
    .command("wait <units...>")
    .description("wait until units are up, down or done")
    .addOption(new Option("--for <phase>", "the phase").choices(["up", "down", "done"]).default("up"))
    .option("--timeout <time>", "give up after this long")
    .action((names: string[], options: Options) =>
      run(async (cli) => {
        const goal = options.for ?? "up";
        const timeoutMs = timeoutOf(options).timeoutMs ?? null;
        const wish = { names, for: goal } as const;
        const endsAt = timeoutMs === null ? null : performance.now() + timeoutMs;
        const rest = () => ({
          ...wish,
          ...(endsAt === null ? {} : { timeoutMs: Math.max(0, endsAt - performance.now()) }),
        });
        const outcome = await askThroughReexec(cli.socket, "wait", { first: rest(), rest });
        return showOutcome(cli, outcome, `not all are ${goal}, and the time is up`);
      }),
    );
  program
    .command("reexec")
    .description("replace the daemon by the program now on disk; containers run on")
    .action(() =>
      run(async (cli) => {
        const before = await ask(cli, "version", {});
        const { pid } = await ask(cli, "reexec", {}, ({ waitsFor }) => {
          if (!cli.quiet && !cli.json)
            cli.err(`waits for ${waitsFor.join(", ")}; nothing else begins meanwhile; Ctrl-C gives it up\n`);
        });
        const after = await newDaemon(cli.socket, before.upSince);
        if (cli.json) printJson(cli, { pid, version: after.version });
        else if (!cli.quiet)
          cli.out(`the daemon (pid ${pid}) runs the program that is on disk now, ${after.version}\n`);
        return 0;
      }),
    );
}

async function stop(names: readonly string[], options: Options, cli: Cli): Promise<number> {
  if (names.length === 0 && !options.all)
    throw new SvcError("usage", "no unit is named", { hint: "svc stop UNIT, or svc stop --all" });
  if (options.only && options.withDependents)
    throw new SvcError("usage", "--only and --with-dependents exclude each other", { hint: "svc help stop" });
  if (options.all && names.length > 0)
    throw new SvcError("usage", `--all is every unit; ${names.join(" ")} is named beside it`, {
      hint: `svc stop --all, or svc stop ${names.join(" ")}`,
    });
  const what = {
    names,
    withDependents: options.withDependents ?? false,
    only: options.only ?? false,
    prune: options.prune ?? false,
    all: options.all ?? false,
  };
  if (options.plan) return planOf(cli, { command: "stop", ...what });
  const wish = { ...what, ...waitOf(options) };
  const view = progressView(cli);
  try {
    return showOutcome(cli, await ask(cli, "stop", wish, view.show).finally(view.end));
  } catch (error) {
    if (!(error instanceof SvcError) || error.code !== "unit-needed" || !cli.terminal) throw error;
    const { units = [] } = error as SvcError & { readonly units?: readonly string[] };
    if (!(await isYes(`${error.message}. Stop ${units.length === 1 ? "it" : "them"} too? [y/N] `))) throw error;
    return showOutcome(cli, await ask(cli, "stop", { ...wish, withDependents: true }, view.show).finally(view.end));
  }
}

async function planOf(cli: Cli, asked: Ask<"plan">): Promise<number> {
  const plan = await ask(cli, "plan", asked);
  if (cli.json) printJson(cli, plan);
  else {
    const flags = [
      asked.noDeps && "--no-deps",
      asked.withDependents && "--with-dependents",
      asked.only && "--only",
      asked.prune && "--prune",
      asked.all && "--all",
    ].filter((flag) => typeof flag === "string");
    if (plan.files) cli.words(showFileChanges(plan.files));
    cli.words(showPlan(plan, ["svc", asked.command, ...(asked.names ?? []), ...flags].join(" "), cli));
  }
  return 0;
}

async function isYes(question: string): Promise<boolean> {
  const { createInterface } = await import("node:readline/promises");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } catch {
    // Ctrl-C and Ctrl-D are no.
    process.stderr.write("\n");
    return false;
  } finally {
    terminal.close();
  }
}

function waiting(command: Command): Command {
  return command
    .option("--no-wait", "return at once")
    .option("--timeout <time>", "wait no longer than this (30s, 2m)")
    .option("--json", "print JSON");
}

function waitOf(options: Options): { wait: boolean; timeoutMs?: number } {
  return { wait: options.wait ?? true, ...timeoutOf(options) };
}

function timeoutOf({ timeout }: Options): { timeoutMs?: number } {
  return timeout === undefined ? {} : { timeoutMs: spanOf(timeout) };
}
