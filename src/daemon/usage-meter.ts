import type { ContainerUsage, Engine } from "../engine/engine.ts";
import type { Turns } from "./turns.ts";

export type Figures = Omit<ContainerUsage, "cpuMs" | "atMs"> & { readonly cpuPercent: number | null };

export type UsageMeter = {
  /** Reads what these containers use; resolves when all have been read. A look that is under way is not begun again. */
  look(ids: readonly string[]): Promise<void>;
  /** As it was read last; null: it does not run, or could not be read. */
  of(id: string): Figures | null;
};

/** For one who watches: it keeps the last readings, since a share of the CPU takes two, and reads nothing by itself. */
export function usageMeter(options: {
  readonly engine: Pick<Engine, "usage">;
  readonly reads: Turns;
  /** false: nobody watches any more, or the engine does not answer. What waits for its turn is not read then. */
  readonly mayRead: () => boolean;
}): UsageMeter {
  const { engine, reads, mayRead } = options;
  const readings = new Map<string, ContainerUsage & Figures>();
  let looking: Promise<void> | null = null;
  return {
    look(ids) {
      looking ??= readAll(ids).finally(() => {
        looking = null;
      });
      return looking;
    },
    of: (id) => readings.get(id) ?? null,
  };

  async function readAll(ids: readonly string[]): Promise<void> {
    const wanted = new Set(ids);
    for (const id of readings.keys()) if (!wanted.has(id)) readings.delete(id);
    await Promise.all(ids.map(read));
  }

  async function read(id: string): Promise<void> {
    const leave = await reads.take();
    try {
      // One that cannot be read is shown without figures, as one that does not run.
      const now = mayRead() ? await engine.usage(id).catch(() => null) : null;
      if (now) readings.set(id, { ...now, cpuPercent: cpuPercent(readings.get(id) ?? null, now) });
      else readings.delete(id);
    } finally {
      leave();
    }
  }
}

/** 100 is one core. null: there is one reading only, or the container was started anew between the two. */
export function cpuPercent(before: ContainerUsage | null, now: ContainerUsage): number | null {
  if (!before || now.atMs <= before.atMs || now.cpuMs < before.cpuMs) return null;
  return (100 * (now.cpuMs - before.cpuMs)) / (now.atMs - before.atMs);
}
