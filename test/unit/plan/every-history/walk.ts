import { expect } from "vitest";
import type { Unit } from "../../../../src/unit/unit.ts";
import { type Budget, explore } from "../../../support/explore.ts";
import { type Simulation, type Start, simulate } from "../../../support/simulation.ts";

/**
 * Every history of three units, and the laws in all of them (laws.ts says which, explore.ts how).
 *
 * SVC_LAWS=all also walks every order of things after the last blow, and takes larger budgets where a file has them. It needs
 * up to 2 GB for each worker and about an hour on two cores:
 *   SVC_LAWS=all npx vitest run test/unit/plan/every-history
 */
export const all = process.env.SVC_LAWS === "all";

/** A busy machine is no failure. */
export const patience = { timeout: all ? 6 * 3_600_000 : 1_800_000 };

export type Walk = { readonly words: string; readonly units: readonly Unit[]; readonly start?: Start };

/** From the moment when all three are asked for. */
export function walkAll(walks: readonly Walk[], budgets: readonly Partial<Budget>[]): void {
  const none: Budget = { deaths: 0, commands: 0, crashes: 0, outages: 0 };
  let states = 0;
  for (const { words, units, start } of walks) {
    for (const budget of budgets) {
      const found = explore(allAskedFor(units, start), { ...none, ...budget }, all);
      states += found.states;
      const what = { graph: words, budget, broken: found.broken, history: found.history.filter((step) => step !== "") };
      expect(what).toEqual({ graph: words, budget, broken: [], history: [] });
    }
  }
  console.log(`${states} states explored, ${walks.length} graphs`);
}

function allAskedFor(units: readonly Unit[], start: Start = {}): Simulation {
  return simulate(units, { ...start, asked: units.map((unit) => unit.name) });
}
