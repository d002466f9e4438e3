import { isRunning } from "../../plan/conditions.ts";
import { stateOf } from "../../plan/world.ts";
import type { Daemon } from "../context.ts";

const withinMs = 2_000;

/** No event tells of a check that fails while the unit still starts. An engine that hangs is not waited for. */
export async function lookAtChecks({
  supervisor,
  engine,
  clock,
}: Pick<Daemon, "supervisor" | "engine" | "clock">): Promise<void> {
  const looks = [...supervisor.world.states].map(async ([unit, { container }]) => {
    if (!isRunning(container) || container.health === "none" || container.health === "healthy") return;
    const { id } = container;
    const detail = await engine.inspect(id).catch(() => null);
    if (!detail || detail.health === "none") return;
    // What was heard of it meanwhile is newer.
    if (stateOf(supervisor.world, unit).container !== container) return;
    supervisor.tell({ fact: "health", unit, id, health: detail.health, lastCheck: detail.lastCheck });
  });
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(withinMs, resolve);
  await Promise.race([Promise.all(looks), late]);
  cancel();
}
