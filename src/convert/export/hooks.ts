import { hookKeys } from "../../unit/hooks.ts";
import type { Hook, HookTime } from "../../unit/unit.ts";
import type { ExportedUnit } from "./exported.ts";
import { lostKey } from "./lost-keys.ts";

type Exported<T> = {
  readonly said: { readonly [when in HookTime]: readonly T[] };
  readonly comments: readonly string[];
};

/** The hooks of a unit as another format has them. `say`: null for one that it has not. */
export function exportHooks<T>(
  { unit, keys }: ExportedUnit,
  format: string,
  say: (when: HookTime, hook: Hook) => T | null,
): Exported<T> {
  const lost: string[] = [];
  const of = (when: HookTime): readonly T[] =>
    unit.hooks[when].flatMap((hook, at) => {
      const said = say(when, hook);
      const key = hookKeys[when];
      if (said === null) lost.push(lostKey(key, keys[key]?.[at], format));
      return said === null ? [] : [said];
    });
  const said = {
    preStart: of("preStart"),
    postStart: of("postStart"),
    preStop: of("preStop"),
    postStop: of("postStop"),
  };
  const isAny = Object.values(said).some((all) => all.length > 0);
  const bounds = isAny ? [`hooks: in ${format} they have no time limit and no SVC_ variables`] : [];
  return { said, comments: [...bounds, ...lost] };
}
