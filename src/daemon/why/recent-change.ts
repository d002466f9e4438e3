import type { Cause, ExitRecord, UnitStatus } from "../../control/request.ts";
import { stateOf } from "../../plan/world.ts";
import type { Witness } from "./why.ts";

/** A run that failed this much later than the change is hardly to be blamed on it. */
const suspectForMs = 600_000;

type Made = {
  readonly tag: string | null;
  readonly parts: { readonly [part: string]: string } | null;
  readonly at: number;
};

/**
 * What was different about the run that failed first from the one before it, if the failure came soon after: a new tag, another
 * env file, an edited unit file. Null: nothing was, or nothing older is known.
 */
export function recentChange(
  status: UnitStatus,
  records: readonly ExitRecord[],
  { world, date }: Pick<Witness, "world" | "date">,
): Cause["change"] {
  const runs = [...records.map(madeOf), ...current(status, world, date)];
  const last = runs.at(-1);
  if (!last) return null;
  let begin = runs.length - 1;
  while (begin > 0 && !differs(runs[begin - 1], last)) begin--;
  const [before, first] = [runs[begin - 1], runs[begin]];
  if (!before || !first) return null;
  const failure = records[begin];
  // What runs now, made of something else, has not failed: what did was what stood before it.
  if (!failure && stateOf(world, status.name).container) return null;
  const failedAt = failure ? Date.parse(failure.endedAt) : date;
  if (failedAt - first.at > suspectForMs) return null;
  return { what: differences(before, last), at: new Date(first.at).toISOString() };
}

function madeOf(record: ExitRecord): Made {
  return { tag: record.tag, parts: record.parts ?? null, at: Date.parse(record.startedAt ?? record.endedAt) };
}

/** What runs now, or what the engine refuses to run. */
function current({ name, since }: UnitStatus, world: Witness["world"], date: number): readonly Made[] {
  const { container, trouble } = stateOf(world, name);
  if (container?.unit === name) {
    const { tag, parts } = container.made;
    return [{ tag, parts, at: Date.parse(since) || date }];
  }
  const launch = world.units.get(name)?.launch;
  if (!trouble || !launch?.ok) return [];
  return [{ tag: launch.tag, parts: launch.parts, at: Date.parse(since) || date }];
}

function differs(one: Made | undefined, other: Made): boolean {
  return one !== undefined && differences(one, other).length > 0;
}

function differences(before: Made, after: Made): readonly string[] {
  const what: string[] = [];
  if (before.tag !== after.tag) what.push(`tag ${before.tag ?? "none"} -> ${after.tag ?? "none"}`);
  if (!before.parts || !after.parts) return what;
  if (before.parts.env !== after.parts.env) what.push("env file changed");
  if (before.parts.unit !== after.parts.unit) what.push("unit file changed");
  return what;
}
