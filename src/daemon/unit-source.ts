import { type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "../clock/clock.ts";
import { findCycles } from "../graph/cycles.ts";
import { orphan } from "../plan/observe.ts";
import { messageOf } from "../svc-error.ts";
import { KnownUnits } from "../unit/known-units.ts";
import type { FolderRead, UnitFolders } from "../unit/read-folder.ts";
import { relateUnits, type UnitsRead } from "../unit/read-units.ts";
import type { Unit } from "../unit/unit.ts";
import { type UnitProblem, wholeFile } from "../unit/unit-problem.ts";
import { FileWatches } from "./file-watches.ts";
import { KeptTags, type Tags } from "./kept-tags.ts";
import { wrongFiles } from "./wrong-files.ts";

/** Editors write in bursts; one look after the burst is enough. */
const settleMs = 200;
/** A folder that cannot be watched, as it is not there, is tried again this often. */
const retryMs = 1_000;
/** Where something cannot be watched: looked at again this often. */
const patrolMs = 30_000;

export type UnitsNow = {
  readonly units: ReadonlyMap<string, Unit>;
  /** Names of units whose files are there and wrong. */
  readonly invalid: ReadonlyMap<string, { readonly file: string; readonly problems: readonly UnitProblem[] }>;
  readonly problems: readonly UnitProblem[];
  readonly templates: readonly string[];
};

type Tell = {
  readonly onRead: (now: UnitsNow) => void;
  /** Of a look that nobody asked for, and so nobody waits for. */
  readonly onFailure: (message: string) => void;
};

/** The unit files as they are on the disk now. */
export class UnitSource {
  now: UnitsNow = { units: new Map(), invalid: new Map(), problems: [], templates: [] };
  readonly #folders: UnitFolders;
  readonly #clock: Clock;
  readonly #tell: Tell;
  readonly #instances = new Set<string>();
  readonly #known: KnownUnits;
  readonly #tags = new KeptTags();
  #folder: FolderRead | null = null;
  #recalled: ReadonlyMap<string, Unit> = new Map();
  #reading: Promise<UnitsNow> | null = null;
  #next: Promise<UnitsNow> | null = null;
  #nextIsAnew = false;
  #watcher: FSWatcher | null = null;
  /** Of env files, TAG files and what else units name. */
  readonly #files = new FileWatches(() => this.#settle());
  #isWatching = false;
  #cancelSettle: () => void = () => undefined;
  #cancelRetry: () => void = () => undefined;
  #cancelPatrol: () => void = () => undefined;

  constructor(folders: UnitFolders, clock: Clock, tell: Tell) {
    this.#folders = folders;
    this.#clock = clock;
    this.#tell = tell;
    this.#known = new KnownUnits(folders, () => clock.date());
  }

  /** Instances of templates exist because somebody names them; the template alone is none. */
  addInstances(names: readonly string[]): void {
    for (const name of names) if (isInstanceName(name)) this.#instances.add(name);
  }

  /**
   * Looks at all files and reads those that changed, or `anew` all; a read that is under way already may have missed the last
   * change, so another follows it, one for all who ask meanwhile.
   */
  read({ anew = false } = {}): Promise<UnitsNow> {
    this.#nextIsAnew ||= anew;
    this.#next ??= this.#readNext();
    return this.#next;
  }

  /** The unit as the disk has it: the others are looked at only if one of its files changed since. */
  async reread(name: string): Promise<Unit | null> {
    if (!(await this.#known.isUnchanged(name))) await this.read();
    return this.now.units.get(name) ?? null;
  }

  /** Before the first read: what an earlier svc had in force of units whose file is broken or gone by now. */
  recall(units: ReadonlyMap<string, Unit>): void {
    this.#recalled = units;
  }

  /** Before the first read: what TAG files said in an earlier life of svc. */
  rememberTags(tags: Tags): void {
    this.#tags.remember(tags);
  }

  /** What they say, or said when they were there. Another map after each change. */
  get tags(): Tags {
    return this.#tags.now;
  }

  /** Somebody has stopped these: what is started next may have no tag. */
  forgetTags(names: readonly string[]): void {
    this.#tags.forget(names);
    if (this.#folder) this.#judge(this.#folder);
  }

  /** The containers have been looked at: of those whose file is gone, what runs is known, and the others are no more. */
  forgetRecalled(): void {
    if (this.#recalled.size === 0 || !this.#folder) return;
    this.#recalled = new Map();
    this.#judge(this.#folder);
  }

  watch(): void {
    this.#patrol();
    this.#watchFolder();
    this.#isWatching = true;
    this.#watchFiles();
  }

  close(): void {
    this.#watcher?.close();
    this.#files.close();
    this.#isWatching = false;
    this.#cancelSettle();
    this.#cancelRetry();
    this.#cancelPatrol();
  }

  /** What is watched is a folder, not its name: of one that was removed and made again the one before would be watched for ever. */
  #watchFolder(): void {
    this.#unwatch();
    try {
      this.#watcher = watch(this.#folders.units, { persistent: false }, () => this.#settle());
      this.#watcher.on("error", () => {
        this.#unwatch();
        this.#retry();
      });
    } catch {
      // No folder now, or no inotify.
      this.#retry();
    }
  }

  #watchFiles(): void {
    if (!this.#isWatching || !this.#folder) return;
    const all = [...this.#folder.reads.values()].flatMap(({ states }) => [...states.keys()]);
    this.#files.watch([...new Set(all)].filter((path) => dirname(path) !== this.#folders.units));
  }

  #unwatch(): void {
    this.#cancelRetry();
    this.#watcher?.close();
    this.#watcher = null;
  }

  #retry(): void {
    this.#cancelRetry = this.#clock.after(retryMs, () => {
      this.#watchFolder();
      if (this.#watcher) this.#look();
    });
  }

  #settle(): void {
    this.#cancelSettle();
    this.#cancelSettle = this.#clock.after(settleMs, () => {
      this.#watchFolder();
      this.#look();
    });
  }

  #patrol(): void {
    this.#cancelPatrol = this.#clock.after(patrolMs, () => {
      this.#watchFolder();
      this.#watchFiles();
      this.#look().finally(() => this.#patrol());
    });
  }

  /** Nobody waits for it, and the next look may do better. */
  async #look(): Promise<void> {
    await this.read().catch((error: unknown) => this.#tell.onFailure(messageOf(error)));
  }

  async #readNext(): Promise<UnitsNow> {
    await this.#reading?.catch(() => undefined);
    this.#reading = this.#readAll(this.#nextIsAnew);
    this.#next = null;
    this.#nextIsAnew = false;
    return this.#reading;
  }

  async #readAll(anew: boolean): Promise<UnitsNow> {
    const folder = await this.#known.read([...this.#instances], { anew });
    if (folder === this.#folder) return this.now;
    this.#judge(folder);
    return this.now;
  }

  #judge(folder: FolderRead): void {
    this.#folder = folder;
    this.#watchFiles();
    const read = judge(relateUnits(folder), new Map([...this.#recalled, ...this.now.units]), this.#recalled);
    this.now = { ...read, units: this.#tags.judge(read.units) };
    this.#tell.onRead(this.now);
  }
}

/** Units in a cycle are invalid. Of a file that is wrong now the last good definition stays in force. `kept`: even if its file is gone. */
function judge(read: UnitsRead, before: ReadonlyMap<string, Unit>, kept: ReadonlyMap<string, Unit>): UnitsNow {
  const problems = [...read.problems];
  const invalid = new Map<string, { file: string; problems: readonly UnitProblem[] }>();
  const units = new Map(read.units.map((unit) => [unit.name, unit]));
  for (const cycle of findCycles(read.units)) {
    for (const name of cycle) {
      const unit = units.get(name);
      if (unit) problems.push(cycleProblem(unit, cycle, read.ties));
    }
  }
  for (const problem of problems) {
    if (problem.code === "dependency-cycle" && problem.unit !== null) {
      invalid.set(problem.unit, { file: problem.file, problems: [problem] });
    }
  }
  for (const { name, file } of read.invalid) {
    invalid.set(name, { file, problems: problems.filter((problem) => problem.unit === name) });
  }
  for (const [name, wrong] of invalid) {
    const last = before.get(name);
    if (last) units.set(name, withWrongFiles(last, wrong));
    else units.delete(name);
  }
  for (const [name, unit] of kept) if (!units.has(name)) units.set(name, orphan(unit));
  return { units, invalid, problems, templates: read.templates };
}

/** What an earlier svc had in force cannot be started anew, for what is wrong with its files now. */
function withWrongFiles(unit: Unit, wrong: Parameters<typeof wrongFiles>[0]): Unit {
  const { launch } = unit;
  if (launch.ok || launch.code !== "invalid-unit") return unit;
  return { ...unit, launch: { ...launch, message: wrongFiles(wrong) } };
}

function cycleProblem(unit: Unit, cycle: readonly string[], ties: UnitsRead["ties"]): UnitProblem {
  const from = cycle.indexOf(unit.name);
  const path = [...cycle.slice(from), ...cycle.slice(0, from), unit.name];
  return {
    unit: unit.name,
    severity: "error",
    code: "dependency-cycle",
    ...(ties.get(unit.name)?.get(path[1] ?? "") ?? wholeFile(unit.file)),
    message: `it needs itself: ${path.join(" -> ")}`,
    hint: "take one of these needs away; for order alone use after",
  };
}

/** What stands after the @ becomes a part of the container's name, and of paths. */
export function isInstanceName(name: string): boolean {
  return /^[^@]+@[a-z\d][\w.-]*$/i.test(name);
}
