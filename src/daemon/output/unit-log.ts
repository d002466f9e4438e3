import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { createStream, type RotatingFileStream } from "rotating-file-stream";
import type { Clock } from "../../clock/clock.ts";
import { logFileName } from "./log-files.ts";

export type LogStream = "out" | "err" | "svc";
export type WrittenLine = { readonly time: string; readonly stream: LogStream; readonly text: string };

export type UnitLog = {
  /** Returns at once, whatever the disk does. */
  output(stream: "out" | "err", chunk: Buffer): void;
  /** A line that the engine kept, with the engine's time. */
  line(stream: "out" | "err", time: string, line: Buffer): void;
  remark(text: string): void;
  /** A new container: `lastLines` are its own. A terminal ends its lines with CR LF, of which the CR is not the container's. */
  beginRun(tty: boolean): void;
  /** The container has ended: a last line without an end is a line. */
  endOfRun(): void;
  /** The stream was lost in the middle of a line, which comes again from its beginning. */
  forgetPartialLines(): void;
  /** Of this run. */
  lastLines(count: number): readonly string[];
  onLine(listener: (line: WrittenLine) => void): () => void;
  /** Resolves when all lines so far have been given to the file. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

const maxLineBytes = 1 << 20;
const keptLines = 1_000;
const maxPendingBytes = 8 << 20;
/** Large enough that the disk is the limit, not the number of writes. */
const linesAWrite = 4_096;
const reopenAfterMs = 1_000;

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
  const partial = { out: Buffer.alloc(0), err: Buffer.alloc(0) };
  const listeners = new Set<(line: WrittenLine) => void>();
  let tty = false;
  let recent: string[] = [];
  const queue: Buffer[] = [];
  let queuedBytes = 0;
  let dropped = 0;
  let stream: RotatingFileStream | null = null;
  let blocked = false;
  let closed = false;
  const idle: (() => void)[] = [];
  mkdirSync(options.folder, { recursive: true, mode: 0o750 });
  open();
  return {
    output,
    line: (name, time, line) => write(name, time, line),
    remark: (text) => write("svc", now(), Buffer.from(text)),
    beginRun(isTerminal) {
      tty = isTerminal;
      recent = [];
    },
    endOfRun() {
      for (const name of ["out", "err"] as const) {
        if (partial[name].length > 0) write(name, now(), partial[name]);
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
    flush,
    async close() {
      await flush();
      closed = true;
      await new Promise<void>((resolve) => (stream ? stream.end(() => resolve()) : resolve()));
    },
  };

  function output(name: "out" | "err", chunk: Buffer): void {
    let rest = partial[name].length > 0 ? Buffer.concat([partial[name], chunk]) : chunk;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = rest.subarray(0, end);
      write(name, now(), tty && line.at(-1) === 13 ? line.subarray(0, -1) : line);
      rest = rest.subarray(end + 1);
    }
    while (rest.length > maxLineBytes) {
      write(name, now(), rest.subarray(0, maxLineBytes), "+");
      rest = rest.subarray(maxLineBytes);
    }
    partial[name] = Buffer.from(rest);
  }

  function write(name: LogStream, time: string, line: Buffer, mark = ""): void {
    const text = line.toString();
    if (name !== "svc") {
      recent.push(text);
      if (recent.length > 2 * keptLines) recent = recent.slice(-keptLines);
    }
    for (const listener of listeners) listener({ time, stream: name, text });
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
    while (stream && !blocked && queue.length > 0) {
      const next = Buffer.concat(queue.splice(0, linesAWrite));
      queuedBytes -= next.length;
      if (stream.write(next)) continue;
      blocked = true;
      stream.once("drain", () => {
        blocked = false;
        tellDropped();
        pump();
      });
    }
    if (queue.length > 0 || blocked) return;
    for (const resolve of idle.splice(0)) resolve();
  }

  function tellDropped(): void {
    // The remark needs room itself; until there is some the count goes on.
    if (dropped === 0 || queuedBytes > maxPendingBytes / 2) return;
    const count = dropped;
    dropped = 0;
    write("svc", now(), Buffer.from(`${count} lines were dropped: the disk did not take them in time`));
  }

  function flush(): Promise<void> {
    if (queue.length === 0 && !blocked) return Promise.resolve();
    return new Promise((resolve) => {
      idle.push(resolve);
      if (!stream) resolve();
    });
  }

  function open(): void {
    const file = logFileName(options.unit);
    // With `rotate` the library gives the number of the rotated file, and nothing for the current one.
    const nameOf = (index: unknown): string => (typeof index === "number" ? `${file}.${index}.gz` : file);
    const made = createStream(nameOf, {
      path: options.folder,
      size: `${Math.max(1, Math.ceil(options.maxSizeBytes / 1024))}K`,
      compress: "gzip",
      maxFiles: options.maxFiles,
      rotate: options.maxFiles,
      mode: 0o640,
    });
    stream = made;
    // The library ends its stream on an error such as a full disk: it is opened anew until it works.
    made.on("error", () => {
      if (stream !== made) return;
      stream = null;
      blocked = false;
      if (closed) return;
      options.clock.after(reopenAfterMs, () => {
        if (closed) return;
        open();
        tellDropped();
        pump();
      });
    });
    made.on("open", (path: string) => {
      if (existsSync(path)) chmodSync(path, 0o640);
    });
    made.on("warning", () => undefined);
  }

  function now(): string {
    return new Date(options.clock.date()).toISOString();
  }
}
