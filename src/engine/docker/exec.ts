import type Docker from "dockerode";
import { EngineError, type ExecOptions } from "../engine.ts";
import { ask } from "./deadline.ts";
import { demultiplex } from "./demultiplex.ts";

/** Runs a command in a container that runs, to its end; gives its exit code. */
export async function execIn(container: Docker.Container, options: ExecOptions, deadlineMs: number): Promise<number> {
  const exec = await ask(deadlineMs, (abortSignal) =>
    container.exec({
      Cmd: [...options.command],
      Env: [...options.environment],
      Privileged: options.privileged,
      ...(options.user === null ? {} : { User: options.user }),
      ...(options.workingDir === null ? {} : { WorkingDir: options.workingDir }),
      AttachStdout: true,
      AttachStderr: true,
      abortSignal,
    }),
  );
  const stream = await ask(deadlineMs, (abortSignal) => exec.start({ abortSignal }), options.abort);
  const take = demultiplex(options.onOutput);
  stream.on("data", take);
  const giveUp = (): void => void stream.destroy();
  options.abort.addEventListener("abort", giveUp);
  // The stream ends when the command has ended, and when the connection is lost: the inspect tells which.
  await new Promise<void>((resolve) => {
    for (const event of ["end", "close", "error", "aborted"]) stream.on(event, () => resolve());
  });
  options.abort.removeEventListener("abort", giveUp);
  if (options.abort.aborted) throw new EngineError("timeout", "the command was given up", 0);
  const { Running, ExitCode } = await ask(deadlineMs, (abortSignal) => exec.inspect({ abortSignal }));
  if (Running || ExitCode === null) throw new EngineError("away", "the connection to the command was lost", 0);
  return ExitCode;
}
