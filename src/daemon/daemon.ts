import { mkdir, readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { Clock } from "../clock/clock.ts";
import { systemClock } from "../clock/system-clock.ts";
import { serveControl } from "../control/server.ts";
import { dockerEngine } from "../engine/docker/docker-engine.ts";
import type { PullProgress } from "../engine/engine.ts";
import { withNeeds } from "../graph/closure.ts";
import { isRunning, ownContainer } from "../plan/conditions.ts";
import type { Fact, SeenContainer } from "../plan/fact.ts";
import { freshState, stateOf } from "../plan/world.ts";
import { SvcError } from "../svc-error.ts";
import { callRunner } from "./call-runner.ts";
import type { Daemon } from "./context.ts";
import { daemonLog } from "./daemon-log.ts";
import { type EngineLink, linkEngine } from "./engine-link.ts";
import { EventLog } from "./event-log.ts";
import { handlers } from "./handlers/handlers.ts";
import { notifySystemd } from "./notify-systemd.ts";
import { exitRecords } from "./output/exit-records.ts";
import { keepProbes } from "./probes.ts";
import { keepRuns } from "./runs.ts";
import { readSaved, type Saved, savedUnits, serialise, writeSaved } from "./saved-state.ts";
import { Supervisor } from "./supervisor.ts";
import { UnitSource } from "./unit-source.ts";

type Environment = { readonly [name: string]: string | undefined };

/** `svc daemon`: supervises until SIGTERM or SIGINT, then stops everything in reverse order. */
export async function daemon(args: readonly string[], environment: Environment): Promise<number> {
  const folders = foldersOf(args, environment);
  const log = daemonLog(environment);
  const clock = systemClock();
  const systemd = notifySystemd(environment);
  const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  await mkdir(folders.state, { recursive: true, mode: 0o700 });
  await mkdir(folders.logs, { recursive: true, mode: 0o750 });

  const engine = dockerEngine({});
  const saved = await readSaved(folders.state, (message) => log.warn(message));
  const events = await EventLog.open(folders.state, () => clock.date());
  const records = await exitRecords(folders.state);
  const runs = keepRuns({ engine, clock, logFolder: folders.logs, records, warn: (message) => log.warn(message) });
  const pulls = new Map<string, PullProgress>();
  const enabled = new Map(saved.enabled);

  // The loop and the engine know each other: a call that finds the engine away makes the link look.
  let link: EngineLink | null = null;
  const source = new UnitSource(folders, clock, (now) => {
    for (const problem of now.problems) {
      if (problem.severity === "error")
        log.warn(`${problem.file}:${problem.line}:${problem.column}: ${problem.message}`);
    }
    supervisor.tell({ fact: "units-read", units: now.units });
  });
  const runCall = callRunner({
    engine,
    clock,
    boot,
    runs,
    reread: (unit) => source.reread(unit),
    tell: (fact) => supervisor.tell(fact),
    onPull: (unit, progress) => {
      pulls.set(unit, progress);
      supervisor.tell();
    },
  });
  const supervisor: Supervisor = new Supervisor(clock, async (unit, call) => {
    // What its end meant is on disk before the container, which could tell it again, goes.
    if (call.call === "remove") await save();
    const answer = await runCall(unit, call);
    if (!answer.ok && answer.kind === "away") link?.lost();
    if (!answer.ok && answer.kind !== "away") log.warn(`${unit}: ${call.call}: ${answer.message}`);
    if (call.call === "pull") pulls.delete(unit);
    return answer;
  });

  const save = savingTo(folders.state, () => ({ boot, units: savedUnits(supervisor.world), enabled }), log);
  supervisor.onPass(() => {
    events.observe(supervisor.decisions);
    void save();
  });
  keepProbes({ supervisor, engine, clock, runs });

  source.addInstances([...saved.units.keys()]);
  await source.read();
  supervisor.tell(...wishesOf(saved, boot));
  source.watch();

  const isEnabled: Daemon["enabled"]["isEnabled"] = (unit) => enabled.get(unit.name) ?? unit.enabled;
  let reexec: () => void = () => undefined;
  link = linkEngine({
    engine,
    clock,
    runs,
    boot,
    world: () => supervisor.world,
    tell: (...facts) => supervisor.tell(...facts),
    onFirstList: (seen) => supervisor.tell(...bootWishes(seen)),
    log,
  });
  const parts: Daemon = {
    supervisor,
    source,
    events,
    runs,
    records,
    link,
    engine,
    clock,
    logFolder: folders.logs,
    version: process.env.SVC_VERSION ?? "development",
    upSince: clock.date(),
    enabled: {
      isEnabled,
      set: (unit, on) => enabled.set(unit, on),
    },
    save,
    pulls,
    reexec: () => reexec(),
  };
  const server = await serveControl({
    socket: folders.socket,
    handlers: handlers(parts),
    onError: (error) => log.error(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  });
  log.info(`svc ${parts.version} supervises ${supervisor.world.units.size} units, socket ${folders.socket}`);
  systemd.ready(`supervising ${supervisor.world.units.size} units`);
  watchdog(clock, systemd);

  const ending = await endingOf((set) => {
    reexec = set;
  });
  systemd.stopping();
  if (ending !== "reexec") {
    log.info(`${ending}: all units are stopped in reverse order`);
    supervisor.tell({ fact: "shutting-down" });
    await allDown(supervisor, clock);
  }
  await server.close();
  link.close();
  source.close();
  await runs.close();
  await save();
  await events.flush();
  if (ending === "reexec")
    process.execve?.(
      process.execPath,
      [process.argv0, ...process.execArgv, ...scriptOf(), "daemon", ...args],
      process.env,
    );
  return 0;

  /** Enabled units at boot; in the same boot, what runs with our label though nothing is saved of it is wanted. */
  function bootWishes(seen: ReadonlyMap<string, SeenContainer>): Fact[] {
    const facts: Fact[] = [];
    const { world } = supervisor;
    const rebooted = saved.boot !== boot;
    for (const unit of world.units.values()) {
      const found = seen.get(unit.name)?.container;
      const runs = found?.unit === unit.name && found.state === "running";
      const known = saved.units.has(unit.name) && !rebooted;
      if (known || !(isEnabled(unit) || (runs && !rebooted))) continue;
      const generation = found?.unit === unit.name ? found.generation : stateOf(world, unit.name).wish.generation;
      facts.push({ fact: "wished", unit: unit.name, wish: { want: "up", by: "boot", generation }, anew: true });
      for (const name of withNeeds([unit.name], world.units)) {
        if (name === unit.name || saved.units.has(name)) continue;
        const needed = seen.get(name)?.container;
        const wish = { want: "up", by: unit.name, generation: needed?.unit === name ? needed.generation : 0 } as const;
        const other = world.units.get(name);
        if (other && !isEnabled(other)) facts.push({ fact: "wished", unit: name, wish, anew: true });
      }
    }
    return facts;
  }
}

function wishesOf(saved: Saved, boot: string): Fact[] {
  const facts: Fact[] = [];
  for (const [unit, state] of saved.units) {
    if (saved.boot === boot) facts.push({ fact: "remembered", unit, state });
    // What was wished before a reboot is over; only the count of restarts asked for must never go back.
    else
      facts.push({
        fact: "remembered",
        unit,
        state: { ...freshState, wish: { want: "down", by: "boot", generation: state.wish.generation } },
      });
  }
  return facts;
}

/** Writes one at a time; what changes during a write goes into the next. Resolves when all that was so at the call is on disk. */
function savingTo(folder: string, current: () => Saved, log: { error(message: string): void }): () => Promise<void> {
  let onDisk = "";
  let writing: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  return save;

  function save(): Promise<void> {
    if (!writing) {
      writing = write().finally(() => {
        writing = null;
      });
      return writing;
    }
    next ??= writing.then(() => {
      next = null;
      return save();
    });
    return next;
  }

  async function write(): Promise<void> {
    const saved = current();
    const text = serialise(saved);
    if (text === onDisk) return;
    try {
      await writeSaved(folder, saved);
      onDisk = text;
    } catch (error) {
      log.error(`the state cannot be saved: ${error instanceof Error ? error.message : error}`);
    }
  }
}

function endingOf(onReexec: (reexec: () => void) => void): Promise<"reexec" | "SIGTERM" | "SIGINT"> {
  return new Promise((resolve) => {
    process.once("SIGTERM", () => resolve("SIGTERM"));
    process.once("SIGINT", () => resolve("SIGINT"));
    onReexec(() => resolve("reexec"));
  });
}

/** Bounded: a container that cannot be stopped, or an engine that is away, must not hold up a shutdown for ever. */
const shutdownSlackMs = 30_000;

async function allDown(supervisor: Supervisor, clock: Clock): Promise<void> {
  const graces = [...supervisor.world.units.values()].map((unit) => unit.stopGraceMs);
  const deadline = new AbortController();
  const cancel = clock.after(
    graces.reduce((sum, grace) => sum + grace, shutdownSlackMs),
    () => deadline.abort(),
  );
  await supervisor
    .until(() => {
      const { world } = supervisor;
      if (world.engine.state !== "up") return true;
      const busy = [...world.units.values()].some(
        (unit) => stateOf(world, unit.name).call || isRunning(ownContainer(unit, world)),
      );
      return busy ? null : true;
    }, deadline.signal)
    .catch(() => undefined);
  cancel();
}

function watchdog(clock: Clock, systemd: ReturnType<typeof notifySystemd>): void {
  const { watchdogIntervalMs } = systemd;
  if (watchdogIntervalMs === null) return;
  const beat = (): void => {
    systemd.alive();
    clock.after(watchdogIntervalMs, beat);
  };
  beat();
}

/** In development the program is a script that node runs. */
function scriptOf(): readonly string[] {
  const script = process.argv[1];
  return script?.endsWith(".ts") ? [script] : [];
}

function foldersOf(args: readonly string[], environment: Environment) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        units: { type: "string", default: environment.SVC_UNITS ?? "/etc/svc/units" },
        socket: { type: "string", default: environment.SVC_SOCKET ?? "/run/svc/svc.sock" },
        "state-dir": { type: "string", default: "/var/lib/svc" },
        "log-dir": { type: "string", default: "/var/log/svc" },
        "default-dir": { type: "string", default: environment.SVC_DEFAULT_DIR ?? "/etc/default" },
        "www-dir": { type: "string", default: environment.SVC_WWW_DIR ?? "/var/www" },
      },
    });
    return {
      units: values.units,
      socket: values.socket,
      state: values["state-dir"],
      logs: values["log-dir"],
      defaultDir: values["default-dir"],
      wwwDir: values["www-dir"],
    };
  } catch (error) {
    throw new SvcError("usage", error instanceof Error ? error.message : String(error), { hint: "svc help daemon" });
  }
}
