import { stat } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { type FolderRead, readFolder, type UnitFolders, type UnitRead } from "./read-folder.ts";

/** Of two changes so close to each other the second may look like the first: file systems keep times coarsely. */
const recentMs = 50;

/** What was read of each unit the last time, and which state of its files that was: what is as it was is not read again. */
export class KnownUnits {
  readonly #folders: UnitFolders;
  readonly #date: () => number;
  #known: ReadonlyMap<string, { readonly read: UnitRead; readonly signature: string | null }> = new Map();
  #last: FolderRead | null = null;

  /** `date`: wall clock, ms. */
  constructor(folders: UnitFolders, date: () => number) {
    this.#folders = folders;
    this.#date = date;
  }

  async isUnchanged(name: string): Promise<boolean> {
    const known = this.#known.get(name);
    return known !== undefined && known.signature === (await signatureOf(known.read.sources));
  }

  /** The folder as it is now: what was returned the last time, if nothing changed. */
  async read(instances: readonly string[]): Promise<FolderRead> {
    const beganAt = this.#date();
    const unchanged = new Map<string, UnitRead>();
    const looked = [...this.#known].map(async ([name, { read }]) => {
      if (await this.isUnchanged(name)) unchanged.set(name, read);
    });
    await Promise.all(looked);
    const folder = await readFolder(this.#folders, { instances, unchanged });
    const known = [...folder.reads].map(async ([name, read]) => {
      const before = this.#known.get(name);
      if (before?.read === read) return [name, before] as const;
      return [name, { read, signature: await signatureOf(read.sources, beganAt) }] as const;
    });
    this.#known = new Map(await Promise.all(known));
    if (this.#last === null || !isSame(this.#last, folder)) this.#last = folder;
    return this.#last;
  }
}

function isSame(one: FolderRead, other: FolderRead): boolean {
  if (one.reads.size !== other.reads.size) return false;
  for (const [name, read] of other.reads) if (one.reads.get(name) !== read) return false;
  return isDeepStrictEqual([one.files, one.problems], [other.files, other.problems]);
}

/**
 * What tells one state of these files from another; null, which is like nothing: one of them changed just before, or since, the
 * reading began, and what was read may be either. The time of the inode's last change moves with every write, and nobody sets it.
 */
export async function signatureOf(paths: readonly string[], readingAt = 0): Promise<string | null> {
  // A file that is not there is the usual case, and costs an error where it is one.
  const found = await Promise.all(paths.map((path) => stat(path, { throwIfNoEntry: false }).catch(() => undefined)));
  const isRecent = readingAt > 0 && found.some((one) => one && one.ctimeMs > readingAt - recentMs);
  return isRecent ? null : found.map((one) => (one ? `${one.ino}:${one.ctimeMs}:${one.size}` : "-")).join(" ");
}
