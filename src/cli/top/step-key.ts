import { pressedInLog } from "./log-keys.ts";
import { plain } from "./screen.ts";
import { select, shownUnits } from "./shown-units.ts";
import { orders, rest, type Step, type TopState, type View } from "./state.ts";
import { listRows } from "./units-layout.ts";

const units: View = { view: "units" };

/** What a key does depends on what is seen; three do the same everywhere. Any key takes the last notice away. */
export function pressed(before: TopState, key: string): Step {
  if (key === "ctrl-c") return { state: before, effects: [{ effect: "quit" }] };
  if (key === "ctrl-l") return { state: before, effects: [{ effect: "redraw" }] };
  if (key === "ctrl-z") return { state: before, effects: [{ effect: "suspend" }] };
  const state = { ...before, notice: null };
  const { view } = state;
  switch (view.view) {
    case "units":
      return amongUnits(state, key);
    case "help":
      return rest({ ...state, view: units });
    case "filter":
      return filtering(state, key, view.before);
    case "question":
      return key === "y" || key === "Y"
        ? change(
            { ...state, view: units },
            { what: "stop", unit: view.unit, withDependents: view.dependents.length > 0 },
          )
        : rest({ ...state, view: units });
    case "log":
      return pressedInLog(state, key, view);
    default:
      return view satisfies never;
  }
}

function amongUnits(state: TopState, key: string): Step {
  const { selected: unit } = state;
  switch (key) {
    case "q":
      return { state, effects: [{ effect: "quit" }] };
    case "?":
      return rest({ ...state, view: { view: "help" } });
    case "/":
      return rest(select({ ...state, filter: "", view: { view: "filter", before: state.filter } }, 0));
    case "escape":
      return rest(select({ ...state, filter: "" }, 0));
    case "o":
    case ">":
      return rest(ordered(state, 1));
    case "<":
      return rest(ordered(state, -1));
  }
  if (unit === null) return rest(state);
  switch (key) {
    case "s":
      return change(state, { what: "start", unit });
    case "r":
      return change(state, { what: "restart", unit });
    case "x":
      return rest({ ...state, view: { view: "question", unit, dependents: [] } });
    case "l":
    case "return":
      return {
        state: { ...state, view: { view: "log", unit, lines: [], end: null } },
        effects: [{ effect: "follow", unit }],
      };
    default:
      return rest(moved(state, key));
  }
}

const doing = { start: "is being started", stop: "is being stopped", restart: "is being restarted" } as const;

function change(
  state: TopState,
  asked: { readonly what: keyof typeof doing; readonly unit: string; readonly withDependents?: boolean },
): Step {
  const { what, unit, withDependents = false } = asked;
  const notice = { kind: "news", text: `${unit} ${doing[what]}` } as const;
  return { state: { ...state, notice }, effects: [{ effect: "change", change: what, unit, withDependents }] };
}

function ordered(state: TopState, by: number): TopState {
  const at = (orders.indexOf(state.order) + by + orders.length) % orders.length;
  return { ...state, order: orders[at] ?? "name" };
}

function moved(state: TopState, key: string): TopState {
  const shown = shownUnits(state);
  const place = shown.findIndex(({ name }) => name === state.selected);
  const page = Math.max(1, listRows(state) - 1);
  const to: { readonly [key: string]: number } = {
    up: place - 1,
    k: place - 1,
    down: place + 1,
    j: place + 1,
    pageup: place - page,
    pagedown: place + page,
    home: 0,
    end: shown.length - 1,
  };
  const wanted = to[key];
  if (wanted === undefined) return state;
  return { ...state, selected: shown[Math.max(0, Math.min(wanted, shown.length - 1))]?.name ?? null };
}

function filtering(state: TopState, key: string, before: string): Step {
  switch (key) {
    case "return":
      return rest({ ...state, view: units });
    case "escape":
      return rest(select({ ...state, view: units, filter: before }, 0));
    case "ctrl-u":
      return rest(select({ ...state, filter: "" }, 0));
    case "backspace":
      return rest(select({ ...state, filter: [...state.filter].slice(0, -1).join("") }, 0));
    default:
      // Keys without a character have names.
      return [...key].length === 1 && plain(key) !== ""
        ? rest(select({ ...state, filter: state.filter + key }, 0))
        : rest(moved(state, key));
  }
}
