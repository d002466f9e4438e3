import { setTimeout as delay } from "node:timers/promises";
import { dockerEngine } from "../engine/docker/docker-engine.ts";
import type { Engine } from "../engine/engine.ts";
import { endContainer } from "./end-container.ts";
import { runLabel } from "./keepers.ts";

/** How long a create that was under way when the client died may still take. */
const createMs = 15_000;
/** How long an engine that is away, as while it is upgraded, is waited for. */
const awayMs = 300_000;

/**
 * The client of a task was killed: ends and removes the container of the run `args[0]`, with `args[1]` ms of grace. What the client
 * said last follows: `creating`, or `made` and the id.
 */
export async function guard(args: readonly string[]): Promise<number> {
  const [run = "", grace = "10000", , id] = args;
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM", "SIGQUIT"] as const) process.on(signal, () => undefined);
  const engine = dockerEngine();
  await untilAnswered(async () => {
    const found = id ?? (await findRun(engine, run));
    if (found !== null) await endContainer(engine, found, Number(grace));
  });
  return 0;
}

async function findRun(engine: Engine, run: string): Promise<string | null> {
  for (const end = Date.now() + createMs; ; await delay(250)) {
    const found = (await engine.list()).find(({ labels }) => labels[runLabel] === run);
    if (found || Date.now() > end) return found?.id ?? null;
  }
}

async function untilAnswered(act: () => Promise<void>): Promise<void> {
  for (const end = Date.now() + awayMs; ; await delay(1_000)) {
    try {
      return await act();
    } catch {
      if (Date.now() > end) return;
    }
  }
}
