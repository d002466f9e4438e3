import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { trialNow } from "../plan/trial.ts";
import { freshState, noTrial, type Trial, type UnitState, type World } from "../plan/world.ts";
import { readKept } from "./kept-file.ts";
import type { Tags } from "./kept-tags.ts";
import { type Save, savingTo } from "./saving.ts";

/**
 * What cannot be found again by looking: wishes, counts and recent failures. One file, written aside, synced and renamed.
 * Instants are monotonic and so mean something only within one boot, whose id is kept beside them.
 */
export type Saved = {
  readonly boot: string;
  /** svc was told to end, and stopped everything: where it begins after that it begins anew. */
  readonly stopped: boolean;
  readonly units: ReadonlyMap<string, SavedUnit>;
  readonly tags: Tags;
  /** What `svc enable` and `svc disable` said; it wins over the unit file. */
  readonly enabled: ReadonlyMap<string, boolean>;
};

export type SavedUnit = Pick<
  UnitState,
  "wish" | "respawns" | "backoff" | "finished" | "restarts" | "lastExit" | "trial"
>;

const version = 1;
const nothing: Saved = { boot: "", stopped: false, units: new Map(), tags: new Map(), enabled: new Map() };

/** The saved state of the folder. */
export async function readSaved(folder: string, warn: (message: string) => void): Promise<Saved> {
  return (await readKept(pathIn(folder), { what: "the saved state", parse: parseSaved, warn })) ?? nothing;
}

export function parseSaved(text: string): Saved | Error {
  try {
    return parse(JSON.parse(text));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

export function keepSaved(
  folder: string,
  current: (before: Saved | null) => Saved,
  onFailure: (message: string) => void,
): Save {
  return savingTo({ path: pathIn(folder), current, isSame: isSameState, serialise, onFailure });
}

function pathIn(folder: string): string {
  return join(folder, "state.json");
}

function isSameState(one: Saved, other: Saved): boolean {
  if (one.boot !== other.boot || one.stopped !== other.stopped || one.units !== other.units) return false;
  return one.tags === other.tags && isDeepStrictEqual(one.enabled, other.enabled);
}

/** Each unit's part of the text, which is written anew only where the unit is another. */
const unitTexts = new WeakMap<SavedUnit, string>();

export function serialise({ boot, stopped, units, tags, enabled }: Saved): string {
  const texts: string[] = [];
  for (const [name, unit] of units) {
    const text = unitTexts.get(unit) ?? `${JSON.stringify(name)}:${JSON.stringify(unit)}`;
    unitTexts.set(unit, text);
    texts.push(text);
  }
  const on = JSON.stringify(Object.fromEntries(enabled));
  return `{"version":${version},"boot":${JSON.stringify(boot)},"stopped":${stopped},"units":{${texts.join(",")}},"tags":${JSON.stringify(Object.fromEntries(tags))},"enabled":${on}}\n`;
}

/**
 * The part of the world that is saved. A unit that nobody ever asked for leaves no trace. What is as it was `before` is the very
 * same, each unit and all of them, so that it is seen at a glance that there is nothing to write.
 */
export function savedUnits(
  world: World,
  now: number,
  before: ReadonlyMap<string, SavedUnit> = new Map(),
): ReadonlyMap<string, SavedUnit> {
  const changed = new Map<string, SavedUnit>();
  let count = 0;
  for (const [name, state] of world.states) {
    if (state.wish.by === "nobody") continue;
    count++;
    const trial = trialNow(world.units.get(name), world, now);
    const last = before.get(name);
    if (last && isSame(last, state) && isSameTrial(last.trial, trial)) continue;
    const { wish, respawns, backoff, finished, restarts, lastExit } = state;
    changed.set(name, { wish, respawns, backoff, finished, restarts, lastExit, trial });
  }
  if (changed.size === 0 && count === before.size) return before;
  const units = new Map<string, SavedUnit>();
  for (const [name, { wish }] of world.states) {
    const unit = wish.by === "nobody" ? undefined : (changed.get(name) ?? before.get(name));
    if (unit) units.set(name, unit);
  }
  return units;
}

function isSame(one: SavedUnit, other: UnitState): boolean {
  return (
    one.wish === other.wish &&
    one.respawns === other.respawns &&
    one.backoff === other.backoff &&
    one.finished === other.finished &&
    one.restarts === other.restarts &&
    one.lastExit === other.lastExit
  );
}

/** What a running container adds to it is made anew at every look. */
function isSameTrial(one: Trial, other: Trial): boolean {
  return (
    one === other ||
    (one.tag === other.tag &&
      one.since === other.since &&
      one.wasReady === other.wasReady &&
      one.former === other.former &&
      one.ends === other.ends &&
      one.failed === other.failed &&
      one.notPutBack === other.notPutBack)
  );
}

function parse(value: unknown): Saved {
  if (!isObject(value) || value.version !== version || !isObject(value.units))
    throw new Error("it is not of a known version");
  const units = new Map<string, SavedUnit>();
  for (const [name, unit] of Object.entries(value.units)) units.set(name, savedUnit(unit));
  const enabled = new Map<string, boolean>();
  for (const [name, on] of Object.entries(isObject(value.enabled) ? value.enabled : {})) enabled.set(name, on === true);
  const tags = new Map<string, { tag: string; file: string }>();
  for (const [name, one] of Object.entries(isObject(value.tags) ? value.tags : {}))
    if (isObject(one)) tags.set(name, { tag: String(one.tag), file: String(one.file) });
  return { boot: String(value.boot ?? ""), stopped: value.stopped === true, units, tags, enabled };
}

function savedUnit(value: unknown): SavedUnit {
  if (!isObject(value) || !isObject(value.wish)) throw new Error("a unit in it has no wish");
  const { want, by, generation, alone } = value.wish;
  if ((want !== "up" && want !== "down") || typeof generation !== "number")
    throw new Error("a wish in it makes no sense");
  const { backoff, finished, lastExit } = value;
  const { respawns, restarts } = value;
  return {
    wish: { want, by: String(by ?? "operator"), generation, ...(alone === true ? { alone } : {}) },
    respawns: Array.isArray(respawns) ? respawns.filter((at) => typeof at === "number") : freshState.respawns,
    backoff:
      isObject(backoff) && typeof backoff.until === "number" && typeof backoff.delayMs === "number"
        ? { streak: Number(backoff.streak) || 0, until: backoff.until, delayMs: backoff.delayMs }
        : null,
    finished: isObject(finished) ? { ok: finished.ok === true, words: String(finished.words) } : null,
    restarts: typeof restarts === "number" ? restarts : 0,
    lastExit: isObject(lastExit)
      ? { words: String(lastExit.words), at: Number(lastExit.at) || 0, isSentence: lastExit.isSentence === true }
      : null,
    trial: savedTrial(value.trial),
  };
}

/** Versions before this one saved none. */
function savedTrial(value: unknown): Trial {
  if (!isObject(value)) return noTrial;
  const { tag, since, former, ends, failed } = value;
  return {
    tag: typeof tag === "string" ? tag : null,
    since: typeof since === "number" ? since : null,
    wasReady: value.wasReady === true,
    former: typeof former === "string" ? former : null,
    ends: Number(ends) || 0,
    failed: isObject(failed) ? { ends: Number(failed.ends) || 0, withinMs: Number(failed.withinMs) || 0 } : null,
    // The reason may have gone: it is tried again.
    notPutBack: null,
  };
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
