import { wrapWords } from "../show/pieces.ts";
import { plain } from "./screen.ts";
import type { TopState } from "./state.ts";

const titleAndHead = 2;
const keysRow = 1;
const longestNotice = 3;

/** Rows for units: what the title, the head, the words below and the keys leave. */
export function listRows(state: TopState): number {
  return Math.max(1, state.size.rows - titleAndHead - wordsBelow(state).length - keysRow);
}

/** A notice in as many rows as it takes, or a row for why the selected unit is as it is. */
export function wordsBelow({ notice, size, look, selected, view }: TopState): readonly string[] {
  const asked = view.view === "question" ? question(view) : null;
  const unit = look.units.find(({ name }) => name === selected);
  const words = asked ?? notice?.text ?? (unit ? `${unit.name}: ${unit.phase}: ${unit.because}` : "");
  const rows = wrapWords(plain(words), size.columns);
  // Of a question that is longer than the screen the end is seen, which asks.
  if (asked !== null) return rows.slice(-Math.max(1, size.rows - titleAndHead - keysRow - 1));
  return rows.slice(0, notice ? longestNotice : 1);
}

function question({ unit, dependents }: { readonly unit: string; readonly dependents: readonly string[] }): string {
  if (dependents.length === 0) return `stop ${unit}? y/n`;
  const words = dependents.length === 1 ? "needs" : "need";
  return `${dependents.join(", ")} ${words} ${unit}. Stop ${dependents.length === 1 ? "it" : "them"} too? y/n`;
}
