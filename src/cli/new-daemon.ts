import { setTimeout as sleep } from "node:timers/promises";
import { request } from "../control/client.ts";
import type { DaemonVersion } from "../control/request.ts";
import { SvcError } from "../svc-error.ts";

const newDaemonWithinMs = 30_000;
const askAgainMs = 50;

/** Resolves when the one answers that came after the daemon of `upSince`. Between the two nobody does. */
export async function newDaemon(socket: string, upSince: string | null, signal?: AbortSignal): Promise<DaemonVersion> {
  for (let waitedMs = 0; waitedMs < newDaemonWithinMs; waitedMs += askAgainMs) {
    const version = await request(socket, "version", {}, undefined, signal).catch(() => null);
    if (version && version.upSince !== upSince) return version;
    await sleep(askAgainMs, undefined, { signal });
  }
  throw new SvcError("daemon-away", `the new daemon does not answer within ${newDaemonWithinMs / 1000} s`, {
    hint: "containers run on; see why: journalctl -u svc -n 50",
  });
}
