import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../clock/clock.ts";
import { logFileName } from "./log-files.ts";
import { rotatedFile } from "./rotated-file.ts";

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
  /** So much waits for the disk that lines may have to be dropped, and the disk does not refuse it. */
  isBehind(): boolean;
  /** Resolves when all lines so far have been given to the file. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

/** Some lines of a container, without the end of the last. */
type Lines = { readonly text: string; readonly count: number };

const maxLineBytes = 1 << 20;
const keptLines = 1_000;
const maxPendingBytes = 8 << 20;
/** So many lines as are handled at once. */
const maxBlockBytes = 1 << 14;

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
  let recent: Lines[] = [];
  let recentCount = 0;
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
    output,
    line: (name, time, line) => write(name, time, line),
    remark: (text) => write("svc", now(), Buffer.from(text)),
    beginRun(isTerminal) {
      tty = isTerminal;
      recent = [];
      recentCount = 0;
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
    lastLines,
    onLine(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isBehind: () => queuedBytes > maxPendingBytes / 2 && !file.isStuck(),
    flush,
    async close() {
      await flush();
      await file.close();
    },
  };

  function output(name: "out" | "err", chunk: Buffer): void {
    let rest = partial[name].length > 0 ? Buffer.concat([partial[name], chunk]) : chunk;
    while (rest.length > 0) {
      const end = rest.subarray(0, maxBlockBytes).lastIndexOf(10) + 1 || rest.indexOf(10) + 1;
      if (end === 0) break;
      writeLines(name, rest.subarray(0, end - 1));
      rest = rest.subarray(end);
    }
    while (rest.length > maxLineBytes) {
      write(name, now(), rest.subarray(0, maxLineBytes), "+");
      rest = rest.subarray(maxLineBytes);
    }
    partial[name] = Buffer.from(rest);
  }

  /** Whole lines, as they came, all of one time: what a line costs is what a busy container costs. Latin 1 keeps every byte. */
  function writeLines(name: "out" | "err", lines: Buffer): void {
    const time = now();
    const start = `${time} ${name} `;
    const text = tty ? `${lines.toString("latin1")}\n`.replaceAll("\r\n", "\n").slice(0, -1) : lines.toString("latin1");
    const bytes = Buffer.from(`${start}${text.replaceAll("\n", `\n${start}`)}\n`, "latin1");
    const count = (bytes.length - text.length - 1) / start.length;
    remember(name, time, { text: tty ? Buffer.from(text, "latin1").toString() : lines.toString(), count });
    enqueue(bytes, count);
  }

  function write(name: LogStream, time: string, line: Buffer, mark = ""): void {
    remember(name, time, { text: line.toString(), count: 1 });
    enqueue(Buffer.concat([Buffer.from(`${time} ${name}${mark} `), line, Buffer.from("\n")]), 1);
  }

  function remember(name: LogStream, time: string, lines: Lines): void {
    if (name !== "svc") {
      recent.push(lines);
      recentCount += lines.count;
      for (let [oldest] = recent; oldest && recentCount - oldest.count >= keptLines; [oldest] = recent) {
        recent.shift();
        recentCount -= oldest.count;
      }
    }
    if (listeners.size === 0) return;
    for (const text of lines.text.split("\n")) for (const listener of listeners) listener({ time, stream: name, text });
  }

  function enqueue(bytes: Buffer, count: number): void {
    if (queuedBytes + bytes.length > maxPendingBytes) {
      dropped += count;
      return;
    }
    queue.push(bytes);
    queuedBytes += bytes.length;
    pump();
  }

  /** Of this run, one after the other: a block is taken apart only when somebody asks. */
  function lastLines(count: number): readonly string[] {
    let last: string[] = [];
    for (let at = recent.length - 1; at >= 0 && last.length < count; at--)
      last = [...(recent[at]?.text.split("\n") ?? []), ...last];
    return count > 0 ? last.slice(-count) : [];
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
      // All of it, unless that is more than a file holds: more comes meanwhile than many small writes could keep up with.
      let count = 0;
      for (let bytes = 0; count < queue.length && bytes < options.maxSizeBytes; count++)
        bytes += queue[count]?.length ?? 0;
      const next = Buffer.concat(queue.slice(0, count));
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
