import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type Host, makeHost } from "../support/host.ts";
import { type EngineEvents, engineEvents } from "./engine-events.ts";
import { type RawEngine, rawEngine } from "./raw-engine.ts";

/** What a row works with: svc in a folder of its own, and the engine by every way. All that is made in it is gone afterwards. */
export type Workshop = {
  readonly host: Host;
  readonly events: EngineEvents;
  readonly raw: RawEngine;
  /** Runs a program until the work is over; it is ended by the signal, and then waited for. */
  keep(program: string, args: readonly string[], endBy?: NodeJS.Signals): Kept;
};

export type Kept = { readonly pid: number; end(): Promise<void> };

const open = new Set<() => Promise<void>>();

/** What is closed by whoever opened it, by the returned function, or else when the bench is interrupted. */
export function closeLater(close: () => Promise<void>): () => Promise<void> {
  const once = async (): Promise<void> => {
    if (open.delete(once)) await close();
  };
  open.add(once);
  return once;
}

export async function inWorkshop<T>(work: (workshop: Workshop) => Promise<T>): Promise<T> {
  const host = await makeHost();
  const kept: Kept[] = [];
  let events: EngineEvents | null = null;
  const raw = rawEngine();
  const cleanUp = closeLater(async () => {
    await Promise.all(kept.map((one) => one.end()));
    events?.close();
    raw.close();
    await host.cleanup();
  });
  try {
    events = await engineEvents();
    return await work({
      host,
      events,
      raw,
      keep(program, args, endBy = "SIGTERM") {
        const one = keepRunning(program, args, endBy);
        kept.push(one);
        return one;
      },
    });
  } finally {
    await cleanUp();
  }
}

/** Whoever is interrupted leaves nothing behind either. */
export async function closeWorkshops(): Promise<void> {
  await Promise.all([...open].map((cleanUp) => cleanUp().catch(console.error)));
}

/** In a process group of its own: what a shell started ends with it. */
function keepRunning(program: string, args: readonly string[], endBy: NodeJS.Signals): Kept {
  const child: ChildProcess = spawn(program, [...args], { detached: true, stdio: "ignore" });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} cannot be run`);
  const ended = once(child, "exit");
  return {
    pid,
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const over = setTimeout(() => process.kill(-pid, "SIGKILL"), 15_000);
      process.kill(-pid, endBy);
      await ended;
      clearTimeout(over);
    },
  };
}
