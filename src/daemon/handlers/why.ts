import { dirname, join } from "node:path";
import type { Ask, Cause, ExitRecord, UnitStatus } from "../../control/request.ts";
import { places } from "../../unit/places.ts";
import { errorsAmong } from "../../unit/unit-problem.ts";
import type { Daemon } from "../context.ts";
import { tagIn } from "../deploy/app-units.ts";
import { currentStatuses } from "../statuses.ts";
import { lookAtChecks } from "../why/look-at-checks.ts";
import { whyChain } from "../why/why.ts";
import { nameUnits } from "./names.ts";

/** Enough to find the last change before a long row of failures. */
const recordsRead = 200;

/** Why a unit is as it is, down to the root cause. */
export async function why({ unit }: Ask<"why">, daemon: Daemon): Promise<readonly Cause[]> {
  const { supervisor, records, events, clock, source, folders } = daemon;
  await Promise.all([source.read(), lookAtChecks(daemon)]);
  const [name = unit] = await nameUnits([unit], daemon, { invalid: true });
  const all = new Map(currentStatuses(daemon).map((status) => [status.name, withPlace(status, daemon)]));
  return whyChain(name, {
    world: supervisor.world,
    decisions: supervisor.decisions,
    statusOf: (one) => all.get(one) ?? null,
    recordsOf: (one) => records.read(one, recordsRead),
    unsettledSince: (one) => events.unsettledSince(one),
    whyStopped: (_, run) => whyStopped(run, daemon),
    canRevert: (one) => canRevert(one, daemon),
    check: folders.units === places.units.path ? "svc check" : `svc check --units ${folders.units}`,
    now: clock.now(),
    date: clock.date(),
  });
}

/** Of an invalid one with the place of what is wrong. */
function withPlace(status: UnitStatus, { source }: Daemon): UnitStatus {
  const [problem] = errorsAmong(source.now.invalid.get(status.name)?.problems ?? []);
  if (status.phase !== "invalid" || !problem) return status;
  return { ...status, because: `${problem.file}:${problem.line}:${problem.column}: ${status.because}` };
}

/** What was told when it began to stop for the last time before that end. */
function whyStopped({ unit, startedAt, endedAt }: ExitRecord, { events }: Daemon): string | null {
  const told = events.since(Date.parse(startedAt ?? endedAt));
  const isIt = (event: (typeof told)[number]): boolean =>
    event.unit === unit && event.phase === "stopping" && event.time <= endedAt;
  return told.findLast(isIt)?.because ?? null;
}

/** `svc revert` would do something. */
async function canRevert(name: string, { supervisor }: Daemon): Promise<boolean> {
  const { tagFile } = supervisor.world.units.get(name) ?? {};
  if (tagFile === undefined) return false;
  const [tag, revert] = [await tagIn(tagFile), await tagIn(join(dirname(tagFile), "REVERT"))];
  return revert !== null && revert !== tag;
}
