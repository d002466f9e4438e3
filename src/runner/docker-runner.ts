import { messageOf, SvcError } from "../svc-error.ts";
import type { Launch, Unit } from "../unit/unit.ts";
import type { UnitProblem } from "../unit/unit-problem.ts";
import { exitCodeOf } from "./exit-code.ts";
import { AppProblems, findApp } from "./find-app.ts";
import { hintOf } from "./hint.ts";
import { type OneOff, oneOff } from "./one-off.ts";
import { printLine } from "./print-line.ts";
import { terminalSize } from "./raw-terminal.ts";
import { Left } from "./run-attached.ts";
import { runTask } from "./run-task.ts";
import { type RunnerOptions, readRunnerOptions, runnerUsage } from "./runner-options.ts";

type Surroundings = {
  readonly environment: { readonly [name: string]: string | undefined };
  readonly showProblems: (problems: readonly UnitProblem[]) => Promise<string>;
};

/** `docker-runner APP ARGS…`: one task with the image, tag, env and links of the app; the exit code is the task's. */
export async function dockerRunner(
  args: readonly string[],
  { environment, showProblems }: Surroundings,
): Promise<number> {
  try {
    const options = readRunnerOptions(args, environment);
    if (!options.help) return await runApp(options);
    process.stdout.write(runnerUsage);
    return 0;
  } catch (error) {
    if (error instanceof Left) return error.exitCode;
    tell(messageOf(error));
    if (error instanceof AppProblems) process.stderr.write(await showProblems(error.problems));
    const hint = hintOf(error);
    if (hint) process.stderr.write(`hint: ${hint}\n`);
    return exitCodeOf(error);
  }
}

async function runApp(options: RunnerOptions): Promise<number> {
  const unit = await findApp(options.app, options.folders);
  const launch = launchOf(unit, options.tag);
  const isTerminal = options.tty && process.stdin.isTTY === true && process.stdout.isTTY === true;
  const terminal = isTerminal ? terminalSize() : null;
  const { request, dropped } = oneOff(launch, { args: options.args, terminal, servicePorts: options.servicePorts });
  if (options.verbose && dropped.length > 0) tell(`not taken from the service: ${dropped.join("; ")}`);
  if (options.print) return print(request, launch);
  return runTask({ app: options.app, request, launch, terminal, graceMs: unit.stopGraceMs });
}

function launchOf({ launch }: Unit, tag: string | null): Launch {
  if (!launch.ok) throw new SvcError("cannot-start", launch.message, { hint: launch.hint });
  if (tag === null) return launch;
  const image = `${launch.image.replace(/@.*$/, "").replace(/:[^/:]+$/, "")}:${tag}`;
  return { ...launch, image, tag, create: { ...launch.create, body: { ...launch.create.body, Image: image } } };
}

function print(request: OneOff["request"], launch: Launch): number {
  const printed = printLine(request, launch.pull);
  if (printed.ok) {
    process.stdout.write(`${printed.line}\n`);
    return 0;
  }
  process.stderr.write(`# docker run cannot say this: ${printed.unsayable.join(", ")}\n`);
  return 125;
}

function tell(words: string): void {
  process.stderr.write(`docker-runner: ${words}\n`);
}
