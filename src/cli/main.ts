import { type Command, CommanderError } from "commander";
import { SvcError } from "../svc-error.ts";
import { type Cli, contextOf, type Environment } from "./context.ts";
import { endWithTheReader } from "./end-with-the-reader.ts";
import { svcProgram } from "./program.ts";
import { showError } from "./show/error.ts";

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
  endWithTheReader((error) => showError(context(), error));
  try {
    if (args.length === 0) throw new SvcError("usage", "no command is named", { hint: "svc help shows all commands" });
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return showError(context(), error);
    return error.exitCode === 0 ? 0 : showError(context(), await usageError(error, args, program));
  }
}

/** commander says `error: …`, and names what it does not know in quotes. */
async function usageError(error: CommanderError, args: readonly string[], program: Command): Promise<SvcError> {
  const words = error.message.replace(/^error: /, "");
  const command = program.commands.find((one) => args.includes(one.name()));
  const known = knownInPlaceOf(error.code, program, command);
  const { similar } = await import("../unit/similar.ts");
  const meant = similar(/'([^']*)'/.exec(words)?.[1] ?? "", known);
  return new SvcError("usage", words, {
    hint: meant ? `did you mean ${meant}?` : `svc help${command ? ` ${command.name()}` : " shows all commands"}`,
  });
}

function knownInPlaceOf(code: string, program: Command, command: Command | undefined): readonly string[] {
  if (code === "commander.unknownCommand")
    return program
      .createHelp()
      .visibleCommands(program)
      .map((one) => one.name());
  if (code !== "commander.unknownOption") return [];
  return [...(command?.options ?? []), ...program.options].flatMap(({ long }) => long ?? []);
}
