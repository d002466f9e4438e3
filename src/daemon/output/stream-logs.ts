import type { Clock } from "../../clock/clock.ts";
import type { LogLine } from "../../control/request.ts";
import { type LogAsk, readLog } from "./read-log.ts";
import type { UnitLog } from "./unit-log.ts";

/** A follower that does not read in time loses lines beyond so many, or so much, and is told how many. */
const maxWaiting = 10_000;
const maxWaitingBytes = 1 << 21;

/** What is kept of several units, merged by time, and then, with `follow`, each line as it is written; none lost or doubled between. */
export async function* streamLogs(options: {
  readonly folder: string;
  readonly clock: Clock;
  readonly units: readonly { readonly unit: string; readonly log: UnitLog | null }[];
  readonly ask: LogAsk & { readonly follow: boolean };
  readonly signal: AbortSignal;
}): AsyncIterable<LogLine> {
  const { folder, clock, units, ask, signal } = options;
  const waiting: LogLine[] = [];
  let waitingBytes = 0;
  let lost = 0;
  let wake: () => void = () => undefined;
  // Followed first, read then: a line written in between is in both, and is taken once.
  const stops = units.map(({ unit, log }) => (ask.follow && log ? follow(unit, log) : () => undefined));
  const hangUp = (): void => wake();
  signal.addEventListener("abort", hangUp);
  try {
    yield* await readKept();
    while (ask.follow && !signal.aborted) {
      waitingBytes = 0;
      yield* waiting.splice(0);
      if (lost > 0) yield skipped(lost);
      lost = 0;
      if (waiting.length > 0 || signal.aborted) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    signal.removeEventListener("abort", hangUp);
    for (const stop of stops) stop();
  }

  async function readKept(): Promise<readonly LogLine[]> {
    let kept: readonly LogLine[] = [];
    for (const { unit, log } of units) {
      await log?.flush();
      const lines = await readLog(folder, unit, ask);
      const overlap = countOverlap(
        lines,
        waiting.filter((line) => line.unit === unit),
      );
      forget(unit, overlap);
      kept = kept.concat(lines);
    }
    return kept.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  }

  function follow(unit: string, log: UnitLog): () => void {
    return log.onLine((line) => {
      if (!(ask.grep?.test(line.text) ?? true)) return;
      if (waiting.length >= maxWaiting || waitingBytes >= maxWaitingBytes) lost++;
      else wait({ unit, ...line });
      wake();
    });
  }

  /** The first of those that wait: they were read, or are before the last lines that were asked for. */
  function forget(unit: string, count: number): void {
    const read = new Set(waiting.filter((line) => line.unit === unit).slice(0, count));
    waiting.splice(0, waiting.length, ...waiting.filter((line) => !read.has(line)));
  }

  function wait(line: LogLine): void {
    waiting.push(line);
    waitingBytes += line.text.length;
  }

  function skipped(count: number): LogLine {
    const text = `${count} lines were skipped: they came faster than they were read`;
    return { unit: units[0]?.unit ?? "", time: new Date(clock.date()).toISOString(), stream: "svc", text };
  }
}

/** How many of those that wait were in the file when the last lines of it were read. */
function countOverlap(lines: readonly LogLine[], waiting: readonly LogLine[]): number {
  for (let count = lines.length > 0 ? waiting.length : 0; count > 0; count--) {
    const tail = lines.slice(-count);
    const from = count - tail.length;
    if (tail.every((line, at) => line.time === waiting[from + at]?.time && line.text === waiting[from + at]?.text))
      return count;
  }
  return 0;
}
