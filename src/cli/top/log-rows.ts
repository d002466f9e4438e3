import type { LogLine } from "../../control/request.ts";
import { cutIntoPieces } from "../show/pieces.ts";
import { clockTime } from "../show/times.ts";
import { type Line, plain, type Size, span, styles } from "./screen.ts";
import type { LogView } from "./state.ts";

/** What a log is shown on; `now`, ms since 1970: lines of another day have their date. */
type Page = Size & { readonly now: number };

/** Title and keys. */
const otherRows = 2;

/** Of a log's rows those that fill the screen, up to `end`; `from` is the first line of which one is seen. */
export function logRows(view: LogView, page: Page): { readonly rows: readonly Line[]; readonly from: number } {
  const wanted = Math.max(1, page.rows - otherRows);
  let from = view.end ?? view.lines.length;
  let rows: readonly Line[] = [];
  while (from > 0 && rows.length < wanted) {
    from--;
    const line = view.lines[from];
    if (line) rows = [...rowsOf(line, page), ...rows];
  }
  return { rows: rows.slice(-wanted), from };
}

/** The end at which the screen is as full as can be and begins no earlier than with this line. */
export function endFrom(from: number, view: LogView, page: Page): number | null {
  const wanted = Math.max(1, page.rows - otherRows);
  let count = 0;
  for (let at = Math.max(0, from); at < view.lines.length; at++) {
    const line = view.lines[at];
    if (line) count += rowsOf(line, page).length;
    if (count > wanted && at > from) return at;
    if (count >= wanted) return at + 1 < view.lines.length ? at + 1 : null;
  }
  return null;
}

function rowsOf({ time, stream, text }: LogLine, { columns, now }: Page): readonly Line[] {
  const remark = stream === "svc" ? "-- " : "";
  const style = stream === "svc" ? styles.grey : styles.usual;
  const head = `${clockTime(time, now)} `;
  const room = columns - head.length;
  // A narrow screen has no room for times.
  if (room < 20) return cutIntoPieces(remark + plain(text), Math.max(1, columns)).map((piece) => [span(piece, style)]);
  const pieces = cutIntoPieces(remark + plain(text), room);
  return pieces.map((piece, at) => [span(at === 0 ? head : " ".repeat(head.length), styles.grey), span(piece, style)]);
}
