import type { Engine } from "../engine/engine.ts";

/** Asks it to end, kills it when the grace is over, and removes it; a container that is gone is fine. */
export async function endContainer(engine: Engine, id: string, graceMs: number): Promise<void> {
  const detail = await engine.inspect(id);
  if (!detail) return;
  if (detail.state === "running" || detail.state === "paused") {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), graceMs);
    const waiting = await engine.wait(id, "removed", late.signal).catch(() => null);
    await engine.signal(id, detail.stopSignal ?? "SIGTERM");
    if (detail.state === "paused") await engine.unpause(id);
    await waiting?.exit.catch(() => undefined);
    clearTimeout(timer);
  }
  await engine.remove(id);
}
