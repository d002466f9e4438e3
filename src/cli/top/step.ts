import type { LogLine, Outcome, UsageLook } from "../../control/request.ts";
import { select, shownUnits } from "./shown-units.ts";
import { type Change, type Happening, type LogView, rest, type Step, type TopState } from "./state.ts";
import { pressed } from "./step-key.ts";

/** A log that is followed for days keeps this much to scroll back in. */
const keptLines = 5_000;

/** The screen after something happened, and what has to be done about it. Nothing else changes the screen. */
export function step(state: TopState, happening: Happening): Step {
  switch (happening.what) {
    case "key":
      return pressed(state, happening.key);
    case "size":
      return rest({ ...state, size: happening.size });
    case "look":
      return looked(state, happening.look);
    case "away":
      return rest({ ...state, away: happening.words });
    case "logged":
      return rest({ ...state, view: state.view.view === "log" ? logged(state.view, happening.lines) : state.view });
    case "done":
      return rest({ ...state, notice: noticeOf(happening.outcome, happening.change) });
    case "refused":
      return rest({ ...state, notice: { kind: "failure", text: `${happening.unit}: ${happening.words}` } });
    case "needed":
      return needed(state, happening);
    default:
      return happening satisfies never;
  }
}

/** It is asked only where the answer cannot be meant for something else. */
function needed(
  state: TopState,
  { unit, dependents }: { readonly unit: string; readonly dependents: readonly string[] },
): Step {
  if (state.view.view === "units")
    return rest({ ...state, notice: null, view: { view: "question", unit, dependents } });
  return rest({
    ...state,
    notice: { kind: "failure", text: `${unit} runs on: it is needed by ${dependents.join(", ")}` },
  });
}

/** One that is selected and not there any more leaves the mark to the one that took its place. */
function looked(state: TopState, look: UsageLook): Step {
  const place = shownUnits(state).findIndex(({ name }) => name === state.selected);
  const { view } = state;
  const isBack = state.away !== null && view.view === "log";
  const next: TopState = {
    ...state,
    look,
    away: null,
    ...(isBack ? { view: { ...view, lines: [], end: null } } : {}),
    ...(state.away === null ? {} : { notice: { kind: "news", text: "svc is back" } }),
  };
  // The log ended with svc, and begins anew with it.
  const effects = isBack ? [{ effect: "follow", unit: view.unit } as const] : [];
  return { state: select(next, place), effects };
}

function logged(view: LogView, lines: readonly LogLine[]): LogView {
  const all = [...view.lines, ...lines];
  const gone = Math.max(0, all.length - keptLines);
  return { ...view, lines: all.slice(gone), end: view.end === null ? null : Math.max(1, view.end - gone) };
}

const changed: { readonly [change in Change]: string } = { start: "started", stop: "stopped", restart: "restarted" };

function noticeOf(outcome: Outcome, change: Change): TopState["notice"] {
  const words = outcome.units.map(({ name, phase, because, ok }) =>
    ok ? `${name}: ${changed[change]}` : `${name}: ${phase}: ${because}`,
  );
  const text = [...words, ...(outcome.warnings ?? [])].join("; ");
  return { kind: outcome.ok ? "news" : "failure", text };
}
