import { mkdir, open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ExitRecord } from "../../control/request.ts";
import { writeFileSafely } from "../../unit/write-file-safely.ts";

const keptRuns = 200;

export type ExitRecords = {
  /** Durable when it resolves. */
  append(record: ExitRecord): Promise<void>;
  /** Newest last. */
  read(unit: string, runs?: number): Promise<readonly ExitRecord[]>;
  last(unit: string): ExitRecord | null;
};

/** How every run ended: a file of JSON lines a unit, in STATE/history. A line that a crash tore is passed over. */
export async function exitRecords(stateFolder: string): Promise<ExitRecords> {
  const folder = join(stateFolder, "history");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const last = new Map<string, ExitRecord>();
  const counts = new Map<string, number>();
  const appending = new Map<string, Promise<void>>();
  const pathOf = (unit: string): string => join(folder, `${encodeURIComponent(unit)}.ndjson`);
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".ndjson")) continue;
    const unit = decodeURIComponent(name.slice(0, -".ndjson".length));
    const all = await readAll(unit);
    const newest = all.at(-1);
    if (newest) last.set(unit, newest);
    counts.set(unit, all.length);
  }
  return {
    append(record) {
      // One after the other: a run may end while the last one is still being written.
      const before = appending.get(record.unit) ?? Promise.resolve();
      const now = before.catch(() => undefined).then(() => write(record));
      appending.set(record.unit, now);
      return now;
    },
    read: async (unit, runs = keptRuns) => (await readAll(unit)).slice(-runs),
    last: (unit) => last.get(unit) ?? null,
  };

  async function write(record: ExitRecord): Promise<void> {
    last.set(record.unit, record);
    const count = (counts.get(record.unit) ?? 0) + 1;
    counts.set(record.unit, count);
    const file = await open(pathOf(record.unit), "a", 0o600);
    try {
      // The line end comes first too: what a crash tore off must not swallow this one.
      await file.write(`${count === 1 ? "" : "\n"}${JSON.stringify(record)}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
    if (count > 2 * keptRuns) {
      const kept = (await readAll(record.unit)).slice(-keptRuns);
      await writeFileSafely(pathOf(record.unit), kept.map((one) => `${JSON.stringify(one)}\n`).join(""), 0o600);
      counts.set(record.unit, kept.length);
    }
  }

  async function readAll(unit: string): Promise<readonly ExitRecord[]> {
    const text = await readFile(pathOf(unit), "utf8").catch(() => "");
    return text.split("\n").flatMap((line) => {
      try {
        return line === "" ? [] : [JSON.parse(line) as ExitRecord];
      } catch {
        return [];
      }
    });
  }
}
