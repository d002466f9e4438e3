import { chmod } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { clearStaleSocket } from "../host/clear-stale-socket.ts";
import { messageOf, SvcError } from "../svc-error.ts";
import type { FrontStatus } from "./status.ts";

/** Tells whoever connects to the unix socket, which is 0660, how the front is. */
export async function serveStatus(path: string, status: () => FrontStatus): Promise<{ close(): void }> {
  await clearStaleSocket(
    path,
    () => new SvcError("cannot-listen", `somebody answers on ${path}`, { hint: "choose another path" }),
  );
  const server = createServer((asker) => {
    asker.on("error", () => undefined);
    asker.end(`${JSON.stringify(status())}\n`);
    asker.resume();
  });
  const before = process.umask(0o117);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
    await chmod(path, 0o660);
  } catch (error) {
    throw new SvcError("cannot-listen", `--status-socket ${path}: ${messageOf(error)}`, {
      hint: "its folder must be there and be yours to write in",
      cause: error,
    });
  } finally {
    process.umask(before);
  }
  return { close: () => server.close() };
}

/** What the proxy behind a status socket tells. */
export async function askStatus(path: string): Promise<FrontStatus> {
  let text = "";
  try {
    for await (const chunk of connect(path).setEncoding("utf8")) text += chunk;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EACCES")
      throw new SvcError("permission-denied", `${path} is not yours to ask`, { hint: "ask as root", cause: error });
    throw new SvcError("daemon-away", `no proxy answers on ${path}: ${messageOf(error)}`, {
      hint: "one that is started with --status-socket does",
      cause: error,
    });
  }
  try {
    return JSON.parse(text) as FrontStatus;
  } catch (error) {
    throw new SvcError("bad-request", `who answers on ${path} is no svc proxy`, { cause: error });
  }
}
