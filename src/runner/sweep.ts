import type { Engine } from "../engine/engine.ts";
import { endContainer } from "./end-container.ts";
import { isLeftOver } from "./keepers.ts";

/** Tasks whose client and guard were both killed, or died with the host. */
const graceMs = 10_000;

/** Ends and removes the containers of earlier tasks that nobody looks after any more. */
export async function sweep(engine: Engine): Promise<void> {
  const left = (await engine.list()).filter(isLeftOver);
  // One that cannot be removed is no reason not to run this task.
  await Promise.all(left.map(({ id }) => endContainer(engine, id, graceMs).catch(() => undefined)));
}
