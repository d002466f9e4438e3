import { lstat, rm } from "node:fs/promises";
import { connect } from "node:net";
import { SvcError } from "../svc-error.ts";

/** Takes away a unix socket that nobody answers on: who had it was killed. `who` is who may answer. */
export async function clearStale(path: string, who: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (!found) return;
  if (!found.isSocket())
    throw new SvcError("usage", `${path} is there and is no socket`, { hint: "choose another path" });
  const isAnswered = await new Promise<boolean>((resolve) => {
    const asker = connect(path);
    asker.once("connect", () => {
      asker.destroy();
      resolve(true);
    });
    asker.once("error", () => resolve(false));
  });
  if (isAnswered) throw new SvcError("cannot-listen", `${who} answers on ${path}`, { hint: "choose another path" });
  await rm(path, { force: true });
}
