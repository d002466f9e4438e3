import type { UnitUsage } from "../../control/request.ts";
import type { Phase } from "../../unit/phase.ts";
import type { Order, TopState } from "./state.ts";

/** What the filter lets through, in order. */
export function shownUnits({ look, filter, order }: Pick<TopState, "look" | "filter" | "order">): readonly UnitUsage[] {
  const wanted = filter.toLowerCase();
  const shown = look.units.filter(({ name }) => name.toLowerCase().includes(wanted));
  return shown.toSorted((a, b) => rank(b, order) - rank(a, order) || (a.name < b.name ? -1 : 1));
}

/** Keeps what is selected if it is shown; else what stands at that place. */
export function select(state: TopState, place: number): TopState {
  const shown = shownUnits(state);
  if (shown.some(({ name }) => name === state.selected)) return state;
  return { ...state, selected: shown[Math.max(0, Math.min(place, shown.length - 1))]?.name ?? null };
}

/** Trouble first. */
const phaseRanks: { readonly [phase in Phase]: number } = {
  failed: 10,
  invalid: 9,
  backoff: 8,
  degraded: 7,
  waiting: 6,
  pulling: 5,
  starting: 4,
  stopping: 3,
  up: 2,
  done: 1,
  down: 0,
};

function rank(unit: UnitUsage, order: Order): number {
  switch (order) {
    case "name":
      return 0;
    case "phase":
      return phaseRanks[unit.phase];
    case "cpu":
      return unit.cpuPercent ?? -1;
    case "memory":
      return unit.memoryBytes ?? -1;
    case "restarts":
      return unit.restarts;
    default:
      return order satisfies never;
  }
}
