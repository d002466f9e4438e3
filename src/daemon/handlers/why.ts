import type { Ask, Cause } from "../../control/request.ts";
import type { Daemon } from "../context.ts";
import { currentStatuses } from "../statuses.ts";
import { whyChain } from "../why/why.ts";
import { nameUnits } from "./names.ts";

/** Enough to find the last change before a long row of failures. */
const recordsRead = 200;

/** Why a unit is as it is, down to the root cause. */
export async function why({ unit }: Ask<"why">, daemon: Daemon): Promise<readonly Cause[]> {
  const { supervisor, records, events, clock, source } = daemon;
  await source.read();
  const [name = unit] = await nameUnits([unit], daemon, { invalid: true });
  const all = new Map(currentStatuses(daemon).map((status) => [status.name, status]));
  return whyChain(name, {
    world: supervisor.world,
    decisions: supervisor.decisions,
    statusOf: (one) => all.get(one) ?? null,
    recordsOf: (one) => records.read(one, recordsRead),
    unsettledSince: (one) => events.unsettledSince(one),
    now: clock.now(),
    date: clock.date(),
  });
}
