import { stripVTControlCharacters } from "node:util";
import { cutIntoPieces } from "../show/pieces.ts";
import { widthOf } from "../show/table.ts";

/** `style` holds the numbers of a terminal's SGR sequence, `7;32`; empty: as usual. */
export type Span = { readonly text: string; readonly style: string };
export type Line = readonly Span[];
export type Size = { readonly columns: number; readonly rows: number };

export const styles = { usual: "", bold: "1", grey: "90", failure: "31", reverse: "7" } as const;

export function span(text: string, style: string = styles.usual): Span {
  return { text, style };
}

/** What strangers wrote, as text that moves no cursor: no control characters, nothing that joins, turns or widens what is beside it. */
export function plain(text: string): string {
  return stripVTControlCharacters(text.replace(/\r$/, ""))
    .replace(/[\t\p{Zl}\p{Zp}]/gu, " ")
    .replace(/\p{Cf}|\p{Variation_Selector}/gu, "")
    .replace(/[\p{Cc}\p{Cs}]/gu, "?");
}

/** As much of a text as these cells hold. */
export function cut(text: string, width: number): string {
  return cutIntoPieces(text, width)[0] ?? "";
}

/** The same, with a mark where something is left out. */
export function shorten(text: string, width: number): string {
  return widthOf(text) <= width ? text : `${cut(text, width - 1)}…`;
}

/** In exactly these cells. */
export function inCells(text: string, width: number, side: "left" | "right" = "left"): string {
  const shown = cut(text, width);
  const blanks = " ".repeat(Math.max(0, width - widthOf(shown)));
  return side === "left" ? shown + blanks : blanks + shown;
}

export function textOf(line: Line): string {
  return line.map(({ text }) => text).join("");
}
