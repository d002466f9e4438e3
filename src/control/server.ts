import { chmod, chown, readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { clearStaleSocket } from "../host/clear-stale-socket.ts";
import { messageOf, SvcError } from "../svc-error.ts";
import { askProblem } from "./check-ask.ts";
import type { Ask, ProgressOf, RequestName, Result } from "./request.ts";

export type Reply<N extends RequestName> = {
  /** false: the client reads slower than it is told; who has much to tell waits for `drained`. */
  readonly progress: (progress: ProgressOf<N>) => boolean;
  /** Resolves when the client has read what it was told, or has hung up. */
  readonly drained: () => Promise<void>;
  /** The client hung up. */
  readonly signal: AbortSignal;
};

export type Handlers = { readonly [N in RequestName]: (ask: Ask<N>, reply: Reply<N>) => Promise<Result<N>> };

const maxAskBytes = 1 << 20;
const maxWaitingBytes = 4 << 20;
const maxConnections = 512;
const requestWithinMs = 5_000;
/** Who does not read is not waited for any longer. */
const lastWordsWithinMs = 1_000;

/** Answers requests on the unix socket, which is 0660 root:docker from the first instant; its folder is there. */
export async function serveControl(options: {
  readonly socket: string;
  readonly handlers: Handlers;
  readonly group?: string;
  readonly onError: (error: unknown) => void;
}): Promise<{ close(lastWords?: SvcError): Promise<void> }> {
  const { socket, handlers } = options;
  const unanswered = new Set<ServerResponse>();
  await clearStaleSocket(
    socket,
    () => new SvcError("already-running", `another svc daemon answers on ${socket}`, { hint: "svc version shows it" }),
  );
  const server = createServer(
    { requestTimeout: requestWithinMs, headersTimeout: requestWithinMs, connectionsCheckingInterval: 1_000 },
    (incoming, outgoing) => {
      unanswered.add(outgoing);
      outgoing.once("close", () => unanswered.delete(outgoing));
      answer(incoming, outgoing, handlers).catch((error: unknown) => {
        // Who hangs up in the middle of a request is no mistake of ours, and must not fill our log.
        if (!incoming.destroyed || incoming.complete) options.onError(error);
        outgoing.destroy();
      });
    },
  );
  server.maxConnections = maxConnections;
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(socket, resolve);
    });
  } finally {
    process.umask(before);
  }
  const gid = await groupId(options.group ?? "docker");
  if (gid !== null) await chown(socket, 0, gid).catch(() => undefined);
  await chmod(socket, 0o660);
  return {
    async close(lastWords) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if (lastWords) await tellAll(unanswered, lastWords);
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Why those who wait for an answer get none. */
async function tellAll(unanswered: Iterable<ServerResponse>, lastWords: SvcError): Promise<void> {
  const waiting = [...unanswered].filter((outgoing) => !outgoing.writableEnded);
  const read = waiting.map(
    (outgoing) =>
      new Promise((resolve) => {
        outgoing.once("close", resolve);
        outgoing.end(`${JSON.stringify({ error: lastWords })}\n`);
      }),
  );
  const late = new AbortController();
  await Promise.race([Promise.all(read), sleep(lastWordsWithinMs, undefined, { signal: late.signal })]);
  late.abort();
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse, handlers: Handlers): Promise<void> {
  const hungUp = new AbortController();
  outgoing.on("close", () => hungUp.abort());
  outgoing.on("error", () => hungUp.abort());
  const send = (line: object): boolean => {
    // Who does not read must not fill our memory; one large answer alone waits for its reader.
    if (outgoing.writableLength > maxWaitingBytes) outgoing.destroy();
    return outgoing.destroyed || outgoing.writableEnded || outgoing.write(`${JSON.stringify(line)}\n`);
  };
  const drained = (): Promise<void> =>
    new Promise((resolve) => {
      if (outgoing.destroyed || !outgoing.writableNeedDrain) return resolve();
      const end = (): void => {
        outgoing.off("drain", end);
        hungUp.signal.removeEventListener("abort", end);
        resolve();
      };
      outgoing.on("drain", end);
      hungUp.signal.addEventListener("abort", end);
    });
  try {
    const name = /^\/v1\/([a-z-]+)$/.exec(incoming.url ?? "")?.[1] ?? "";
    if (incoming.method !== "POST" || !Object.hasOwn(handlers, name)) {
      outgoing.statusCode = 404;
      throw new SvcError("bad-request", `there is no request ${incoming.method} ${incoming.url}`, {
        hint: "POST /v1/list",
      });
    }
    const ask = await readAsk(incoming);
    const problem = askProblem(name as RequestName, ask);
    if (problem !== null) {
      outgoing.statusCode = 400;
      throw new SvcError("bad-request", `${name}: ${problem}`);
    }
    outgoing.setHeader("Content-Type", "application/x-ndjson");
    outgoing.flushHeaders();
    const handler = handlers[name as RequestName] as (ask: unknown, reply: unknown) => Promise<unknown>;
    const progress = (told: unknown): boolean => send({ progress: told });
    const result = await handler(ask, { progress, drained, signal: hungUp.signal });
    send({ result });
  } catch (error) {
    if (error instanceof SvcError) send({ error: { ...error.toJSON(), ...extrasOf(error) } });
    else
      send({
        error: { code: "internal", message: messageOf(error), hint: "please report this; journalctl -u svc has more" },
      });
    if (!(error instanceof SvcError)) throw error;
  } finally {
    outgoing.end();
  }
}

function extrasOf(error: SvcError & { readonly problems?: unknown; readonly units?: unknown }): object {
  const { problems, units } = error;
  return { ...(problems ? { problems } : {}), ...(units ? { units } : {}) };
}

async function readAsk(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxAskBytes) throw new SvcError("bad-request", "the request is larger than 1 MiB");
    chunks.push(chunk);
  }
  try {
    return size === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
  } catch (error) {
    throw new SvcError("bad-request", `the request is no JSON: ${messageOf(error)}`, { cause: error });
  }
}

/** null: there is no such group here, and the socket is root's alone. */
async function groupId(group: string): Promise<number | null> {
  const text = await readFile("/etc/group", "utf8").catch(() => "");
  const line = text.split("\n").find((one) => one.startsWith(`${group}:`));
  return line === undefined ? null : Number(line.split(":")[2]);
}
