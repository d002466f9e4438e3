import { wrapWords } from "../show/pieces.ts";
import { widthOf } from "../show/table.ts";
import { drawUnits } from "./draw-units.ts";
import { keyList } from "./key-list.ts";
import { logRows } from "./log-rows.ts";
import { cut, type Line, plain, type Size, span, styles } from "./screen.ts";
import type { LogView, TopState } from "./state.ts";

/** The screen: as many lines as it has rows at the most, none wider than it is. */
export function draw(state: TopState): readonly Line[] {
  const { size, view } = state;
  return drawView(state, view)
    .slice(0, size.rows)
    .map((line) => cutLine(line, size.columns));
}

function drawView(state: TopState, view: TopState["view"]): readonly Line[] {
  switch (view.view) {
    case "units":
    case "filter":
    case "question":
      return drawUnits(state);
    case "help":
      return drawHelp(state.size);
    case "log":
      return drawLog(state, view);
    default:
      return view satisfies never;
  }
}

function cutLine(line: Line, columns: number): Line {
  let left = columns;
  const spans = line.map(({ text, style }) => {
    const shown = cut(text, Math.max(0, left));
    left -= widthOf(shown);
    return { text: shown, style };
  });
  return spans.filter(({ text }) => text !== "");
}

function drawHelp({ columns }: Size): readonly Line[] {
  const width = Math.max(...keyList.map(([keys]) => keys.length)) + 2;
  const rows = keyList.flatMap(([keys, meaning]) =>
    wrapWords(meaning, Math.max(10, columns - width)).map(
      (words, at): Line => [span((at === 0 ? keys : "").padEnd(width), styles.bold), span(words)],
    ),
  );
  return [[span("keys of svc top", styles.bold)], [], ...rows, [], [span("any key returns", styles.grey)]];
}

function drawLog({ size, notice, away, look }: TopState, view: LogView): readonly Line[] {
  const { rows } = logRows(view, { ...size, now: Date.parse(look.time) });
  const blank = Array.from({ length: Math.max(0, size.rows - 2 - rows.length) }, (): Line => []);
  const where = view.end === null ? "following" : `${view.lines.length - view.end} more below; End follows`;
  const title = `log of ${plain(view.unit)}  ${view.lines.length} lines, ${where}`;
  const words = away ?? notice?.text;
  const last =
    words === undefined
      ? span("q back  up, PageUp scroll  End follow", styles.grey)
      : span(plain(words), styles.failure);
  return [[span(title, styles.bold)], ...rows, ...blank, [last]];
}
