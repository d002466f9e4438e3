import { closeSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import type { Server } from "node:net";
import { dirname } from "node:path";
import { systemClock } from "../clock/system-clock.ts";
import { clearStaleSocket } from "../host/clear-stale-socket.ts";
import { SvcError } from "../svc-error.ts";
import { serveFrontSocket } from "./front-socket.ts";
import { keepFronts } from "./fronts.ts";
import { passedOnPlaces } from "./places.ts";

/**
 * `svc front SOCKET`: the process that has the fronts of all units. The daemon tells it what to do on the socket; it outlives the
 * daemon, and ends when it is asked to, or by SIGTERM. Under systemd the socket is passed on. Returns the exit code.
 */
export async function front(
  args: readonly string[],
  given: { readonly environment: { readonly [name: string]: string | undefined }; readonly version: string },
): Promise<number> {
  const { environment, version } = given;
  const [passedOn] = passedOnPlaces(environment, process.pid);
  const [path] = args;
  if (path === undefined && !passedOn)
    throw new SvcError("usage", "svc front needs a SOCKET", { hint: "the daemon starts it by itself" });
  const { promise: ending, resolve: end } = Promise.withResolvers<void>();
  process.once("SIGTERM", () => end());
  process.once("SIGINT", () => end());
  const fronts = keepFronts({ clock: systemClock(), chance: Math.random, tell });
  const server = serveFrontSocket(fronts, { version, onEnd: end });
  if (passedOn?.kind === "descriptor") await listening(server, { fd: passedOn.descriptor });
  else if (path !== undefined) await listenAt(server, path);
  tellReady(environment);
  tell(`ready, version ${version}`);
  await ending;
  await fronts.set([]);
  server.close();
  process.exit(0);
}

/** From the first instant nobody but the owner may ask. */
async function listenAt(server: Server, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await clearStaleSocket(
    path,
    () => new SvcError("cannot-listen", `another svc front answers on ${path}`, { hint: "choose another path" }),
  );
  const before = process.umask(0o177);
  try {
    await listening(server, { path });
  } finally {
    process.umask(before);
  }
  await chmod(path, 0o600);
}

function listening(server: Server, where: { readonly path: string } | { readonly fd: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, resolve);
  });
}

/** Who started it may have passed a pipe on, whose end means that the socket answers. */
function tellReady({ SVC_READY_FD }: { readonly [name: string]: string | undefined }): void {
  if (SVC_READY_FD !== undefined) closeSync(Number(SVC_READY_FD));
}

function tell(line: string): void {
  process.stderr.write(`svc front: ${line}\n`);
}
