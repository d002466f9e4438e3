import { similar } from "../similar.ts";
import type { Need, Unit } from "../unit.ts";
import type { PlaceInFile, UnitProblem } from "../unit-problem.ts";
import type { Place } from "../yaml-text.ts";
import { byContainerName } from "./container-names.ts";
import type { PlacedNeed } from "./needs.ts";

/** A unit with the places of what it says of others. */
export type PlacedUnit<U = Unit> = { readonly unit: U; readonly needs: readonly PlacedNeed[]; readonly place: Place };

/** What a unit, valid or not, says of others. */
type Saying = Pick<Unit, "name" | "after" | "before" | "conflicts">;

export type Related = {
  readonly units: readonly Unit[];
  readonly rejected: readonly Unit[];
  readonly problems: readonly UnitProblem[];
};

/**
 * What holds between units: container names are single, needs and orderings name units that are there, `before` is somebody's
 * `after`, and what the engine is told of another unit goes by the name of its container. What invalid units say of others is looked at too.
 */
export function relate(all: readonly PlacedUnit[], invalid: readonly PlacedUnit<Saying>[]): Related {
  const problems: UnitProblem[] = [];
  const byContainer = new Map<string, PlacedUnit>();
  const rejected: Unit[] = [];
  for (const one of all) {
    const other = byContainer.get(one.unit.container);
    if (!other) byContainer.set(one.unit.container, one);
    else {
      rejected.push(withoutItself(one.unit));
      const message = `its container's name ${one.unit.container} is that of ${other.unit.name} too`;
      const at = one.place(["container_name"], "value");
      const hint = "set container_name in one of them";
      problems.push({ unit: one.unit.name, severity: "error", code: "conflicting-units", ...at, message, hint });
    }
  }
  const names = new Set([...all, ...invalid].map(({ unit }) => unit.name));
  const valid = [...byContainer.values()];
  const byName = new Map(valid.map(({ unit }) => [unit.name, unit]));
  const earlier = new Map<string, string[]>();
  for (const { unit } of valid) {
    for (const later of withoutItself(unit).before) earlier.set(later, [...(earlier.get(later) ?? []), unit.name]);
  }
  const units = valid.map((one): Unit => {
    tellOrderings(one);
    const unit = withoutItself(one.unit);
    const after = [...new Set([...unit.after, ...(earlier.get(unit.name) ?? [])])];
    return { ...unit, needs: needsOf(one), after, launch: byContainerName(unit.launch, containerOf) };
  });
  for (const one of invalid) {
    tellOrderings(one);
    needsOf(one);
  }
  return { units, rejected, problems };

  function containerOf(name: string): string {
    return byName.get(name)?.container ?? name;
  }

  /** By the names of units; of two needs of one unit the first is made as strong as both. */
  function needsOf({ unit, needs: placed, place }: PlacedUnit<Saying>): readonly Need[] {
    const needs = new Map<string, Need>();
    for (const { need, at } of placed) {
      const target = names.has(need.unit) ? need.unit : byContainer.get(need.unit)?.unit.name;
      if (target !== undefined && need.until === "completed")
        tellEndless(unit, target, () => place(["depends_on", need.unit, "condition"], "value"));
      if (target === unit.name) tellItself(unit, need.from, at);
      else if (target !== undefined) needs.set(target, stronger(needs.get(target), { ...need, unit: target }));
      else if (tellUnknown(unit, need, at) === "error") needs.set(need.unit, stronger(needs.get(need.unit), need));
    }
    return [...needs.values()];
  }

  function tellItself(unit: Saying, key: string, at: PlaceInFile): void {
    const message = `${key}: it names itself`;
    problems.push({ unit: unit.name, severity: "warning", code: "self-need", ...at, message, hint: "take it out" });
  }

  /** A service is started again when it ends: to wait for its end is to wait for ever. */
  function tellEndless(unit: Saying, target: string, at: () => PlaceInFile): void {
    const other = byName.get(target);
    if (!other || other.type === "task") return;
    const message = `depends_on: ${target} is a service, and only a task completes`;
    const hint = `write type: task in ${fileName(other.file)}, or wait for service_healthy`;
    problems.push({ unit: unit.name, severity: "error", code: "no-task", ...at(), message, hint });
  }

  function tellUnknown(unit: Saying, need: Need, at: PlaceInFile): "error" | "warning" {
    const isForeign = need.from !== "depends_on" && need.from !== "wants";
    const severity = isForeign || !need.required ? "warning" : "error";
    const message = isForeign
      ? `${need.from}: ${need.unit} is no unit; svc will not start it`
      : `${need.from}: there is no unit ${need.unit}`;
    const hint = meant(need.unit) ?? `write ${need.unit}.yml, or take it out`;
    problems.push({ unit: unit.name, severity, code: "unknown-unit", ...at, message, hint });
    return severity;
  }

  function tellOrderings({ unit, place }: PlacedUnit<Saying>): void {
    for (const key of ["after", "before", "conflicts"] as const) {
      for (const [index, name] of unit[key].entries()) {
        if (name === unit.name) tellItself(unit, key, place([key, index], "value"));
        if (names.has(name)) continue;
        const message = `${key}: there is no unit ${name}`;
        const hint = meant(name) ?? "it has no effect until there is one";
        const at = place([key, index], "value");
        problems.push({ unit: unit.name, severity: "warning", code: "unknown-unit", ...at, message, hint });
      }
    }
  }

  function meant(name: string): string | null {
    const near = similar(name, [...names]);
    return near === null ? null : `did you mean ${near}?`;
  }
}

/** That it names itself in an order is told, and means nothing. */
export function withoutItself<U extends Saying>(unit: U): U {
  const others = (all: readonly string[]): readonly string[] => all.filter((name) => name !== unit.name);
  return { ...unit, after: others(unit.after), before: others(unit.before), conflicts: others(unit.conflicts) };
}

function fileName(path: string): string {
  return path.replace(/^.*\//, "");
}

function stronger(known: Need | undefined, other: Need): Need {
  if (!known) return other;
  return {
    ...known,
    required: known.required || other.required,
    binds: known.binds || other.binds,
    onLoss: known.onLoss === "keep" ? other.onLoss : known.onLoss,
  };
}
