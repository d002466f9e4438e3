import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** The name of a unit's log in the log folder; a template's instance keeps its @. */
export function logFileName(unit: string): string {
  return `${encodeURIComponent(unit).replaceAll("%40", "@")}.log`;
}

/** What stands beside a log: what was rotated away of it, and what is being put away. */
export function logFileSet(path: string) {
  return {
    /** Put away, and not yet compressed. */
    packing: `${path}.0`,
    /** Compressed; whole as soon as `packing` is gone. */
    packed: `${path}.0.gz`,
    rotated: (index: number) => `${path}.${index}.gz`,
  };
}

/** The unit's log and what was rotated away of it, newest first: UNIT.log, UNIT.log.0, UNIT.log.1.gz, UNIT.log.2.gz, … */
export async function logFiles(folder: string, unit: string): Promise<readonly string[]> {
  const base = logFileName(unit);
  const names = await readdir(folder).catch((): string[] => []);
  const { packing, packed } = logFileSet(base);
  const away = names.includes(packing) ? [packing] : [packed].filter((name) => names.includes(name));
  const rotated = names
    .map((name) => ({ name, index: name.startsWith(base) ? rotationOf(name.slice(base.length)) : 0 }))
    .filter(({ index }) => index > 0)
    .sort((a, b) => a.index - b.index)
    .map(({ name }) => name);
  return [...(names.includes(base) ? [base] : []), ...away, ...rotated].map((name) => join(folder, name));
}

function rotationOf(ending: string): number {
  return Number(/^\.(\d+)\.gz$/.exec(ending)?.[1] ?? 0);
}
