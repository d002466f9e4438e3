import { stat } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { type FileState, missing, stateOf } from "./file-reader.ts";
import { type FolderRead, readFolder, type UnitFolders, type UnitRead } from "./read-folder.ts";

/** What was read of each unit the last time: what is as it was is not read again. */
export class KnownUnits {
  readonly #folders: UnitFolders;
  readonly #date: () => number;
  #last: FolderRead | null = null;

  /** `date`: wall clock, ms. */
  constructor(folders: UnitFolders, date: () => number) {
    this.#folders = folders;
    this.#date = date;
  }

  async isUnchanged(name: string): Promise<boolean> {
    const known = this.#last?.reads.get(name);
    return known !== undefined && (await isAsRead(known));
  }

  /** The folder as it is now: what was returned the last time, if nothing changed. `anew`: whatever the file system says. */
  async read(instances: readonly string[], { anew = false } = {}): Promise<FolderRead> {
    const unchanged = new Map<string, UnitRead>();
    const known = anew ? [] : [...(this.#last?.reads ?? [])];
    await Promise.all(
      known.map(async ([name, read]) => {
        if (await isAsRead(read)) unchanged.set(name, read);
      }),
    );
    const folder = await readFolder(this.#folders, { instances, unchanged, date: this.#date });
    if (this.#last === null || !isSame(this.#last, folder)) this.#last = folder;
    return this.#last;
  }
}

async function isAsRead({ states }: UnitRead): Promise<boolean> {
  if ([...states.values()].includes(null)) return false;
  const same = await Promise.all([...states].map(async ([path, state]) => state === (await stateNow(path))));
  return !same.includes(false);
}

/** null: it cannot be told. */
async function stateNow(path: string): Promise<FileState | null> {
  // That there is none is the usual case, and costs an error where it is one.
  return stat(path, { throwIfNoEntry: false }).then(
    (found) => (found ? stateOf(found) : missing),
    () => null,
  );
}

function isSame(one: FolderRead, other: FolderRead): boolean {
  if (one.reads.size !== other.reads.size) return false;
  for (const [name, read] of other.reads) if (one.reads.get(name) !== read) return false;
  return isDeepStrictEqual([one.files, one.problems], [other.files, other.problems]);
}
