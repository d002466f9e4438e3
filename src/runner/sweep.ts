import type { Engine } from "../engine/engine.ts";
import { endContainer } from "./end-container.ts";
import { graceLabel, isLeftOver } from "./keepers.ts";

/** Ends and removes the containers of earlier tasks that nobody looks after any more: client and guard were both killed. */
export async function sweep(engine: Engine): Promise<void> {
  const left = (await engine.list()).filter(isLeftOver);
  // One that cannot be removed is no reason not to run this task.
  await Promise.all(
    left.map(({ id, labels }) => endContainer(engine, id, Number(labels[graceLabel])).catch(() => undefined)),
  );
}
