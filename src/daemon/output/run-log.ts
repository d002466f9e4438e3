import { longestLineBytes } from "../../engine/engine.ts";

/** What one container writes. A terminal ends its lines with CR LF, of which the CR is not the container's. */
export type RunLog = {
  /** Returns at once, whatever the disk does. */
  output(stream: "out" | "err", chunk: Buffer): void;
  /** A line that the engine kept, with the engine's time. */
  line(stream: "out" | "err", time: string, line: Buffer, isWhole: boolean): void;
  /** The container has ended: a last line without an end is a line. */
  end(): void;
  /** The stream was lost in the middle of a line, which comes again from its beginning. */
  forgetPartialLines(): void;
  /** Of a long line its beginning. */
  lastLines(count: number): readonly string[];
  onLine(listener: (line: string) => void): () => void;
};

/** Some lines of a container, without the end of the last. */
export type Lines = { readonly text: string; readonly count: number };

const keptLines = 1_000;
const keptBytes = 1 << 18;
/** So many lines as are handled at once; of a line alone that is longer so much is kept. */
const maxBlockBytes = 1 << 14;

/** Makes lines of what comes in pieces, gives them to `write` as they stand in the file, and keeps the last. */
export function runLog({
  tty,
  now,
  write,
}: {
  readonly tty: boolean;
  readonly now: () => string;
  readonly write: (stream: "out" | "err", time: string, lines: Lines, bytes: Buffer) => void;
}): RunLog {
  const partial = { out: Buffer.alloc(0), err: Buffer.alloc(0) };
  const listeners = new Set<(line: string) => void>();
  const recent: Lines[] = [];
  let recentCount = 0;
  let recentBytes = 0;
  return {
    output(name, chunk) {
      let rest = partial[name].length > 0 ? Buffer.concat([partial[name], chunk]) : chunk;
      while (rest.length > 0) {
        const end = rest.subarray(0, maxBlockBytes).lastIndexOf(10) + 1 || rest.indexOf(10) + 1;
        if (end === 0) break;
        takeLines(name, rest.subarray(0, end - 1));
        rest = rest.subarray(end);
      }
      while (rest.length > longestLineBytes) {
        takeLine(name, now(), rest.subarray(0, longestLineBytes), false);
        rest = rest.subarray(longestLineBytes);
      }
      partial[name] = Buffer.from(rest);
    },
    line: takeLine,
    end() {
      for (const name of ["out", "err"] as const) {
        if (partial[name].length > 0) takeLine(name, now(), partial[name]);
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
  };

  /** Whole lines, as they came, all of one time: what a line costs is what a busy container costs. Latin 1 keeps every byte. */
  function takeLines(name: "out" | "err", lines: Buffer): void {
    const time = now();
    const start = `${time} ${name} `;
    const text = tty ? `${lines.toString("latin1")}\n`.replaceAll("\r\n", "\n").slice(0, -1) : lines.toString("latin1");
    const bytes = Buffer.from(`${start}${text.replaceAll("\n", `\n${start}`)}\n`, "latin1");
    const count = (bytes.length - text.length - 1) / start.length;
    take(name, time, { text: tty ? Buffer.from(text, "latin1").toString() : lines.toString(), count }, bytes);
  }

  /** One that goes on in the next is marked. */
  function takeLine(name: "out" | "err", time: string, line: Buffer, isWhole = true): void {
    const bytes = Buffer.concat([Buffer.from(`${time} ${name}${isWhole ? "" : "+"} `), line, Buffer.from("\n")]);
    take(name, time, { text: line.toString(), count: 1 }, bytes);
  }

  function take(name: "out" | "err", time: string, lines: Lines, bytes: Buffer): void {
    keep(lines.text.length > maxBlockBytes ? { text: beginning(lines.text), count: 1 } : lines);
    if (listeners.size > 0) for (const text of lines.text.split("\n")) for (const listener of listeners) listener(text);
    write(name, time, lines, bytes);
  }

  function keep(lines: Lines): void {
    recent.push(lines);
    recentCount += lines.count;
    recentBytes += lines.text.length;
    for (let [oldest] = recent; oldest && mayGo(oldest); [oldest] = recent) {
      recent.shift();
      recentCount -= oldest.count;
      recentBytes -= oldest.text.length;
    }
  }

  function mayGo(oldest: Lines): boolean {
    return recentCount - oldest.count >= keptLines || recentBytes > keptBytes;
  }

  /** One after the other: a block is taken apart only when somebody asks. */
  function lastLines(count: number): readonly string[] {
    let last: string[] = [];
    for (let at = recent.length - 1; at >= 0 && last.length < count; at--)
      last = [...(recent[at]?.text.split("\n") ?? []), ...last];
    return count > 0 ? last.slice(-count) : [];
  }
}

/** Copied: a slice would hold the whole line in memory. */
function beginning(line: string): string {
  return `${Buffer.from(line.slice(0, maxBlockBytes)).toString()}…`;
}
