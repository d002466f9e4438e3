import { Command } from "commander";
import { ownVersion } from "../control/own-program.ts";
import { proxyOptions } from "../front/proxy-options.ts";
import { places } from "../unit/places.ts";
import { addChanging } from "./commands/change.ts";
import { addChecking } from "./commands/check.ts";
import { addDeploying } from "./commands/deploy.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addExport } from "./commands/export.ts";
import { addGraph } from "./commands/graph.ts";
import { addHelp } from "./commands/help.ts";
import { addImport } from "./commands/import.ts";
import { addLooking, type Run } from "./commands/look.ts";
import { addManual } from "./commands/manual.ts";
import { addOutput } from "./commands/output.ts";
import { addTop } from "./commands/top.ts";

/** Every command and option of svc. Help, the man page and the completions are made from this tree. */
export function svcProgram(run: Run): Command {
  const program = new Command("svc");
  program
    .description("supervises Docker containers by unit files")
    .version(`svc ${ownVersion}`, "--version", "print the version of this command; svc version asks the daemon too")
    .option("--socket <path>", `the daemon's socket (default: ${places.socket.path}, or SVC_SOCKET)`)
    .option("--json", "print JSON")
    .option("-q, --quiet", "print failures only; of list and status, names only")
    .option("--no-color", "no colours")
    .exitOverride()
    .showSuggestionAfterError(false)
    .helpCommand(false)
    // What is wrong with a command line is told as every other failure is.
    .configureOutput({ writeErr: () => undefined });
  program.commandsGroup("See how units are:");
  addLooking(program, run);
  addGraph(program, run);
  addTop(program, run);
  program.commandsGroup("Change what runs:");
  addChanging(program, run);
  program.commandsGroup("Deploy an app:");
  addDeploying(program, run);
  program.commandsGroup("See what was written and what happened:");
  addOutput(program, run);
  program.commandsGroup("Unit files and help:");
  addChecking(program, run);
  addDoctor(program, run);
  addImport(program, run);
  addExport(program, run);
  addHelp(program, run);
  addManual(program, run);
  program.commandsGroup("Programs of their own:");
  // src/main.ts hands these over with all that follows them; here they are for the help.
  const daemon = program.command("daemon").description("supervise, in the foreground (systemd runs this)");
  for (const [name, { path, holds }] of Object.entries(places))
    daemon.option(
      `--${name} <${name.endsWith("socket") ? "path" : "folder"}>`,
      path === "" ? holds : `${holds} (default: ${path})`,
    );
  program
    .command("dial-stdio")
    .description("stdin and stdout as a connection to the daemon: what deploy runs over ssh");
  program
    .command("run")
    .usage("[options] APP [ARGS...]")
    .description("a one-off task with an app's image, env and links; the same as docker-runner")
    .helpOption(false);
  const proxy = program.command("proxy").description("a TCP front; a circuit breaker for each target");
  for (const { name, short, value, description } of proxyOptions)
    proxy.option(`${short === null ? "" : `-${short}, `}--${name}${value === null ? "" : ` <${value}>`}`, description);
  return program;
}
