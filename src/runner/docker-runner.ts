import { lostOutput, messageOf } from "../svc-error.ts";
import { type OneOff, oneOff } from "../unit/one-off.ts";
import type { Launch } from "../unit/unit.ts";
import { refuseOtherThanFolder } from "../unit/unit-folder.ts";
import type { UnitProblem } from "../unit/unit-problem.ts";
import { exitCodeOf } from "./exit-code.ts";
import { AppProblems, findApp } from "./find-app.ts";
import { hintOf } from "./hint.ts";
import { launchOf } from "./launch-of.ts";
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
export async function dockerRunner(args: readonly string[], surroundings: Surroundings): Promise<never> {
  const code = await run(args, surroundings).catch((error: unknown) => explain(error, surroundings));
  // What may still be open must not keep this process: a stdin that does not end, a reader that does not read, an engine that hangs.
  process.exit(code);
}

async function run(args: readonly string[], { environment }: Surroundings): Promise<number> {
  const options = readRunnerOptions(args, environment);
  if (!options.help) return runApp(options);
  await print(runnerUsage);
  return 0;
}

async function explain(error: unknown, { showProblems }: Surroundings): Promise<number> {
  if (error instanceof Left) return error.exitCode;
  tell(messageOf(error));
  if (error instanceof AppProblems) process.stderr.write(await showProblems(error.problems));
  const hint = hintOf(error);
  if (hint) process.stderr.write(`hint: ${hint}\n`);
  return exitCodeOf(error);
}

async function runApp(options: RunnerOptions): Promise<number> {
  if (options.namesUnits) await refuseOtherThanFolder(options.folders.units);
  const unit = await findApp(options.app, options.folders);
  const launch = launchOf(unit, options.tag);
  const isTerminal = options.tty && process.stdin.isTTY === true && process.stdout.isTTY === true;
  const terminal = isTerminal ? terminalSize() : null;
  const { args, servicePorts } = options;
  const { request, dropped } = oneOff(launch, { name: unit.container, args, terminal, servicePorts });
  if (options.verbose) tell(`not taken from the service: ${dropped.join("; ")}`);
  if (options.print) return printRequest(request, launch);
  return runTask({ app: options.app, request, launch, terminal, graceMs: unit.stopGraceMs });
}

async function printRequest(request: OneOff["request"], launch: Launch): Promise<number> {
  const printed = printLine(request, launch.pull);
  if (printed.ok) {
    await print(`${printed.line}\n`);
    return 0;
  }
  process.stderr.write(`# docker run cannot say this: ${printed.unsayable.join(", ")}\n`);
  return 125;
}

function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.on("error", (error) => {
      const lost = lostOutput(error, "stdout");
      if (lost) reject(lost);
      else resolve();
    });
    process.stdout.write(text, (error) => {
      if (!error) resolve();
    });
  });
}

function tell(words: string): void {
  process.stderr.write(`docker-runner: ${words}\n`);
}
