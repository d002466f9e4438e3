import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../clock/clock.ts";
import { logFileName } from "./log-files.ts";
import { rotatedFile } from "./rotated-file.ts";

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
  /** Resolves when all lines so far have been given to the file. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

/** What one container writes. A terminal ends its lines with CR LF, of which the CR is not the container's. */
export type RunLog = {
  /** Returns at once, whatever the disk does. */
  output(stream: "out" | "err", chunk: Buffer): void;
  /** A line that the engine kept, with the engine's time. */
  line(stream: "out" | "err", time: string, line: Buffer): void;
  /** The container has ended: a last line without an end is a line. */
  end(): void;
  /** The stream was lost in the middle of a line, which comes again from its beginning. */
  forgetPartialLines(): void;
  lastLines(count: number): readonly string[];
  onLine(listener: (line: string) => void): () => void;
};

const maxLineBytes = 1 << 20;
const keptLines = 1_000;
const maxPendingBytes = 8 << 20;
/** Large enough that the disk is the limit, not the number of writes. */
const linesAWrite = 4_096;

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
}): UnitLog {
  const listeners = new Set<(line: WrittenLine) => void>();
  let latest: RunLog | null = null;
  const queue: Buffer[] = [];
  let queuedBytes = 0;
  let dropped = 0;
  let writing = false;
  const idle: (() => void)[] = [];
  mkdirSync(options.folder, { recursive: true, mode: 0o750 });
  const file = rotatedFile({
    path: join(options.folder, logFileName(options.unit)),
    maxSizeBytes: options.maxSizeBytes,
    maxFiles: options.maxFiles,
    clock: options.clock,
    onStuck: letGo,
  });
  return {
    openRun(tty) {
      latest = runLog(tty, write, now);
      return latest;
    },
    remark: (text) => write("svc", now(), Buffer.from(text)),
    lastLines: (count) => latest?.lastLines(count) ?? [],
    onLine(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    flush,
    async close() {
      await flush();
      await file.close();
    },
  };

  function write(name: LogStream, time: string, line: Buffer, mark = ""): void {
    for (const listener of listeners) listener({ time, stream: name, text: line.toString() });
    const bytes = Buffer.concat([Buffer.from(`${time} ${name}${mark} `), line, Buffer.from("\n")]);
    if (queuedBytes + bytes.length > maxPendingBytes) {
      dropped++;
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

  function letGo(): void {
    for (const resolve of idle.splice(0)) resolve();
  }

  /** What has been written makes room; what the disk does not take stays where it is. */
  async function writeAll(): Promise<boolean> {
    while (queue.length > 0) {
      const next = Buffer.concat(queue.slice(0, linesAWrite));
      const count = Math.min(queue.length, linesAWrite);
      if (!(await file.write(next))) return false;
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
    write("svc", now(), Buffer.from(`${count} lines were dropped: the disk did not take them in time`));
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

type Write = (stream: "out" | "err", time: string, line: Buffer, mark?: string) => void;

function runLog(tty: boolean, write: Write, now: () => string): RunLog {
  const partial = { out: Buffer.alloc(0), err: Buffer.alloc(0) };
  const listeners = new Set<(line: string) => void>();
  let recent: string[] = [];
  return {
    output(name, chunk) {
      let rest = partial[name].length > 0 ? Buffer.concat([partial[name], chunk]) : chunk;
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        const line = rest.subarray(0, end);
        take(name, now(), tty && line.at(-1) === 13 ? line.subarray(0, -1) : line);
        rest = rest.subarray(end + 1);
      }
      while (rest.length > maxLineBytes) {
        take(name, now(), rest.subarray(0, maxLineBytes), "+");
        rest = rest.subarray(maxLineBytes);
      }
      partial[name] = Buffer.from(rest);
    },
    line: take,
    end() {
      for (const name of ["out", "err"] as const) {
        if (partial[name].length > 0) take(name, now(), partial[name]);
        partial[name] = Buffer.alloc(0);
      }
    },
    forgetPartialLines() {
      partial.out = Buffer.alloc(0);
      partial.err = Buffer.alloc(0);
    },
    lastLines: (count) => recent.slice(-count),
    onLine(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  function take(name: "out" | "err", time: string, line: Buffer, mark?: string): void {
    const text = line.toString();
    recent.push(text);
    if (recent.length > 2 * keptLines) recent = recent.slice(-keptLines);
    for (const listener of listeners) listener(text);
    write(name, time, line, mark);
  }
}
