import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { DeployRecord } from "../../control/request.ts";
import { writeFileSafely } from "../../unit/write-file-safely.ts";
import { readKept } from "../kept-file.ts";

const kept = 200;
const version = 1;

export type DeployJournal = {
  /** Oldest first. */
  all(app?: string): readonly DeployRecord[];
  of(id: string): DeployRecord | null;
  /** On disk when it resolves. */
  write(record: DeployRecord): Promise<void>;
  /** Locks that somebody set by hand, by app. */
  lockOf(app: string): Lock | null;
  setLock(app: string, lock: Lock | null): Promise<void>;
};

export type Lock = { readonly who: string; readonly why: string; readonly since: string };

type Kept = {
  readonly version: typeof version;
  readonly records: readonly DeployRecord[];
  readonly locks: { readonly [app: string]: Lock };
};

const nothing: Pick<Kept, "records" | "locks"> = { records: [], locks: {} };

/**
 * What was deployed here, by whom, and how it went: STATE/deploys.json. A deploy that was cut off is found in it as running.
 */
export async function deployJournal(stateFolder: string, warn: (message: string) => void): Promise<DeployJournal> {
  const path = join(stateFolder, "deploys.json");
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  let { records, locks } = (await readKept(path, { what: "deploys and locks", parse, warn })) ?? nothing;
  let writing: Promise<void> = Promise.resolve();
  return {
    all: (app) => records.filter((one) => app === undefined || one.app === app),
    of: (id) => records.find((one) => one.id === id) ?? null,
    write(record) {
      const others = records.filter(({ id }) => id !== record.id);
      records = [...others, record].slice(-kept);
      return save();
    },
    lockOf: (app) => (Object.hasOwn(locks, app) ? (locks[app] ?? null) : null),
    setLock(app, lock) {
      const others = Object.fromEntries(Object.entries(locks).filter(([name]) => name !== app));
      locks = lock === null ? others : { ...others, [app]: lock };
      return save();
    },
  };

  function save(): Promise<void> {
    const text = `${JSON.stringify({ version, records, locks } satisfies Kept, null, 1)}\n`;
    writing = writing.catch(() => undefined).then(() => writeFileSafely(path, text, 0o600));
    return writing;
  }
}

function parse(text: string): Pick<Kept, "records" | "locks"> | Error {
  const kept = JSON.parse(text) as Partial<Kept> | null;
  const { records, locks } = kept ?? {};
  if (kept?.version !== version) return new Error("it is not of a known version");
  if (!Array.isArray(records) || typeof locks !== "object" || locks === null) return new Error("it makes no sense");
  return { records, locks };
}
