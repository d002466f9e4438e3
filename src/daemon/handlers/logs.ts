import type { Ask } from "../../control/request.ts";
import type { Reply } from "../../control/server.ts";
import type { Daemon } from "../context.ts";
import { grepExpression } from "../output/grep-expression.ts";
import { logFiles } from "../output/log-files.ts";
import { streamLogs } from "../output/stream-logs.ts";
import { nameUnits } from "./names.ts";

/** What units wrote: all of them where none is named. Also of units that are invalid now, or gone, as long as their logs are there. */
export async function logs(ask: Ask<"logs">, reply: Reply<"logs">, daemon: Daemon): Promise<null> {
  const { supervisor, runs, folders, clock } = daemon;
  const names = ask.units.length > 0 ? await namedOrKept(ask.units, daemon) : [...supervisor.world.units.keys()];
  const units = names.map((unit) => {
    const known = supervisor.world.units.get(unit);
    return { unit, log: known ? runs.logOf(known) : null };
  });
  const { follow = false, lines, since } = ask;
  const wanted = {
    follow,
    ...(lines === undefined ? {} : { lines }),
    ...(since === undefined ? {} : { since }),
    ...(ask.grep === undefined ? {} : { grep: grepExpression(ask.grep) }),
  };
  for await (const line of streamLogs({ folder: folders.logs, clock, units, ask: wanted, signal: reply.signal })) {
    if (!reply.progress(line)) await reply.drained();
  }
  return null;
}

async function namedOrKept(names: readonly string[], daemon: Daemon): Promise<readonly string[]> {
  const kept: string[] = [];
  for (const name of names) {
    const isKnown = daemon.supervisor.world.units.has(name) || daemon.source.now.invalid.has(name);
    if (!isKnown && (await logFiles(daemon.folders.logs, name)).length > 0) kept.push(name);
  }
  const others = names.filter((name) => !kept.includes(name));
  return [...kept, ...(await nameUnits(others, daemon, { invalid: true }))];
}
