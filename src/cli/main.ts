import { Command, CommanderError } from "commander";
import { SvcError } from "../svc-error.ts";
import { addChanging } from "./commands/change.ts";
import { addChecking } from "./commands/check.ts";
import { addLooking } from "./commands/look.ts";
import { addOutput } from "./commands/output.ts";
import type { Cli } from "./context.ts";
import { showError } from "./show/error.ts";

type Environment = { readonly [name: string]: string | undefined };

/** Runs one command; returns its exit code. */
export async function cli(args: readonly string[], environment: Environment): Promise<number> {
  let code = 0;
  const program = new Command("svc");
  const context = (): Cli => contextOf(program.opts(), environment);
  program
    .description("supervises Docker containers by unit files")
    .option("--socket <path>", "the daemon's socket", environment.SVC_SOCKET ?? "/run/svc/svc.sock")
    .option("--json", "print JSON")
    .option("-q, --quiet", "print failures only")
    .option("--no-color", "no colours")
    .exitOverride()
    .showSuggestionAfterError()
    .helpCommand(false)
    .configureOutput({ writeErr: (text) => process.stderr.write(text) });
  const run = (action: (cli: Cli) => Promise<number>): Promise<void> =>
    action(context()).then((result) => {
      code = result;
    });
  addLooking(program, run);
  addChanging(program, run);
  addOutput(program, run);
  addChecking(program, run);
  program.command("daemon").description("supervise, in the foreground (systemd runs this)").helpOption(false);
  program
    .command("run")
    .description("a one-off task with an app's image, env and links; also docker-runner")
    .helpOption(false);
  try {
    if (args.length === 0) program.help({ error: true });
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : new SvcError("usage", "").exitCode;
    return showError(context(), error);
  }
}

function contextOf(
  options: { socket?: string; json?: boolean; quiet?: boolean; color?: boolean },
  environment: Environment,
): Cli {
  const noColour = (environment.NO_COLOR ?? "") !== "" || options.color === false;
  return {
    socket: options.socket ?? "/run/svc/svc.sock",
    json: options.json ?? false,
    quiet: options.quiet ?? false,
    colour: process.stdout.isTTY === true && !noColour,
    terminal: process.stdin.isTTY === true && process.stderr.isTTY === true,
    environment,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  };
}
