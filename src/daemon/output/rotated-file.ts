import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Clock } from "../../clock/clock.ts";
import { logFileSet } from "./log-files.ts";

export type RotatedFile = {
  /** Resolves when all of it is in the file, however long that takes; false: it was closed before. One at a time. */
  write(bytes: Buffer): Promise<boolean>;
  /** The disk does not take what it was given: it is tried again every second. */
  isStuck(): boolean;
  close(): Promise<void>;
};

const tryAgainMs = 1_000;
const lookAgainMs = 1_000;
/** In sizes of a file: how far one may grow while the last one is compressed. */
const longestWait = 4;
const mode = 0o640;

/**
 * A file of lines that is put away and begun anew when it has grown large: PATH, PATH.1.gz, PATH.2.gz, … the newest first.
 * A disk that is full takes nothing off a line: what it did not take is written when there is room, from the very byte. While
 * the old file is compressed it is PATH.0, and lines go on into the new one. A crash at any step leaves each line in one file.
 * (Of the libraries for this, rotating-file-stream 3 loses the rest of a short write, and what waits in it when the disk is full.)
 */
export function rotatedFile(options: {
  readonly path: string;
  readonly maxSizeBytes: number;
  /** How many are kept beside the one that is written. */
  readonly maxFiles: number;
  readonly clock: Clock;
  /** The disk begins to refuse, or goes on with it. */
  readonly onStuck: (error: unknown) => void;
}): RotatedFile {
  const { path, maxSizeBytes, maxFiles, clock, onStuck } = options;
  const files = logFileSet(path);
  let file: OpenFile | null = null;
  let lookedAt = 0;
  let failedAt = Number.NEGATIVE_INFINITY;
  let stuck = false;
  let closed = false;
  let wake: () => void = () => undefined;
  let packing: Promise<void> | null = null;
  return {
    write,
    isStuck: () => stuck,
    async close() {
      closed = true;
      wake();
      await packing;
      await file?.handle.close();
    },
  };

  async function write(bytes: Buffer): Promise<boolean> {
    let done = 0;
    while (done < bytes.length && !closed) {
      try {
        const before = file;
        // What cannot be put away now stays where it is, and grows.
        if (done === 0) await rotateIfLarge().catch(noteFailure);
        const { handle } = await current();
        // A line does not begin in one file and end in another.
        if (file !== before && done > 0) done = bytes.lastIndexOf(10, done - 1) + 1;
        const { bytesWritten } = await handle.write(bytes, done);
        if (file) file.size += bytesWritten;
        done += bytesWritten;
        stuck = false;
      } catch (error) {
        stuck = true;
        onStuck(error);
        await pause();
      }
    }
    return done === bytes.length;
  }

  function pause(): Promise<void> {
    if (closed) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = clock.after(tryAgainMs, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
  }

  async function current(): Promise<OpenFile> {
    if (file && (await isTakenAway(file.ino))) {
      await file.handle.close();
      file = null;
    }
    file ??= await openLast();
    return file;
  }

  /** Somebody may have moved or removed it; what is written to it then nobody will find. */
  async function isTakenAway(ino: number): Promise<boolean> {
    if (clock.now() - lookedAt < lookAgainMs) return false;
    lookedAt = clock.now();
    return (await stat(path).catch(() => null))?.ino !== ino;
  }

  async function openLast(): Promise<OpenFile> {
    const handle = await open(path, "a+", mode);
    try {
      await handle.chmod(mode);
      await mendLastLine(handle);
      const { size, ino } = await handle.stat();
      lookedAt = clock.now();
      return { handle, size, ino };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Where the last one could not be put away yet, lines go on into this one. */
  async function rotateIfLarge(): Promise<void> {
    const { handle, size } = await current();
    // Lines that come faster than they can be compressed wait in memory, not on the disk.
    if (packing && size > longestWait * maxSizeBytes) await packing;
    if (size < maxSizeBytes || packing || clock.now() - failedAt < tryAgainMs) return;
    if (!(await isLeftBehind())) {
      await rename(path, files.packing);
      file = null;
      await handle.close();
    }
    packing = packAway(files, maxFiles)
      .catch(noteFailure)
      .finally(() => {
        packing = null;
      });
  }

  function noteFailure(): void {
    failedAt = clock.now();
  }

  async function isLeftBehind(): Promise<boolean> {
    const found = await Promise.all([files.packing, files.packed].map((one) => stat(one).catch(() => null)));
    return found.some((one) => one !== null);
  }
}

type OpenFile = { readonly handle: FileHandle; readonly ino: number; size: number };

/** A line that a crash cut short: what there is of it is kept, as a remark, so that it is not taken for a line of the container. */
async function mendLastLine(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  const length = Math.min(size, 2 << 20);
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  if (length === 0 || buffer.at(-1) === 10) return;
  const start = buffer.lastIndexOf(10) + 1;
  const [, time, text] = /^(\S*) ?(.*)$/s.exec(buffer.subarray(start).toString()) ?? [];
  await handle.truncate(size - length + start);
  await handle.write(`${time} svc this line was cut short: ${text}\n`);
}

/** Each step can be repeated: the lines are whole in PATH.0 until they are whole, and on the disk, under another name. */
async function packAway(files: ReturnType<typeof logFileSet>, maxFiles: number): Promise<void> {
  if (await stat(files.packing).catch(() => null)) {
    await rm(files.packed, { force: true });
    const target = createWriteStream(files.packed, { mode, flush: true });
    await pipeline(createReadStream(files.packing), createGzip(), target);
    await rm(files.packing);
  }
  let free = 1;
  while (free < maxFiles && (await stat(files.rotated(free)).catch(() => null))) free++;
  for (let index = free; index > 1; index--) await rename(files.rotated(index - 1), files.rotated(index));
  if (maxFiles > 0) await rename(files.packed, files.rotated(1));
  else await rm(files.packed);
}
