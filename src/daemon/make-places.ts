import { access, constants, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf, SvcError } from "../svc-error.ts";
import { checkSocketPath } from "../unit/places.ts";
import type { DaemonOptions } from "./daemon-options.ts";

/** The folders that the daemon writes to, made where they are not there. Where that cannot be, nothing was done yet. */
export async function makePlaces({ state, logs, socket, frontSocket }: DaemonOptions): Promise<void> {
  checkSocketPath(socket);
  checkSocketPath(frontSocket, "--front-socket");
  await makeFolder(state, 0o700, "--state-dir");
  await makeFolder(logs, 0o750, "--log-dir");
  await makeFolder(dirname(socket), 0o755, "--socket");
}

async function makeFolder(path: string, mode: number, option: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode });
    // A disk that is read-only for a while must not keep it from supervising; one that never may write here must be told.
    if (option === "--state-dir") await access(path, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SvcError("usage", `there can be no folder of svc at ${path}: ${messageOf(error)}`, {
      hint: `${code === "EACCES" ? "run svc daemon as root, or " : ""}name another place with ${option}`,
      cause: error,
    });
  }
}
