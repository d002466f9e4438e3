import type { Ask } from "../../control/request.ts";
import type { Reply } from "../../control/server.ts";
import { SvcError } from "../../svc-error.ts";
import type { Daemon } from "../context.ts";
import { isoNow } from "../iso-now.ts";
import { appOf } from "./app-units.ts";
import type { Lock } from "./deploy-journal.ts";

/** Locks that last as long as a deployer's connection, or as svc is at it itself, by app. */
export type Leases = Map<string, Lease>;
/** `lose`: it is taken away from who has it. */
type Lease = Lock & { readonly session: string | null; readonly lose: () => void };

/** Holds the lock for as long as the client is there: a deployer that is killed leaves none behind. */
export async function holdLock(ask: Ask<"deploy-lock">, reply: Reply<"deploy-lock">, daemon: Daemon): Promise<null> {
  appOf(ask.app, daemon.supervisor.world);
  const { session = null } = ask;
  const own = daemon.leases.get(ask.app);
  if (own && session !== null && own.session === session) own.lose();
  else {
    const holder = lockedBy(ask.app, daemon);
    if (holder) throw lockedError(ask.app, holder);
  }
  const { promise: lost, resolve } = Promise.withResolvers<"lost">();
  const since = isoNow(daemon.clock);
  const lease: Lease = { who: ask.who, why: ask.why, since, session, lose: () => resolve("lost") };
  daemon.leases.set(ask.app, lease);
  const deployed = daemon.deploying(ask.app);
  try {
    reply.progress({ locked: true });
    const hungUp = new Promise<"hung up">((end) => reply.signal.addEventListener("abort", () => end("hung up")));
    if (!reply.signal.aborted && (await Promise.race([hungUp, lost])) === "lost")
      throw new SvcError("app-locked", `somebody took its lock away on ${ask.app}`, { hint: `svc deploys ${ask.app}` });
    return null;
  } finally {
    deployed();
    if (daemon.leases.get(ask.app) === lease) daemon.leases.delete(ask.app);
  }
}

export function lockedBy(app: string, { leases, deploys }: Daemon): Lock | null {
  const lease = leases.get(app);
  if (!lease) return deploys.lockOf(app);
  const { who, why, since } = lease;
  return { who, why, since };
}

/** By force alone: a deployer that is there goes on without its lock. */
export function takeLease(app: string, force: boolean, { leases }: Pick<Daemon, "leases">): void {
  const lease = leases.get(app);
  if (!lease) return;
  if (!force) {
    const { message } = lockedError(app, lease);
    throw new SvcError("app-locked", message, {
      hint: `it goes by itself with its deployer; if that cannot be reached any more: svc unlock --force ${app}`,
    });
  }
  leases.delete(app);
  lease.lose();
}

export function lockedError(app: string, { who, why, since }: Lock): SvcError {
  return new SvcError("app-locked", `${app} is locked by ${who} since ${since}: ${why}`, {
    hint: `wait until it is done; a lock that was set by hand goes with: svc unlock ${app}   (svc unlock --force: any)`,
  });
}
