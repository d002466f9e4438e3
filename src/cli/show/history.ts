import type { ExitRecord } from "../../control/request.ts";
import { table } from "./table.ts";

/** How runs ended, a line a run, newest last; with what each wrote last under it, if that is asked for. `asked`: for so many. */
export function showHistory(records: readonly ExitRecord[], withOutput: boolean, asked?: number): string {
  if (records.length === 0) return asked === 0 ? "" : "no run of it has ended yet\n";
  const rows = records.map((one) => [
    one.endedAt,
    one.ranFor === null ? "-" : `${one.ranFor} s`,
    one.tag ?? "-",
    one.by,
    one.words,
  ]);
  const [head = "", ...lines] = table([["ENDED", "RAN FOR", "TAG", "BY", "HOW"], ...rows]).split(/(?<=\n)/);
  if (!withOutput) return [head, ...lines].join("");
  return [
    head,
    ...records.map((one, at) => `${lines[at]}${one.lastLines.map((line) => `    | ${line}\n`).join("")}`),
  ].join("");
}
