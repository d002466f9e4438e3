import { draw } from "../../../../../src/cli/top/draw.ts";
import { textOf } from "../../../../../src/cli/top/screen.ts";
import { begin, type Effect, type Happening, type TopState } from "../../../../../src/cli/top/state.ts";
import { step } from "../../../../../src/cli/top/step.ts";
import type { UnitUsage } from "../../../../../src/control/request.ts";

export const time = "2026-11-25T12:00:00.000Z";

/** A unit that is up for a minute and says nothing; a test states only what matters. */
export function used(name: string, change: Partial<UnitUsage> = {}): UnitUsage {
  return {
    name,
    phase: "up",
    since: "2026-11-25T11:59:00.000Z",
    because: "it is ready",
    restarts: 0,
    cpuPercent: 0,
    memoryBytes: 1 << 20,
    memoryLimitBytes: null,
    lastLine: null,
    ...change,
  };
}

export function opened(units: readonly UnitUsage[], columns = 80, rows = 24): TopState {
  return begin({ time, units }, { columns, rows });
}

/** Happenings one after another; a text is the keys of its characters, `<down>` one with a name. */
export function after(
  state: TopState,
  ...happenings: readonly (string | Happening)[]
): { readonly state: TopState; readonly effects: readonly Effect[] } {
  const all = happenings.flatMap((one) => (typeof one === "string" ? keysOf(one) : [one]));
  let now = state;
  const effects: Effect[] = [];
  for (const happening of all) {
    const next = step(now, happening);
    now = next.state;
    effects.push(...next.effects);
  }
  return { state: now, effects };
}

function keysOf(text: string): readonly Happening[] {
  return [...text.matchAll(/<([\w-]+)>|./gs)].map(([whole, name]) => ({ what: "key", key: name ?? whole }));
}

/** As a person reads it: no styles, no blanks at the ends of rows. */
export function screen(state: TopState): string {
  return draw(state)
    .map((line) => textOf(line).trimEnd())
    .join("\n");
}
