import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const readme = join(import.meta.dirname, "../../README.md");
const end = "<!-- end -->";

/** What stands in the README between a mark and the end, and is made by a run. */
export function readSection(mark: string): string {
  return split(mark).section;
}

export function writeSection(mark: string, section: string): void {
  const { before, after } = split(mark);
  writeFileSync(`${readme}.new`, `${before}${mark}\n\n${section}\n\n${end}${after}`);
  renameSync(`${readme}.new`, readme);
}

function split(mark: string): { readonly before: string; readonly section: string; readonly after: string } {
  const text = readFileSync(readme, "utf8");
  const from = text.indexOf(mark);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`README.md has no ${mark} … ${end}`);
  return {
    before: text.slice(0, from),
    section: text.slice(from + mark.length, to),
    after: text.slice(to + end.length),
  };
}
