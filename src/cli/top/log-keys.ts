import { endFrom, logRows } from "./log-rows.ts";
import { type LogView, rest, type Step, type TopState } from "./state.ts";

/** A page that is scrolled shares a line with the one before; at the end of what is written it is followed again. */
export function pressedInLog(state: TopState, key: string, view: LogView): Step {
  const page = { ...state.size, now: Date.parse(state.look.time) };
  const { from } = logRows(view, page);
  const end = view.end ?? view.lines.length;
  const first = endFrom(0, view, page);
  const scroll = (to: number | null): Step => {
    const isBehind = to === null || first === null || to >= view.lines.length;
    return rest({ ...state, view: { ...view, end: isBehind ? null : Math.max(to, first) } });
  };
  switch (key) {
    case "q":
    case "escape":
    case "l":
      return { state: { ...state, view: { view: "units" } }, effects: [{ effect: "unfollow" }] };
    case "up":
    case "k":
      return scroll(end - 1);
    case "down":
    case "j":
      return scroll(end + 1);
    case "pageup":
      return scroll(from + 1);
    case "pagedown":
    case " ":
      return scroll(endFrom(end - 1, view, page));
    case "home":
    case "g":
      return scroll(first);
    case "end":
    case "G":
      return scroll(null);
    default:
      return rest(state);
  }
}
