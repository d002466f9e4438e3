import { type FileHandle, mkdir, open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ExitRecord } from "../../control/request.ts";
import { writeFileSafely } from "../../unit/write-file-safely.ts";

/** A file that has grown beyond the one is cut back to its newest records, as many as fit in the other. */
const largestBytes = 4 << 20;
const keptBytes = 2 << 20;
/** The last record, with its 50 lines, is within this many bytes of the end. */
const tailBytes = 1 << 20;
/** So much of a line is kept: 50 of them, each character written as `\u0000`, are less than the tail. */
const longestLine = 2_000;

export type ExitRecords = {
  /** Durable when it resolves. The end that was kept last may be told again: by the event and by a list, or before and after a crash. */
  append(record: ExitRecord): Promise<void>;
  /** Newest last. */
  read(unit: string, runs?: number): Promise<readonly ExitRecord[]>;
  last(unit: string): ExitRecord | null;
};

type End = Pick<ExitRecord, "container" | "startedAt">;

/** How every run ended: a file of JSON lines a unit, in STATE/history. A line that a crash tore is passed over. */
export async function exitRecords(stateFolder: string): Promise<ExitRecords> {
  const folder = join(stateFolder, "history");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const last = new Map<string, ExitRecord>();
  const appending = new Map<string, Promise<void>>();
  const pathOf = (unit: string): string => join(folder, `${encodeURIComponent(unit)}.ndjson`);
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".ndjson")) continue;
    const newest = parse(await readTail(join(folder, name))).at(-1);
    if (newest) last.set(newest.unit, newest);
  }
  return {
    append(end) {
      const record = { ...end, lastLines: end.lastLines.map(beginning) };
      // One after the other: a run may end while the last one is still being written.
      const before = appending.get(record.unit) ?? Promise.resolve();
      const now = before.catch(() => undefined).then(() => write(record));
      appending.set(record.unit, now);
      return now;
    },
    async read(unit, runs) {
      const all = parse(await readFile(pathOf(unit), "utf8").catch(() => ""));
      return runs === undefined ? all : all.slice(Math.max(0, all.length - runs));
    },
    last: (unit) => last.get(unit) ?? null,
  };

  async function write(record: ExitRecord): Promise<void> {
    if (isSameEnd(record, last.get(record.unit))) return;
    last.set(record.unit, record);
    const path = pathOf(record.unit);
    const file = await open(path, "a", 0o600);
    let size: number;
    try {
      // The line end comes first too: what a crash tore off must not swallow this one.
      await file.write(`\n${JSON.stringify(record)}\n`);
      await file.datasync();
      size = (await file.stat()).size;
    } finally {
      await file.close();
    }
    if (size > largestBytes) await cutBack(path);
  }
}

/** Of a container that is gone by now nobody knows when it was started. */
export function isSameEnd(one: End, other: End | null | undefined): boolean {
  if (one.container !== other?.container) return false;
  return one.startedAt === null || other.startedAt === null || one.startedAt === other.startedAt;
}

function beginning(line: string): string {
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
}

async function cutBack(path: string): Promise<void> {
  const newest: string[] = [];
  let bytes = 0;
  for (const record of parse(await readFile(path, "utf8")).reverse()) {
    const line = `${JSON.stringify(record)}\n`;
    bytes += Buffer.byteLength(line);
    // The newest stays, however large it is.
    if (bytes > keptBytes && newest.length > 0) break;
    newest.unshift(line);
  }
  await writeFileSafely(path, newest.join(""), 0o600);
}

async function readTail(path: string): Promise<string> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, "r");
    const { size } = await file.stat();
    const start = Math.max(0, size - tailBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer.subarray(0, bytesRead).toString();
  } catch {
    return "";
  } finally {
    await file?.close();
  }
}

function parse(text: string): ExitRecord[] {
  return text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as ExitRecord];
    } catch {
      return [];
    }
  });
}
