import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import type { LogLine } from "../../control/request.ts";
import type { UnitLog, WrittenLine } from "./unit-log.ts";

type Ask = { readonly follow?: boolean; readonly lines?: number; readonly since?: number; readonly grep?: RegExp };

/** A follower that does not read in time loses lines beyond this many, and is told how many. */
const maxWaiting = 10_000;

/** What is kept of several units, merged by time, and then, with `follow`, each line as it is written; none lost or doubled between. */
export async function* streamLogs(
  folder: string,
  units: readonly { readonly unit: string; readonly log: UnitLog | null }[],
  ask: Ask,
  signal: AbortSignal,
): AsyncIterable<LogLine> {
  const waiting: LogLine[] = [];
  let lost = 0;
  let wake: () => void = () => undefined;
  // Followed first, read then: a line written in between is in both, and is taken once.
  const stops = units.map(({ unit, log }) =>
    ask.follow
      ? log?.onLine((line: WrittenLine) => {
          if (waiting.length >= maxWaiting) lost++;
          else waiting.push({ unit, ...line });
          wake();
        })
      : undefined,
  );
  const hangUp = (): void => wake();
  signal.addEventListener("abort", hangUp);
  try {
    const kept: LogLine[] = [];
    for (const { unit, log } of units) {
      await log?.flush();
      const lines = await readLog({ folder, unit, ...ask });
      // What was written while the file was read may or may not be in it: the file is cut back to what came before.
      const alsoWaiting = waiting.filter((line) => line.unit === unit);
      const overlap = countOverlap(lines, alsoWaiting);
      kept.push(...lines.slice(0, lines.length - overlap));
    }
    kept.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    for (const line of kept) yield line;
    while (ask.follow && !signal.aborted) {
      for (const line of waiting.splice(0)) {
        if ((ask.grep?.test(line.text) ?? true) && Date.parse(line.time) >= (ask.since ?? 0)) yield line;
      }
      if (lost > 0) {
        yield {
          unit: units[0]?.unit ?? "",
          time: new Date().toISOString(),
          stream: "svc",
          text: `${lost} lines were skipped: they came faster than they were read`,
        };
        lost = 0;
      }
      if (waiting.length > 0 || signal.aborted) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    signal.removeEventListener("abort", hangUp);
    for (const stop of stops) stop?.();
  }
}

/** How many of the last lines of the file are the first of those that wait. */
function countOverlap(lines: readonly LogLine[], waiting: readonly LogLine[]): number {
  for (let count = Math.min(lines.length, waiting.length); count > 0; count--) {
    const tail = lines.slice(-count);
    if (tail.every((line, index) => line.time === waiting[index]?.time && line.text === waiting[index]?.text))
      return count;
  }
  return 0;
}

/** The kept lines of one unit, oldest first. */
export async function readLog(
  options: Ask & { readonly folder: string; readonly unit: string },
): Promise<readonly LogLine[]> {
  const { folder, unit, lines = Number.POSITIVE_INFINITY, since = 0, grep } = options;
  let found: LogLine[] = [];
  for (const path of await filesOf(folder, unit)) {
    const file = createReadStream(path);
    const text = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
    try {
      for await (const raw of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
        const line = parseLine(unit, raw);
        if (!line || Date.parse(line.time) < since || !(grep?.test(line.text) ?? true)) continue;
        found.push(line);
        if (found.length > 2 * lines + 1_000) found = found.slice(-lines);
      }
    } catch {
      // Rotated away while it was read, or cut short by a crash: what came before it counts.
    }
  }
  return Number.isFinite(lines) ? (lines === 0 ? [] : found.slice(-lines)) : found;
}

/** Oldest first: UNIT.log.3.gz, UNIT.log.2.gz, UNIT.log.1.gz, UNIT.log. */
async function filesOf(folder: string, unit: string): Promise<readonly string[]> {
  const base = `${encodeURIComponent(unit).replaceAll("%40", "@")}.log`;
  const names = await readdir(folder).catch((): string[] => []);
  const rotated = names
    .map((name) => ({
      name,
      index: Number(/^\.(\d+)\.gz$/.exec(name.startsWith(base) ? name.slice(base.length) : "")?.[1] ?? 0),
    }))
    .filter(({ index }) => index > 0)
    .sort((a, b) => b.index - a.index)
    .map(({ name }) => name);
  return [...rotated, ...(names.includes(base) ? [base] : [])].map((name) => join(folder, name));
}

function parseLine(unit: string, raw: string): LogLine | null {
  const match = /^(\d{4}-\S+Z) (out|err|svc)\+? (.*)$/s.exec(raw);
  if (!match) return null;
  const [, time = "", stream, text = ""] = match;
  return { unit, time, stream: stream as LogLine["stream"], text };
}
