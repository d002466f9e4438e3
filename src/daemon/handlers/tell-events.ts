import type { Ask, UnitEvent } from "../../control/request.ts";
import type { Reply } from "../../control/server.ts";
import type { Daemon } from "../context.ts";
import { isoNow } from "../iso-now.ts";

/** A follower that does not read in time loses events beyond this many, and is told how many. */
const maxWaiting = 10_000;

/** What happened before, and then, with `follow`, what happens: each event once, however slowly it is read. */
export async function tellEvents(ask: Ask<"events">, reply: Reply<"events">, daemon: Daemon): Promise<null> {
  const { events, clock } = daemon;
  const { units = [], since = 0, follow = false } = ask;
  const concerns = ({ unit }: UnitEvent): boolean => units.length === 0 || (unit !== null && units.includes(unit));
  // Nothing can happen between these two.
  const waiting = events.since(since).filter(concerns);
  const unfollow = follow ? events.follow(take) : () => undefined;
  let lost = 0;
  let wake: () => void = () => undefined;
  reply.signal.addEventListener("abort", () => wake());
  try {
    for (;;) {
      for (const event of waiting.splice(0)) await tell(event);
      if (lost > 0) await tell(skipped());
      if (!follow || reply.signal.aborted) return null;
      if (waiting.length > 0) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    unfollow();
  }

  function take(event: UnitEvent): void {
    if (!concerns(event)) return;
    if (waiting.length >= maxWaiting) lost++;
    else waiting.push(event);
    wake();
  }

  async function tell(event: UnitEvent): Promise<void> {
    if (!reply.progress(event)) await reply.drained();
  }

  function skipped(): UnitEvent {
    const because = `${lost} events were skipped: they came faster than they were read`;
    lost = 0;
    return { time: isoNow(clock), unit: null, event: "skipped", phase: null, because };
  }
}
