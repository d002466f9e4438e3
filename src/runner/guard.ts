import { dockerEngine } from "../engine/docker/docker-engine.ts";
import { endContainer } from "./end-container.ts";

/**
 * Outlives a client that is killed: waits for its end on a pipe (stdin), then ends and removes the container `args[0]`, with
 * `args[1]` ms of grace. Where the client did that itself there is nothing left to do.
 */
export async function guard(args: readonly string[]): Promise<number> {
  const [id = "", grace = "10000"] = args;
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM", "SIGQUIT"] as const) process.on(signal, () => undefined);
  await new Promise<void>((resolve) => {
    process.stdin.on("end", resolve);
    process.stdin.on("close", resolve);
    process.stdin.on("error", resolve);
    process.stdin.resume();
  });
  await endContainer(dockerEngine(), id, Number(grace)).catch(() => undefined);
  return 0;
}
