import { readdirSync, readFileSync } from "node:fs";

/** What svc needs beside its units: its socket and those who ask, the engine's events, files that are read or written. */
const reserve = 16;
/** A unit's output and its log, and while it is launched also its calls to the engine. */
const perUnit = 2;
const perLaunch = 4;
/** Beyond it nobody needs to count. */
const plenty = 8_192;

export type OpenFiles = {
  readonly limit: number;
  /** There is room to follow one more container. */
  hasRoom(): boolean;
  /** Room for a launch, until it is given back; null: there is none. */
  takeForLaunch(): (() => void) | null;
};

/** How many files this process may open, and has open. A daemon that runs out of them would take the engine for dead. */
export function openFiles(): OpenFiles {
  const limits = readFileSync("/proc/self/limits", "utf8");
  const limit = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  let launching = 0;
  const left = (): number => {
    if (limit > plenty) return limit;
    return limit - reserve - readdirSync("/proc/self/fd").length - launching * perLaunch;
  };
  return {
    limit,
    hasRoom: () => left() >= perUnit,
    takeForLaunch() {
      if (left() < perLaunch) return null;
      launching++;
      return () => void launching--;
    },
  };
}
