import { CommanderError } from "commander";
import { SvcError } from "../svc-error.ts";
import { pathOf } from "../unit/places.ts";
import type { Cli } from "./context.ts";
import { svcProgram } from "./program.ts";
import { showError } from "./show/error.ts";

type Environment = { readonly [name: string]: string | undefined };

/** Runs one command; returns its exit code. */
export async function cli(args: readonly string[], environment: Environment): Promise<number> {
  let code = 0;
  const context = (): Cli => contextOf(program.opts(), environment);
  const program = svcProgram((action) =>
    action(context()).then((result) => {
      code = result;
    }),
  );
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
    socket: options.socket ?? pathOf("socket", environment),
    json: options.json ?? false,
    quiet: options.quiet ?? false,
    colour: process.stdout.isTTY === true && !noColour,
    terminal: process.stdin.isTTY === true && process.stderr.isTTY === true,
    environment,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  };
}
