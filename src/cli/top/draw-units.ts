import { inspect } from "node:util";
import type { UnitUsage } from "../../control/request.ts";
import { type Phase, phases } from "../../unit/phase.ts";
import { phaseColours } from "../show/statuses.ts";
import { widthOf } from "../show/table.ts";
import { clockTime } from "../show/times.ts";
import { type Column, columnsFor } from "./columns.ts";
import { bytes, percent } from "./figures.ts";
import { cut, inCells, type Line, plain, span, styles } from "./screen.ts";
import { shownUnits } from "./shown-units.ts";
import type { TopState } from "./state.ts";
import { listRows, wordsBelow } from "./units-layout.ts";

const keys = ["? help", "q quit", "s start", "x stop", "r restart", "l log", "/ filter", "o order"];

/** All units, a row each, with what is selected in the middle where there are more than fit. */
export function drawUnits(state: TopState): readonly Line[] {
  const { size, look, away, selected } = state;
  const shown = shownUnits(state);
  const columns = columnsFor(shown, Date.parse(look.time), size);
  const room = listRows(state);
  const place = shown.findIndex(({ name }) => name === selected);
  const first = Math.max(0, Math.min(place - Math.floor(room / 2), shown.length - room));
  const rows = shown
    .slice(first, first + room)
    .map((unit) => drawUnit(unit, columns, { isSelected: unit.name === selected, isOld: away !== null }));
  const none = [span(look.units.length === 0 ? noUnits : `no unit's name holds "${plain(state.filter)}"`)];
  const list = shown.length > 0 ? rows : [none];
  const blank = Array.from({ length: Math.max(0, room - list.length) }, (): Line => []);
  return [
    title(state, shown, { first, count: rows.length }),
    head(columns, state),
    ...list,
    ...blank,
    ...below(state),
    [span(lastRow(state), styles.grey)],
  ];
}

const longestFilter = 20;
const noUnits = "there are no units; svc status tells where to write one";

/** What is told first stays longest on a narrow screen. */
function title(
  { look, away, filter, order, size }: TopState,
  shown: readonly UnitUsage[],
  { first, count }: { readonly first: number; readonly count: number },
): Line {
  const time = clockTime(look.time, Date.parse(look.time));
  if (away !== null) return [span(`svc top ${time}  ${away}; trying again`, styles.failure)];
  const total = (figure: (unit: UnitUsage) => number | null): number =>
    look.units.reduce((sum, unit) => sum + (figure(unit) ?? 0), 0);
  const counts = phases
    .map((phase) => ({ phase, count: look.units.filter((unit) => unit.phase === phase).length }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .map(({ phase, count }) => `${count} ${phase}`);
  const words = [
    `svc top ${time}`,
    ...(filter === "" ? [] : [`"${cut(plain(filter), longestFilter)}": ${shown.length}`]),
    `${look.units.length} units`,
    ...(count < shown.length ? [`${first + 1}-${first + count} of ${shown.length}`] : []),
    ...counts,
    `cpu ${percent(total((unit) => unit.cpuPercent))} %`,
    `memory ${bytes(total((unit) => unit.memoryBytes))}`,
    `by ${order}`,
  ];
  return [span(whole(words, size.columns), styles.bold)];
}

/** The column by which is sorted is marked without colours too. */
function head(columns: readonly Column[], { order }: TopState): Line {
  return columns.flatMap(({ head: name, width, side, order: own }) => [
    span(" "),
    span(inCells(name, width, side), own === order ? styles.reverse : styles.grey),
  ]);
}

function drawUnit(
  unit: UnitUsage,
  columns: readonly Column[],
  { isSelected, isOld }: { readonly isSelected: boolean; readonly isOld: boolean },
): Line {
  const styleOf = (column: Column): string => {
    if (isOld) return styles.grey;
    return column.order === "phase" ? colourOf(unit.phase) : styles.usual;
  };
  const cells = columns.flatMap((column, at) => {
    const cell = inCells(column.cell(unit), column.width, column.side);
    return [span(at === 0 ? (isSelected ? ">" : " ") : " "), span(cell, styleOf(column))];
  });
  if (!isSelected) return cells;
  return cells.map(({ text, style }) => span(text, style === "" ? styles.reverse : `${styles.reverse};${style}`));
}

function colourOf(phase: Phase): string {
  return String(inspect.colors[phaseColours[phase]]?.[0] ?? "");
}

function below(state: TopState): readonly Line[] {
  const { notice, view } = state;
  const isFailure = view.view !== "question" && notice?.kind === "failure";
  const style = view.view === "question" ? styles.bold : isFailure ? styles.failure : styles.usual;
  return wordsBelow(state).map((row) => [span(row, style)]);
}

function lastRow({ view, filter, size }: TopState): string {
  if (view.view === "filter") return `/${plain(filter)}_`;
  if (view.view === "question") return "y yes  n no";
  return whole(keys, size.columns);
}

/** As many as there is room for. */
function whole(words: readonly string[], columns: number): string {
  let all = "";
  for (const word of words) {
    const longer = all === "" ? word : `${all}  ${word}`;
    if (all !== "" && widthOf(longer) > columns) break;
    all = longer;
  }
  return all;
}
