import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { open } from "node:fs/promises";
import { decodeUtf8 } from "./utf8.ts";

/** What tells one state of a file from another; `-`: it is not there. */
export type FileState = string;

/** Of two changes so close to each other the second may look like the first: file systems keep times coarsely, some by the second. */
const recentMs = 50;
const recentOfCoarseMs = 2_050;

/** Reads files, and notes which state of each it was that was read. */
export class FileReader {
  /** null: it cannot be told, as it has only just changed, or could not be read for a reason that may pass. */
  readonly states = new Map<string, FileState | null>();
  readonly #date: () => number;

  /** `date`: wall clock, ms. */
  constructor(date: () => number = () => Date.now()) {
    this.#date = date;
  }

  async read(path: string): Promise<string> {
    try {
      const handle = await open(path, withoutWaiting);
      try {
        this.#note(path, await handle.stat());
        return decodeUtf8(await handle.readFile());
      } finally {
        await handle.close();
      }
    } catch (error) {
      this.#noteFailure(path, error);
      throw error;
    }
  }

  readSync(path: string): string {
    try {
      const file = openSync(path, withoutWaiting);
      try {
        this.#note(path, fstatSync(file));
        return decodeUtf8(readFileSync(file));
      } finally {
        closeSync(file);
      }
    } catch (error) {
      this.#noteFailure(path, error);
      throw error;
    }
  }

  /** Of the file that is open, before it is read: whatever became of the path or the file since makes another state. */
  #note(path: string, stats: Stats): void {
    const state = stateOf(stats, this.#date());
    // One that is read twice, in two states, has none.
    this.states.set(path, this.states.has(path) && this.states.get(path) !== state ? null : state);
    refuseEndless(stats);
  }

  #noteFailure(path: string, error: unknown): void {
    if (isMissing(error)) this.states.set(path, missing);
    // A folder stays one, and a pipe.
    else if (!["EISDIR", notFile].includes((error as NodeJS.ErrnoException).code ?? "")) this.states.set(path, null);
  }
}

/** Else the opening of a pipe waits for somebody who writes to it. */
const withoutWaiting = constants.O_RDONLY | constants.O_NONBLOCK;

/** What has no end is not begun. */
function refuseEndless(stats: Stats): void {
  const isNull = stats.isCharacterDevice() && stats.rdev === nullDevice;
  if (isNull) return;
  const kind = stats.isFIFO() ? "pipe" : stats.isCharacterDevice() || stats.isBlockDevice() ? "device" : null;
  if (kind !== null) throw Object.assign(new Error(`it is a ${kind}, and no file`), { code: notFile });
}

const notFile = "ENOTFILE";

/** /dev/null, which stands for a file without anything in it: 1:3. */
const nullDevice = 0x103;

export const missing: FileState = "-";

/** That a file is not there, nor perhaps its folder. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}

/**
 * The time of the inode's last change moves with every write, and nobody sets it. null: at `readAt` it had only just changed, so
 * that the next state may look the same.
 */
export function stateOf(
  { ino, ctimeMs, size }: Pick<Stats, "ino" | "ctimeMs" | "size">,
  readAt = Number.POSITIVE_INFINITY,
): FileState | null {
  const margin = ctimeMs % 1_000 === 0 ? recentOfCoarseMs : recentMs;
  return ctimeMs > readAt - margin ? null : `${ino}:${ctimeMs}:${size}`;
}
