import type { Ask, UnitStatus, UnitUsage, UsageLook } from "../../control/request.ts";
import type { Reply } from "../../control/server.ts";
import type { Daemon } from "../context.ts";
import { readLog } from "../output/read-log.ts";
import { currentStatuses } from "../statuses.ts";
import { type UsageMeter, usageMeter } from "../usage-meter.ts";
import { nameUnits } from "./names.ts";

const usualMs = 2_000;
/** No two looks are closer, however often phases change and whatever is asked for. */
const soonestMs = 250;
/** Between the two readings that the first share of the CPU takes. */
const firstMs = 500;
const longestLine = 500;

/** Looks for as long as somebody watches: each watcher has readings of his own, and with the last of them all reading ends. */
export async function usage(ask: Ask<"usage">, reply: Reply<"usage">, daemon: Daemon): Promise<null> {
  const { engine, supervisor, usageReads: reads } = daemon;
  const { signal } = reply;
  const named = ask.units?.length ? await nameUnits(ask.units, daemon, { invalid: true }) : null;
  const everyMs = Math.max(soonestMs, ask.everyMs ?? usualMs);
  const mayRead = (): boolean => !signal.aborted && supervisor.world.engine.state !== "away";
  const meter = usageMeter({ engine, reads, mayRead });
  const lines = await lastLines(daemon);
  const shown = (): readonly UnitStatus[] =>
    currentStatuses(daemon).filter((status) => named?.includes(status.name) ?? true);
  const look = (): Promise<void> => meter.look(shown().flatMap(({ container }) => container ?? []));
  const tell = (): boolean => reply.progress(lookOf(shown(), { meter, lines, daemon }));

  if (!ask.follow) {
    await look();
    await pause(firstMs, daemon.clock, signal);
    await look();
    tell();
    return null;
  }
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    // A slow engine does not hold up the phases: its figures come a look later.
    await Promise.race([look(), pause(soonestMs, daemon.clock, signal)]);
    if (!tell()) await reply.drained();
    await pauseUntilChange(isFirst ? firstMs : everyMs, daemon, signal);
  }
  return null;
}

function lookOf(
  shown: readonly UnitStatus[],
  { meter, lines, daemon }: { meter: UsageMeter; lines: Map<string, string>; daemon: Daemon },
): UsageLook {
  const units = shown.map(({ name, phase, since, because, restarts, container }): UnitUsage => {
    const figures = container === null ? null : meter.of(container);
    // A run that has not written yet hides what the one before it wrote last no sooner than it writes.
    const line = daemon.runs.lastLine(name) ?? lines.get(name) ?? null;
    if (line !== null) lines.set(name, line);
    return {
      name,
      phase,
      since,
      because,
      restarts,
      cpuPercent: figures?.cpuPercent ?? null,
      memoryBytes: figures?.memoryBytes ?? null,
      memoryLimitBytes: figures?.memoryLimitBytes ?? null,
      lastLine: line?.slice(0, longestLine) ?? null,
    };
  });
  return { time: new Date(daemon.clock.date()).toISOString(), units };
}

/** By unit, from the logs: of those that have written nothing in this life of svc. */
async function lastLines({ supervisor, runs, logFolder }: Daemon): Promise<Map<string, string>> {
  const lines = new Map<string, string>();
  for (const unit of supervisor.world.units.keys()) {
    if (runs.lastLine(unit) !== null) continue;
    const last = (await readLog(logFolder, unit, { lines: 20 })).findLast((line) => line.stream !== "svc");
    if (last) lines.set(unit, last.text);
  }
  return lines;
}

/** Or until a unit's phase is another, and what follows from that at once has followed. */
function pauseUntilChange(ms: number, { clock, events }: Daemon, signal: AbortSignal): Promise<void> {
  const changed = new AbortController();
  const unfollow = events.follow(() => {
    unfollow();
    clock.after(soonestMs, () => changed.abort());
  });
  return pause(ms, clock, AbortSignal.any([signal, changed.signal])).finally(unfollow);
}

function pause(ms: number, clock: Daemon["clock"], signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
