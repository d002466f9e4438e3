import { type Command, CommanderError } from "commander";
import { SvcError } from "../svc-error.ts";
import { pathOf } from "../unit/places.ts";
import type { Cli } from "./context.ts";
import { svcProgram } from "./program.ts";
import { showError } from "./show/error.ts";
import { wrap } from "./show/wrap.ts";

type Environment = { readonly [name: string]: string | undefined };

/** Runs one command; returns its exit code. */
export async function cli(args: readonly string[], environment: Environment): Promise<number> {
  let code = 0;
  // Of a line that is not understood all that is known is whether it stands there.
  let isJson = args.includes("--json");
  const context = (): Cli => contextOf({ ...program.opts(), json: isJson }, environment);
  const program = svcProgram((action) =>
    action(context()).then((result) => {
      code = result;
    }),
  );
  program.hook("preAction", (_, command) => {
    isJson = command.optsWithGlobals().json === true;
  });
  endWithTheReader();
  try {
    if (args.length === 0) throw new SvcError("usage", "no command is named", { hint: "svc help shows all commands" });
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return showError(context(), error);
    return error.exitCode === 0 ? 0 : showError(context(), usageError(error, args, program));
  }
}

/** `svc logs web | head`: who reads has enough, or has lost the terminal, and that is no failure. */
function endWithTheReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || error.code === "EIO") process.exit(0);
    throw error;
  });
}

/** commander says `error: …`, and what it takes to be meant in a line of its own. */
function usageError(error: CommanderError, args: readonly string[], program: Command): SvcError {
  const [words = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const command = program.commands.find((one) => args.includes(one.name()));
  const meant = suggestion?.replace(/^\(Did you mean (.*)\?\)$/, "did you mean $1?");
  return new SvcError("usage", words, {
    hint: meant ?? `svc help${command ? ` ${command.name()}` : " shows all commands"}`,
  });
}

function contextOf(
  options: { socket?: string; json?: boolean; quiet?: boolean; color?: boolean },
  environment: Environment,
): Cli {
  const noColour = (environment.NO_COLOR ?? "") !== "" || options.color === false;
  return {
    socket: options.socket ?? pathOf("socket", environment),
    json: options.json ?? false,
    quiet: options.quiet ?? false,
    colour: process.stdout.isTTY === true && !noColour,
    terminal: process.stdin.isTTY === true && process.stderr.isTTY === true,
    environment,
    out: (text) => process.stdout.write(text),
    words: (text) => process.stdout.write(process.stdout.isTTY ? wrap(text, process.stdout.columns) : text),
    err: (text) => process.stderr.write(text),
  };
}
