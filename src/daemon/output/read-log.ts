import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { LogLine } from "../../control/request.ts";
import { logFiles } from "./log-files.ts";

export type LogAsk = {
  /** The last lines; absent: all that are kept. */
  readonly lines?: number;
  /** ms since 1970. */
  readonly since?: number;
  readonly grep?: RegExp;
};

const firstBlockBytes = 64 << 10;

/** The kept lines of one unit, oldest first. Files are read from the end, and no more of them than was asked for. */
export async function readLog(folder: string, unit: string, ask: LogAsk): Promise<readonly LogLine[]> {
  for (let attempt = 1; ; attempt++) {
    const before = await namesOf(folder, unit);
    const found = await readAll(folder, unit, ask);
    // Rotated while it was read: a file may have been read twice, or not at all.
    if (attempt === 5 || (await namesOf(folder, unit)) === before) return found;
  }
}

async function readAll(folder: string, unit: string, ask: LogAsk): Promise<readonly LogLine[]> {
  const { lines = Number.POSITIVE_INFINITY, since = 0 } = ask;
  if (lines === 0) return [];
  let found: readonly LogLine[] = [];
  let isEnough = false;
  for (const path of await logFiles(folder, unit)) {
    const take = (bytes: Buffer): readonly LogLine[] => matching(bytes, unit, ask);
    const enough = (part: readonly LogLine[], oldest: string | null): boolean =>
      part.length + found.length >= lines || (oldest !== null && Date.parse(oldest) < since);
    const part = path.endsWith(".gz") ? await readCompressed(path, take) : await readFromEnd(path, take, enough);
    isEnough = enough(part.lines, part.oldest);
    found = [...part.lines, ...found];
    if (isEnough) break;
  }
  return Number.isFinite(lines) ? found.slice(-lines) : found;
}

type Part = {
  readonly lines: readonly LogLine[] /** The time of the oldest line that was looked at. */;
  readonly oldest: string | null;
};

async function readCompressed(path: string, take: (bytes: Buffer) => readonly LogLine[]): Promise<Part> {
  try {
    const bytes = await promisify(gunzip)(await readFile(path));
    return { lines: take(bytes), oldest: timeOf(bytes, 0) };
  } catch {
    // Rotated out of existence, or cut short by a crash.
    return { lines: [], oldest: null };
  }
}

/** Ever larger blocks from the end, until there is enough. */
async function readFromEnd(
  path: string,
  take: (bytes: Buffer) => readonly LogLine[],
  enough: (lines: readonly LogLine[], oldest: string | null) => boolean,
): Promise<Part> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, "r");
    const { size } = await file.stat();
    for (let length = firstBlockBytes; ; length *= 4) {
      const start = Math.max(0, size - length);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
      const bytes = buffer.subarray(0, bytesRead);
      const whole = start === 0 ? bytes : bytes.subarray(bytes.indexOf(10) + 1);
      const part = { lines: take(whole), oldest: timeOf(whole, 0) };
      if (start === 0 || enough(part.lines, part.oldest)) return part;
    }
  } catch {
    return { lines: [], oldest: null };
  } finally {
    await file?.close();
  }
}

function matching(bytes: Buffer, unit: string, { since = 0, grep }: LogAsk): readonly LogLine[] {
  const lines: LogLine[] = [];
  let from = 0;
  while (from < bytes.length) {
    const found = bytes.indexOf(10, from);
    const end = found < 0 ? bytes.length : found;
    const line = parseLine(unit, bytes.subarray(from, end).toString());
    from = end + 1;
    if (line && Date.parse(line.time) >= since && (grep?.test(line.text) ?? true)) lines.push(line);
  }
  return lines;
}

/** `TIME out|err|svc TEXT`; a plus behind the stream: the line goes on in the next. */
function parseLine(unit: string, raw: string): LogLine | null {
  const match = /^(\d{4}-\S+Z) (out|err|svc)\+? (.*)$/s.exec(raw);
  if (!match) return null;
  const [, time = "", stream, text = ""] = match;
  return { unit, time, stream: stream as LogLine["stream"], text };
}

function timeOf(bytes: Buffer, from: number): string | null {
  return /^\d{4}-\S+Z/.exec(bytes.subarray(from, from + 40).toString())?.[0] ?? null;
}

/** Which file has which name now. */
async function namesOf(folder: string, unit: string): Promise<string> {
  const paths = await logFiles(folder, unit);
  const inodes = paths.map(async (path) => `${path} ${(await stat(path).catch(() => null))?.ino}`);
  return (await Promise.all(inodes)).join("\n");
}
