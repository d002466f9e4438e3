import type { UnitUsage } from "../../control/request.ts";
import { widthOf } from "../show/table.ts";
import { ago } from "../show/times.ts";
import { memory, percent } from "./figures.ts";
import { plain, type Size, shorten } from "./screen.ts";
import type { Order } from "./state.ts";

export type Column = {
  readonly head: string;
  readonly width: number;
  readonly side: "left" | "right";
  /** The order in which it is sorted by this column. */
  readonly order: Order | null;
  readonly cell: (unit: UnitUsage) => string;
};

type Kind = Omit<Column, "width"> & {
  /** Columns that do not move as figures change. */
  readonly least: number;
  /** The terminal must be as wide as this for the column to be shown. */
  readonly from: number;
};

/** Those for which a screen of this width has room, each as wide as what it holds; the last takes the rest. */
export function columnsFor(units: readonly UnitUsage[], now: number, size: Size): readonly Column[] {
  const isWide = size.columns >= 72;
  const kinds: readonly Kind[] = [
    { head: "UNIT", from: 0, least: 8, side: "left", order: "name", cell: ({ name }) => plain(name) },
    { head: "PHASE", from: 0, least: 8, side: "left", order: "phase", cell: ({ phase }) => phase },
    { head: "SINCE", from: 60, least: 7, side: "right", order: null, cell: ({ since }) => ago(since, now) },
    { head: "CPU %", from: 0, least: 5, side: "right", order: "cpu", cell: ({ cpuPercent }) => percent(cpuPercent) },
    {
      head: "MEMORY",
      from: 30,
      least: isWide ? 11 : 6,
      side: "right",
      order: "memory",
      cell: ({ memoryBytes, memoryLimitBytes }) => memory(memoryBytes, isWide ? memoryLimitBytes : null),
    },
    {
      head: "RESTARTS",
      from: 72,
      least: 8,
      side: "right",
      order: "restarts",
      cell: ({ restarts }) => String(restarts),
    },
  ];
  const columns = kinds
    .filter(({ from }) => size.columns >= from)
    .map(({ from, least, ...kind }): Column => {
      return { ...kind, width: Math.max(least, ...units.map((unit) => widthOf(kind.cell(unit)))) };
    });
  const [name, ...others] = columns;
  if (!name) return columns;
  const left = size.columns - others.reduce((sum, { width }) => sum + width + 1, 1);
  // A wide screen has room for the last line too.
  const longestName = isWide ? Math.floor(size.columns * 0.3) : left - 1;
  const nameWidth = Math.max(1, Math.min(name.width, longestName));
  const shortened: Column = { ...name, width: nameWidth, cell: (unit) => shorten(name.cell(unit), nameWidth) };
  const lastLine = ({ lastLine: line }: UnitUsage): string => (line === null ? "" : plain(line));
  const rest = left - shortened.width - 1;
  if (rest < 8) return [shortened, ...others];
  return [shortened, ...others, { head: "LAST LINE", width: rest, side: "left", order: null, cell: lastLine }];
}
