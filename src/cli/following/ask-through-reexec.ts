import { request } from "../../control/client.ts";
import type { Ask, ProgressOf, RequestName, Result } from "../../control/request.ts";
import { SvcError } from "../../svc-error.ts";
import { newDaemon } from "../new-daemon.ts";

/** Asks the daemon, and when it is replaced meanwhile the next one for the rest. */
export async function askThroughReexec<N extends RequestName>(
  socket: string,
  name: N,
  {
    first,
    rest,
    onProgress,
    signal,
  }: {
    readonly first: Ask<N>;
    readonly rest: () => Ask<N>;
    readonly onProgress?: (progress: ProgressOf<N>) => void;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Result<N>> {
  for (let ask = first; ; ask = rest()) {
    try {
      return await request(socket, name, ask, onProgress, signal);
    } catch (error) {
      if (!(error instanceof SvcError) || error.code !== "daemon-replaced") throw error;
    }
    await newDaemon(socket, null, signal);
  }
}
