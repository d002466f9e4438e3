import { lstat, rm } from "node:fs/promises";
import { connect } from "node:net";
import { SvcError } from "../svc-error.ts";

/** Takes away a unix socket that nobody answers on: who had it was killed. One that is answered is somebody's, who is told by `taken`. */
export async function clearStaleSocket(path: string, taken: () => SvcError): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (!found) return;
  if (!found.isSocket())
    throw new SvcError("usage", `${path} is there and is no socket`, { hint: "choose another path" });
  if (await isAnswered(path)) throw taken();
  await rm(path, { force: true });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asker = connect(path);
    asker.once("connect", () => {
      asker.destroy();
      resolve(true);
    });
    asker.once("error", () => resolve(false));
  });
}
