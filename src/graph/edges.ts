import type { Unit } from "../unit/unit.ts";
import { tieOf } from "./ties.ts";

/** From a unit to one that it needs or starts after; `strength: after` is order alone, `missing`: there is none of that name. */
export type Edge = {
  readonly from: string;
  readonly to: string;
  readonly tie: string;
  readonly strength: "required" | "wanted" | "after";
  readonly missing: boolean;
};

/** Every edge of the units that are shown. `isThere`: also of units that are not shown, and of invalid ones. */
export function edgesOf(
  units: Iterable<Pick<Unit, "name" | "needs" | "after">>,
  { shown, isThere }: { readonly shown: ReadonlySet<string>; readonly isThere: (name: string) => boolean },
): readonly Edge[] {
  return [...units].flatMap((unit): readonly Edge[] => {
    if (!shown.has(unit.name)) return [];
    const from = unit.name;
    const needs = unit.needs.map((need): Edge => {
      const strength = need.required ? "required" : "wanted";
      return { from, to: need.unit, tie: tieOf(need), strength, missing: !isThere(need.unit) };
    });
    const after = unit.after
      .filter((name) => shown.has(name) && !unit.needs.some((need) => need.unit === name))
      .map((to): Edge => ({ from, to, tie: "starts after", strength: "after", missing: false }));
    return [...needs, ...after];
  });
}
