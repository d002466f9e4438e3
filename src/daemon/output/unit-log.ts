import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../clock/clock.ts";
import { messageOf } from "../../svc-error.ts";
import { logFileName } from "./log-files.ts";
import { rotatedFile } from "./rotated-file.ts";
import { type Lines, type RunLog, runLog } from "./run-log.ts";

export type LogStream = "out" | "err" | "svc";
export type WrittenLine = { readonly time: string; readonly stream: LogStream; readonly text: string };

export type UnitLog = {
  /** A new container, or one that was found: more than one may write at the same time. */
  openRun(tty: boolean): RunLog;
  remark(text: string): void;
  /** Of the run that was opened last. */
  lastLines(count: number): readonly string[];
  /** Of every run. */
  onLine(listener: (line: WrittenLine) => void): () => void;
  /** So much waits for the disk that lines may have to be dropped, and the disk does not refuse it. */
  isBehind(): boolean;
  /** Why lines cannot be written, and what becomes of them; null: they can. */
  problem(): string | null;
  /** Resolves when all lines so far have been given to the file. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

const maxPendingBytes = 8 << 20;

/**
 * LOGDIR/UNIT.log: one line a line, `TIME out|err|svc TEXT`, rotated by size, compressed. What the disk does not take is held
 * up to a limit; beyond it lines are dropped, counted, and told of once the disk takes lines again.
 */
export function openUnitLog(options: {
  readonly folder: string;
  readonly unit: string;
  readonly maxSizeBytes: number;
  readonly maxFiles: number;
  readonly clock: Clock;
  /** It cannot be written, or it can again: each is told once. */
  readonly tell?: (message: string) => void;
}): UnitLog {
  const listeners = new Set<(line: WrittenLine) => void>();
  let latest: RunLog | null = null;
  const queue: Buffer[] = [];
  let queuedBytes = 0;
  let dropped = 0;
  let writing = false;
  let refusal: string | null = null;
  const idle: (() => void)[] = [];
  mkdirSync(options.folder, { recursive: true, mode: 0o750 });
  const file = rotatedFile({
    path: join(options.folder, logFileName(options.unit)),
    maxSizeBytes: options.maxSizeBytes,
    maxFiles: options.maxFiles,
    clock: options.clock,
    onStuck(error) {
      letGo();
      if (refusal !== null) return;
      refusal = messageOf(error);
      options.tell?.(`its log cannot be written: ${problem()}`);
    },
  });
  return {
    openRun(tty) {
      latest = runLog({ tty, now, write });
      return latest;
    },
    remark,
    lastLines: (count) => latest?.lastLines(count) ?? [],
    onLine(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isBehind: () => queuedBytes > maxPendingBytes / 2 && !file.isStuck(),
    problem,
    flush,
    async close() {
      await flush();
      await file.close();
    },
  };

  function remark(text: string): void {
    const time = now();
    write("svc", time, { text, count: 1 }, Buffer.from(`${time} svc ${text}\n`));
  }

  function write(name: LogStream, time: string, lines: Lines, bytes: Buffer): void {
    if (listeners.size > 0)
      for (const text of lines.text.split("\n"))
        for (const listener of listeners) listener({ time, stream: name, text });
    if (queuedBytes + bytes.length > maxPendingBytes) {
      dropped += lines.count;
      return;
    }
    queue.push(bytes);
    queuedBytes += bytes.length;
    pump();
  }

  function pump(): void {
    if (writing) return;
    writing = true;
    void writeAll().then((isOpen) => {
      writing = false;
      if (isOpen && queue.length > 0) pump();
      else letGo();
    });
  }

  function problem(): string | null {
    if (refusal === null) return null;
    const lost = dropped === 0 ? "" : `, ${dropped} lines beyond that were dropped`;
    return `${refusal}; up to ${maxPendingBytes >> 20} MiB of its lines wait in memory${lost}`;
  }

  function letGo(): void {
    for (const resolve of idle.splice(0)) resolve();
  }

  /** What has been written makes room; what the disk does not take stays where it is. */
  async function writeAll(): Promise<boolean> {
    while (queue.length > 0) {
      // All of it, unless that is more than a file holds: more comes meanwhile than many small writes could keep up with.
      let count = 0;
      for (let bytes = 0; count < queue.length && bytes < options.maxSizeBytes; count++)
        bytes += queue[count]?.length ?? 0;
      const next = Buffer.concat(queue.slice(0, count));
      if (!(await file.write(next))) return false;
      if (refusal !== null) options.tell?.("its log is written again");
      refusal = null;
      queue.splice(0, count);
      queuedBytes -= next.length;
      tellDropped();
    }
    return true;
  }

  function tellDropped(): void {
    // The remark needs room itself; until there is some the count goes on.
    if (dropped === 0 || queuedBytes > maxPendingBytes / 2) return;
    const count = dropped;
    dropped = 0;
    remark(`${count} lines were dropped: the disk did not take them in time`);
  }

  function flush(): Promise<void> {
    // A disk that takes nothing is not waited for.
    if (!writing || file.isStuck()) return Promise.resolve();
    return new Promise((resolve) => idle.push(resolve));
  }

  function now(): string {
    return new Date(options.clock.date()).toISOString();
  }
}
