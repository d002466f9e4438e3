import type { Ask, UnitStatus, UnitUsage, UsageLook } from "../../control/request.ts";
import type { Reply } from "../../control/server.ts";
import { isRunning, ownContainer } from "../../plan/conditions.ts";
import type { World } from "../../plan/world.ts";
import type { Unit } from "../../unit/unit.ts";
import type { Daemon } from "../context.ts";
import { isoNow } from "../iso-now.ts";
import { readLog } from "../output/read-log.ts";
import { pause, pauseUntilChange } from "../pause.ts";
import { currentStatuses } from "../statuses.ts";
import { type UsageMeter, usageMeter } from "../usage-meter.ts";
import { nameUnits } from "./names.ts";

const usualMs = 2_000;
/** No two looks are closer, whatever is asked for. */
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
  const isWanted = ({ name }: { readonly name: string }): boolean => named?.includes(name) ?? true;
  const look = (): Promise<void> => meter.look(runningContainers(supervisor.world, isWanted));
  const tell = (): boolean =>
    reply.progress(lookOf(currentStatuses(daemon).filter(isWanted), { meter, lines, daemon }));

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

function runningContainers(world: World, isWanted: (unit: Unit) => boolean): readonly string[] {
  return [...world.units.values()].filter(isWanted).flatMap((unit) => {
    const container = ownContainer(unit, world);
    return isRunning(container) ? container.id : [];
  });
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
  return { time: isoNow(daemon.clock), units };
}

/** By unit, from the logs: of those that have written nothing in this life of svc. */
async function lastLines({ supervisor, runs, folders }: Daemon): Promise<Map<string, string>> {
  const lines = new Map<string, string>();
  for (const unit of supervisor.world.units.keys()) {
    if (runs.lastLine(unit) !== null) continue;
    const last = (await readLog(folders.logs, unit, { lines: 20 })).findLast((line) => line.stream !== "svc");
    if (last) lines.set(unit, last.text);
  }
  return lines;
}
