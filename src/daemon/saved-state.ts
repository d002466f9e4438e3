import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { UnitState, World } from "../plan/world.ts";
import { freshState } from "../plan/world.ts";
import { writeFileSafely } from "../unit/write-file-safely.ts";

/**
 * What cannot be found again by looking: wishes, counts and recent failures. One file, written aside, synced and renamed.
 * Instants are monotonic and so mean something only within one boot, whose id is kept beside them.
 */
export type Saved = {
  readonly boot: string;
  readonly units: ReadonlyMap<string, SavedUnit>;
  /** What `svc enable` and `svc disable` said; it wins over the unit file. */
  readonly enabled: ReadonlyMap<string, boolean>;
};

export type SavedUnit = Pick<UnitState, "wish" | "respawns" | "backoff" | "finished" | "restarts" | "lastExit">;

const version = 1;
const nothing: Saved = { boot: "", units: new Map(), enabled: new Map() };

/** The saved state of the folder. A file that cannot be understood is moved aside and told of, never fatal. */
export async function readSaved(folder: string, warn: (message: string) => void): Promise<Saved> {
  const path = join(folder, "state.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return nothing;
  }
  const saved = parseSaved(text);
  if (!(saved instanceof Error)) return saved;
  const aside = `${path}.unreadable`;
  await rename(path, aside).catch(() => undefined);
  warn(`the saved state cannot be read and was moved to ${aside}: ${saved.message}`);
  return nothing;
}

export function parseSaved(text: string): Saved | Error {
  try {
    return parse(JSON.parse(text));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

export async function writeSaved(folder: string, saved: Saved): Promise<void> {
  await writeFileSafely(join(folder, "state.json"), serialise(saved), 0o600);
}

export function serialise({ boot, units, enabled }: Saved): string {
  const members = [...units].map(([name, unit]) => `${JSON.stringify(name)}:${textOf(unit)}`);
  const ends = JSON.stringify({ enabled: Object.fromEntries(enabled) }).slice(1);
  return `{"version":${version},"boot":${JSON.stringify(boot)},"units":{${members.join(",")}},${ends}\n`;
}

/** Of many units a few change at a time: what is known of the others is not written down anew. */
const texts = new WeakMap<SavedUnit, string>();
const parts = new WeakMap<UnitState, SavedUnit>();

function textOf(unit: SavedUnit): string {
  const text = texts.get(unit) ?? JSON.stringify(unit);
  texts.set(unit, text);
  return text;
}

/** The part of the world that is saved. A unit that nobody ever asked for leaves no trace. */
export function savedUnits(world: World): ReadonlyMap<string, SavedUnit> {
  const units = new Map<string, SavedUnit>();
  for (const [name, state] of world.states) {
    if (state.wish.by === "nobody") continue;
    units.set(name, savedPart(state));
  }
  return units;
}

function savedPart(state: UnitState): SavedUnit {
  const { wish, respawns, backoff, finished, restarts, lastExit } = state;
  const part = parts.get(state) ?? { wish, respawns, backoff, finished, restarts, lastExit };
  parts.set(state, part);
  return part;
}

function parse(value: unknown): Saved {
  if (!isObject(value) || value.version !== version || !isObject(value.units))
    throw new Error("it is not of a known version");
  const units = new Map<string, SavedUnit>();
  for (const [name, unit] of Object.entries(value.units)) units.set(name, savedUnit(unit));
  const enabled = new Map<string, boolean>();
  for (const [name, on] of Object.entries(isObject(value.enabled) ? value.enabled : {})) enabled.set(name, on === true);
  return { boot: String(value.boot ?? ""), units, enabled };
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
    lastExit: isObject(lastExit) ? { words: String(lastExit.words), at: Number(lastExit.at) || 0 } : null,
  };
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
