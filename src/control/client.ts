import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { type ErrorCode, type ErrorJson, SvcError } from "../svc-error.ts";
import { checkSocketPath } from "../unit/places.ts";
import type { Ask, ProgressOf, ReplyLine, RequestName, Result } from "./request.ts";

/** Opens a way to a daemon that is not on a unix socket here: through ssh. It is open when it is returned. */
export type Dial = () => Duplex;

/**
 * Asks the daemon. HTTP/1.0 over node:net: the answer is what follows the first blank line until the end, and node:http,
 * which costs a good part of the command's start, is not loaded.
 */
export function request<N extends RequestName>(
  place: string | Dial,
  name: N,
  ask: Ask<N>,
  onProgress: (progress: ProgressOf<N>) => void = () => undefined,
  signal?: AbortSignal,
): Promise<Result<N>> {
  return new Promise((resolve, reject) => {
    if (typeof place === "string") checkSocketPath(place);
    const socket: Duplex = typeof place === "string" ? connect(place) : place();
    let text = "";
    let inBody = false;
    socket.setEncoding("utf8");
    const body = JSON.stringify(ask);
    // It waits in the socket until that is connected.
    socket.write(
      `POST /v1/${name} HTTP/1.0\r\nHost: svc\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (!inBody) {
        const end = text.indexOf("\r\n\r\n");
        if (end < 0) return;
        text = text.slice(end + 4);
        inBody = true;
      } else if (!chunk.includes("\n")) return;
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) if (line !== "") take(JSON.parse(line) as ReplyLine<N>);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => reject(connectError(error, place)));
    // The end of one that is not a socket need not close it.
    for (const event of ["end", "close"])
      socket.on(event, () =>
        reject(
          new SvcError("daemon-away", inBody ? "svc ended" : "svc ended before it answered", { hint: "svc status" }),
        ),
      );
    const hangUp = (): void => {
      socket.destroy();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", hangUp);
    socket.on("close", () => signal?.removeEventListener("abort", hangUp));

    function take(line: ReplyLine<N>): void {
      if ("progress" in line) onProgress(line.progress);
      else if ("error" in line) reject(errorFrom(line.error));
      else resolve(line.result);
    }
  });
}

function connectError(error: NodeJS.ErrnoException, place: string | Dial): SvcError {
  if (error instanceof SvcError) return error;
  const socketPath = typeof place === "string" ? place : "the other end";
  if (error.code === "EACCES" || error.code === "EPERM") {
    return new SvcError("permission-denied", `you may not use ${socketPath}`, {
      hint: "it is for root and the group docker: sudo svc …, or join that group",
      cause: error,
    });
  }
  return new SvcError("daemon-away", `svc is not running: nobody answers on ${socketPath}`, {
    hint: "start it with: systemctl start svc   (or: svc daemon)",
    cause: error,
  });
}

function errorFrom(json: ErrorJson & { readonly problems?: unknown; readonly units?: unknown }): SvcError {
  const { code, message, hint, ...more } = json;
  const error = new SvcError(code as ErrorCode, message, hint === undefined ? {} : { hint });
  return Object.assign(error, more);
}
