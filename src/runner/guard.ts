import { setTimeout as delay } from "node:timers/promises";
import type { Engine } from "../engine/engine.ts";
import { endContainer } from "./end-container.ts";
import { runLabel } from "./keepers.ts";

/** How long a create that was under way when the client died may still take. */
const createMs = 30_000;
/** How long an engine that is away, as while it is upgraded, is waited for. */
const awayMs = 300_000;

/**
 * Outlives a client that is killed: waits for its end on a pipe (stdin), then ends and removes the container of the run `args[0]`,
 * with `args[1]` ms of grace. What start-guard.ts wrote into the pipe last says whether there is one.
 */
export async function guard(args: readonly string[]): Promise<number> {
  const [run = "", grace = "10000"] = args;
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM", "SIGQUIT"] as const) process.on(signal, () => undefined);
  const [word, id] = (await lastLine()).split(" ");
  if (word !== "creating" && word !== "made") return 0;
  // Only now, so that a guard that is not needed costs next to nothing.
  const { dockerEngine } = await import("../engine/docker/docker-engine.ts");
  const engine = dockerEngine();
  await untilAnswered(async () => {
    const found = id ?? (await findRun(engine, run));
    if (found !== null) await endContainer(engine, found, Number(grace));
  });
  return 0;
}

async function lastLine(): Promise<string> {
  let last = "";
  let text = "";
  process.stdin.on("data", (chunk: Buffer) => {
    const lines = (text + chunk.toString()).split("\n");
    text = lines.pop() ?? "";
    last = lines.at(-1) ?? last;
  });
  await new Promise<void>((resolve) => {
    for (const event of ["end", "close", "error"]) process.stdin.on(event, resolve);
  });
  return last;
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
