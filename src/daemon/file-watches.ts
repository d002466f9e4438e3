import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";

/**
 * Tells when one of some files changes, by watching the folders that they are in: such a file is written aside and renamed, or is not
 * there yet. A folder that cannot be watched, as it is not there, is passed over.
 */
export class FileWatches {
  readonly #onChange: () => void;
  #watchers: FSWatcher[] = [];

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** From now on these, in place of those before. A folder that was removed and made again is another one. */
  watch(paths: readonly string[]): void {
    this.close();
    for (const [folder, files] of Map.groupBy(paths, dirname)) {
      const names = new Set(files.map((file) => basename(file)));
      try {
        const watcher = watch(folder, { persistent: false }, (_, name) => {
          if (name === null || names.has(name)) this.#onChange();
        });
        watcher.on("error", () => watcher.close());
        this.#watchers.push(watcher);
      } catch {
        // It is not there, or there is no inotify.
      }
    }
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }
}
