import type { UnitStatus } from "../../control/request.ts";
import type { Handlers } from "../../control/server.ts";
import { SvcError } from "../../svc-error.ts";
import type { Daemon } from "../context.ts";
import { currentStatuses, withFronts } from "../statuses.ts";
import { deployHandlers } from "./deploy.ts";
import { graph } from "./graph.ts";
import { logs } from "./logs.ts";
import { nameUnits, unknownUnit } from "./names.ts";
import { plan } from "./plan.ts";
import { reloader } from "./reload.ts";
import { restart } from "./restart.ts";
import { start } from "./start.ts";
import { stop } from "./stop.ts";
import { tellEvents } from "./tell-events.ts";
import { usage } from "./usage.ts";
import { waitFor } from "./wait-for.ts";
import { why } from "./why.ts";

const firstLookMs = 5_000;

/** What each request of the protocol does. */
export function handlers(daemon: Daemon): Handlers {
  const { supervisor, source, events, records, enabled } = daemon;
  const reloads = reloader(daemon);
  return {
    list: async ({ units }) => {
      await Promise.all([source.read(), firstLook(daemon)]);
      const all = await withFronts(currentStatuses(daemon), daemon);
      if (!units || units.length === 0) return all.filter(isOfInterest);
      const wanted = await nameUnits(units, daemon, { invalid: true });
      return all.filter((status) => wanted.includes(status.name));
    },
    usage: async (ask, reply) => {
      await firstLook(daemon);
      return usage(ask, reply, daemon);
    },
    start: (ask, reply) => start(ask, reply, daemon),
    restart: (ask, reply) => restart(ask, reply, daemon),
    stop: (ask, reply) => stop(ask, reply, daemon),
    reload: reloads.reload,
    enable: (ask) => setEnabled(ask.names, true),
    disable: (ask) => setEnabled(ask.names, false),
    wait: async (ask, reply) => {
      const names = await nameUnits(ask.names, daemon);
      return waitFor({ names, goal: ask.for, timeoutMs: ask.timeoutMs, signal: reply.signal }, daemon);
    },
    events: async (ask, reply) => {
      await refuseUnheardOf(ask.units ?? []);
      return tellEvents(ask, reply, daemon);
    },
    logs: (ask, reply) => logs(ask, reply, daemon),
    history: async ({ unit, runs: count }) => {
      if (!supervisor.world.units.has(unit) && records.last(unit) === null) throw unknownUnit(unit, daemon);
      return records.read(unit, count);
    },
    graph: async (ask) => {
      await firstLook(daemon);
      return graph(ask, daemon);
    },
    plan: async (ask) => ({
      ...(await plan(ask, daemon)),
      ...(ask.command === "reload" ? { files: reloads.changes() } : {}),
    }),
    ...deployHandlers(daemon),
    why: async (ask) => {
      await firstLook(daemon);
      return why(ask, daemon);
    },
    check: async () => ({ problems: (await source.read({ anew: true })).problems }),
    version: async () => ({
      version: daemon.version,
      pid: process.pid,
      engine: daemon.link.version()?.engine ?? null,
      api: daemon.link.version()?.api ?? null,
      upSince: new Date(daemon.upSince).toISOString(),
      folders: daemon.folders,
    }),
    reexec: async (_, reply) => {
      const isQuiet = await daemon.uncut.stand((waitsFor) => reply.progress({ waitsFor }), reply.signal);
      if (!isQuiet)
        throw new SvcError("daemon-away", "svc was told to end; it is not replaced", { hint: "systemctl status svc" });
      daemon.reexec();
      return { pid: process.pid };
    },
  };

  /** What svc tells before it has looked at the engine is how things were; an engine that does not answer is waited for no longer. */
  async function firstLook({ clock }: Daemon): Promise<void> {
    if (supervisor.world.engine.state !== "unknown") return;
    const late = new AbortController();
    const cancel = clock.after(firstLookMs, () => late.abort());
    await supervisor
      .until(() => supervisor.world.engine.state !== "unknown" || null, late.signal)
      .catch(() => undefined);
    cancel();
  }

  /** A unit that is gone may have its events still; a name that nobody knows has none, and never will. */
  async function refuseUnheardOf(names: readonly string[]): Promise<void> {
    const silent = names.filter((name) => !events.since(0).some(({ unit }) => unit === name));
    if (silent.length === 0) return;
    await source.read();
    await nameUnits(silent, daemon, { invalid: true });
  }

  async function setEnabled(names: readonly string[], on: boolean): Promise<{ changed: readonly string[] }> {
    const known = await nameUnits(names, daemon);
    const changed = known.filter((name) => {
      const unit = supervisor.world.units.get(name);
      return unit !== undefined && enabled.isEnabled(unit) !== on;
    });
    for (const name of known) enabled.set(name, on);
    const unsaved = await daemon.save();
    if (unsaved !== null) throw new SvcError("not-saved", unsaved, { hint: "make room on the disk, then try again" });
    return { changed };
  }
}

/** An instance of a template that somebody once asked about, and that nobody ever wanted, is none of the host's units. */
function isOfInterest({ name, wantedBy, container, neededBy }: UnitStatus): boolean {
  return !name.includes("@") || wantedBy !== "nobody" || container !== null || neededBy.length > 0;
}
