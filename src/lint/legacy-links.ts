import type { UnitProblem } from "../unit/unit-problem.ts";
import { type Linted, warning } from "./lint.ts";

/** Links on the default bridge: engine 29 sets no variables for them any more, and 30 is to take them away (docker/cli deprecations). */
export function legacyLinks(all: readonly Linted[]): readonly UnitProblem[] {
  return all.flatMap((one) => {
    const linked = one.unit.needs.filter(({ from, binds }) => from === "links" && binds).map(({ unit }) => unit);
    if (linked.length === 0) return [];
    const message = `its links to ${linked.join(", ")} are on the default bridge, which engines from 30 on are to refuse`;
    const hint = `write networks: [NAME] in it and in ${linked.join(", ")}: links by name stay, and nothing is restarted for them`;
    return [warning(one, { code: "legacy-link", key: "links", message, hint })];
  });
}
