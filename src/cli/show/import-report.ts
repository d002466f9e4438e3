import type { Note } from "../../convert/import/note.ts";
import { table } from "./table.ts";

/** What became of each thing, a line each, and how many of each there are. */
export function showImport(notes: readonly Note[], which: "all" | "not simply taken" = "all"): string {
  const shown = which === "all" ? notes : notes.filter(({ verdict }) => verdict !== "taken");
  const rows = shown.map(({ file, line, what, verdict, because }) => [
    line === null ? file : `${file}:${line}`,
    verdict,
    `${what}: ${because}`,
  ]);
  const count = (wanted: Note["verdict"]): number => notes.filter(({ verdict }) => verdict === wanted).length;
  const sum = `${count("taken")} taken, ${count("changed")} changed, ${count("not understood")} not understood\n`;
  return `${table(rows)}${sum}`;
}
