import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Line, Row } from "./row.ts";

const path = join(import.meta.dirname, "results.json");

/** What was measured last, by row: a run of some rows leaves the others as they are. Returns all lines, in the order of the rows. */
export function keepResults(name: string, lines: readonly Line[], rows: readonly Row[]): readonly Line[] {
  const before = JSON.parse(readFileSync(path, "utf8")) as { readonly [row: string]: readonly Line[] };
  const now = { ...before, [name]: lines };
  const ordered = rows.flatMap((row) => (now[row.name] ? [[row.name, now[row.name]] as const] : []));
  // The numbers of a subject stay in one line.
  const text = JSON.stringify(Object.fromEntries(ordered), rounded, 2).replace(/\[[\d.,\s-]+\]/g, (list) =>
    list.replace(/\s+/g, " "),
  );
  writeFileSync(path, `${text}\n`);
  return ordered.flatMap(([, kept]) => kept ?? []);
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(4)) : value;
}
