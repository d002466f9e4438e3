import type { Engine } from "../../engine/engine.ts";
import type { Unit } from "../../unit/unit.ts";
import { hookLabel } from "./run-as-task.ts";

/** One-off containers of hooks that an svc which was killed has left behind go when the next one comes. */
export async function sweepHooks(engine: Engine, units: ReadonlyMap<string, Unit>): Promise<void> {
  const left = (await engine.list()).filter(({ labels }) => units.has(labels[hookLabel] ?? ""));
  await Promise.all(left.map(({ id }) => engine.remove(id)));
}
