import type { LogLine, Outcome, UsageLook } from "../../control/request.ts";
import type { Size } from "./screen.ts";

/** All that the screen is made of. It is drawn by `draw`, changed by `step`, and by nothing else. */
export type TopState = {
  readonly size: Size;
  readonly look: UsageLook;
  /** Why there are no looks; null: there are. */
  readonly away: string | null;
  readonly order: Order;
  /** What a unit's name must hold. */
  readonly filter: string;
  readonly selected: string | null;
  readonly view: View;
  readonly notice: Notice | null;
};

export const orders = ["name", "phase", "cpu", "memory", "restarts"] as const;
export type Order = (typeof orders)[number];

export type View =
  | { readonly view: "units" }
  | { readonly view: "help" }
  /** `before`: what the filter goes back to. */
  | { readonly view: "filter"; readonly before: string }
  /** `dependents`: all that would be stopped with it; none as long as svc has not refused. */
  | { readonly view: "question"; readonly unit: string; readonly dependents: readonly string[] }
  | LogView;

/** `end`: the line behind the last that is shown; null: it follows what is written. */
export type LogView = {
  readonly view: "log";
  readonly unit: string;
  readonly lines: readonly LogLine[];
  readonly end: number | null;
};

/** One line for the user, until the next key. */
export type Notice = { readonly text: string; readonly kind: "news" | "failure" };

export type Change = "start" | "stop" | "restart";

export type Happening =
  /** A character, or one of `up`, `down`, `pageup`, `pagedown`, `home`, `end`, `return`, `escape`, `backspace`, `ctrl-c`, `ctrl-l`, `ctrl-u`, `ctrl-z`. */
  | { readonly what: "key"; readonly key: string }
  | { readonly what: "size"; readonly size: Size }
  | { readonly what: "look"; readonly look: UsageLook }
  | { readonly what: "away"; readonly words: string }
  | { readonly what: "logged"; readonly lines: readonly LogLine[] }
  | { readonly what: "done"; readonly change: Change; readonly unit: string; readonly outcome: Outcome }
  | { readonly what: "refused"; readonly unit: string; readonly words: string }
  | { readonly what: "needed"; readonly unit: string; readonly dependents: readonly string[] };

export type Effect =
  | { readonly effect: "change"; readonly change: Change; readonly unit: string; readonly withDependents: boolean }
  | { readonly effect: "follow"; readonly unit: string }
  | { readonly effect: "unfollow" }
  | { readonly effect: "redraw" }
  | { readonly effect: "suspend" }
  | { readonly effect: "quit" };

export type Step = { readonly state: TopState; readonly effects: readonly Effect[] };

export function begin(look: UsageLook, size: Size): TopState {
  return {
    size,
    look,
    away: null,
    order: "name",
    filter: "",
    selected: look.units[0]?.name ?? null,
    view: { view: "units" },
    notice: null,
  };
}

/** Nothing has to be done about it. */
export function rest(state: TopState): Step {
  return { state, effects: [] };
}
