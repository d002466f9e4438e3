import { stat } from "node:fs/promises";
import type { PlacedUnit } from "./relations/relations.ts";
import type { Unit } from "./unit.ts";
import type { PlaceInFile, UnitProblem } from "./unit-problem.ts";

/** What one unit file and the files that it names say, with nothing of other units. */
export type UnitRead = {
  readonly file: string;
  /** Every file that was read, or would have been. */
  readonly sources: readonly string[];
  readonly outcome: PlacedUnit | InvalidUnit;
  readonly problems: readonly UnitProblem[];
  /** Where it says that it needs another, or starts after it: by the name that it says. */
  readonly ties: ReadonlyMap<string, PlaceInFile>;
};

/** A unit whose files are wrong, with what they say of others as far as they can be read. */
export type InvalidUnit = Pick<Unit, "name" | "file" | "needs" | "after" | "before">;

/** Of two changes so close to each other the second may look like the first: file systems keep times coarsely. */
const recentMs = 50;

/** What was read of each unit the last time, and which state of its files that was: what is as it was is not read again. */
export class KnownUnits {
  readonly #date: () => number;
  #known: ReadonlyMap<string, { readonly read: UnitRead; readonly signature: string | null }> = new Map();

  /** `date`: wall clock, ms. */
  constructor(date: () => number) {
    this.#date = date;
  }

  async isUnchanged(name: string): Promise<boolean> {
    const known = this.#known.get(name);
    return known !== undefined && known.signature === (await signatureOf(known.read.sources));
  }

  /** Reads with what is known and unchanged at hand, and knows what was read from then on. */
  async reading<T extends { readonly reads: ReadonlyMap<string, UnitRead> }>(
    read: (unchanged: ReadonlyMap<string, UnitRead>) => Promise<T>,
  ): Promise<T> {
    const beganAt = this.#date();
    const unchanged = new Map<string, UnitRead>();
    const looked = [...this.#known].map(async ([name, known]) => {
      if (await this.isUnchanged(name)) unchanged.set(name, known.read);
    });
    await Promise.all(looked);
    const result = await read(unchanged);
    const known = [...result.reads].map(async ([name, one]) => {
      const before = this.#known.get(name);
      if (before?.read === one) return [name, before] as const;
      return [name, { read: one, signature: await signatureOf(one.sources, beganAt) }] as const;
    });
    this.#known = new Map(await Promise.all(known));
    return result;
  }
}

/**
 * What tells one state of these files from another; null, which is like nothing: one of them changed just before, or since, the
 * reading began, and what was read may be either. The time of the inode's last change moves with every write, and nobody sets it.
 */
export async function signatureOf(paths: readonly string[], readingAt = 0): Promise<string | null> {
  const found = await Promise.all(paths.map((path) => stat(path, { bigint: true }).catch(() => null)));
  const isRecent = readingAt > 0 && found.some((one) => one && Number(one.ctimeMs) > readingAt - recentMs);
  return isRecent ? null : found.map((one) => (one ? `${one.ino}:${one.ctimeNs}:${one.size}` : "-")).join(" ");
}
