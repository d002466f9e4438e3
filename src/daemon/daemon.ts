import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate as askerIsAnswered } from "node:timers/promises";
import { systemClock } from "../clock/system-clock.ts";
import { ownVersion } from "../control/own-program.ts";
import { serveControl } from "../control/server.ts";
import { dockerEngine } from "../engine/docker/docker-engine.ts";
import type { PullProgress } from "../engine/engine.ts";
import type { Call } from "../plan/call.ts";
import type { Answer } from "../plan/fact.ts";
import { stateOf } from "../plan/world.ts";
import { hookKeys } from "../unit/hooks.ts";
import type { Unit } from "../unit/unit.ts";
import { refuseOtherThanFolder } from "../unit/unit-folder.ts";
import { keepAlerts } from "./alerts/alerts.ts";
import { bootWishes, rememberedWishes } from "./boot-wishes.ts";
import { callRunner } from "./call-runner.ts";
import type { Daemon } from "./context.ts";
import { daemonLog } from "./daemon-log.ts";
import { type DaemonOptions, daemonOptions } from "./daemon-options.ts";
import { keepDefinitions, readDefinitions } from "./definitions.ts";
import { deployJournal } from "./deploy/deploy-journal.ts";
import { puttingBack } from "./deploy/put-back.ts";
import { deploysUnderWay } from "./deploy/under-way.ts";
import { linkEngine } from "./engine-link.ts";
import { EventLog } from "./event-log.ts";
import { frontLink } from "./front/front-link.ts";
import { keepUnitFronts } from "./front/keep-fronts.ts";
import { giveBackMemory } from "./give-back-memory.ts";
import { keepBesides } from "./hand-over/besides.ts";
import { handOvers } from "./hand-over/hand-over.ts";
import { withDocumentedCodes } from "./handlers/documented-codes.ts";
import { handlers } from "./handlers/handlers.ts";
import { type Hooks, runHooks } from "./hooks/hooks.ts";
import { sweepHooks } from "./hooks/sweep-hooks.ts";
import { lockState } from "./lock.ts";
import { makePlaces } from "./make-places.ts";
import { keepWatchdog, notifySystemd } from "./notify-systemd.ts";
import { openFiles } from "./open-files.ts";
import { exitRecords } from "./output/exit-records.ts";
import { keepProbes } from "./probes.ts";
import { pulled } from "./pulled.ts";
import { keepRuns, type Runs } from "./runs.ts";
import { keepSaved, readSaved, savedUnits } from "./saved-state.ts";
import type { Save } from "./saving.ts";
import { awaitEnding, replaced, replaceProgram, stopAll, stopWithinMs } from "./shut-down.ts";
import { Supervisor } from "./supervisor.ts";
import { turns } from "./turns.ts";
import { keepUncut } from "./uncut.ts";
import { UnitSource, type UnitsNow } from "./unit-source.ts";

/** More at once come up no sooner: they wait for each other in the engine. */
const launchesAtOnce = 10;
/** An engine that has to be asked what its containers use has other work too. */
const usageReadsAtOnce = 4;
/** For so long nobody may have looked whether the engine answers: longer than any call to it lasts, so that svc itself is stuck. */
const engineUnwatchedMs = 180_000;

/** Of calls that must not be cut in the middle: what is said of them. A pull goes on where it was; what is put back begins with one. */
function toBeWaitedFor(unit: string, { call }: Call): string | null {
  return call === "pull" || call === "put-back" ? null : `${call} of ${unit}`;
}

type Environment = { readonly [name: string]: string | undefined };

/** `svc daemon`: supervises until SIGTERM or SIGINT, then stops everything in reverse order. */
export async function daemon(args: readonly string[], environment: Environment): Promise<number> {
  const options = daemonOptions(args, environment);
  await refuseOtherThanFolder(options.units, { isAwaited: true });
  await makePlaces(options);
  lockState(options.state);
  const systemd = notifySystemd(environment);
  const { ending, reexec } = awaitEnding();
  const { parts, source, log } = await putTogether(options, environment, reexec);
  const { supervisor, runs, events, link, clock } = parts;

  // Commands are answered before the engine is looked at: nothing is touched by a second daemon, whose socket is taken.
  const server = await serveControl({
    socket: options.socket,
    handlers: withDocumentedCodes(handlers(parts)),
    onError: (error) => log.error(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  });
  link.open();
  void resumeHandOvers(parts);
  log.info(`svc ${parts.version} supervises ${supervisor.world.units.size} units, socket ${options.socket}`);
  systemd.ready(`supervising ${supervisor.world.units.size} units`);
  const endWatchdog = keepWatchdog(systemd, clock, () => clock.now() - link.lookedAt() < engineUnwatchedMs);

  const cause = await ending;
  if (cause === "reexec") {
    // All that was seen is done; a post_stop that began now would leave the socket closed for as long as it takes.
    link.close();
    await askerIsAnswered();
  } else {
    // Not of a reexec: systemd would wait for the end of this process, and kill it when it does not come.
    parts.uncut.letGo();
    systemd.stopping(stopWithinMs(supervisor));
    log.info(`${cause}: all units are stopped in reverse order`);
    await stopAll([supervisor, ...parts.besides.all()], clock);
    await parts.fronts.end();
  }
  await server.close(cause === "reexec" ? replaced : undefined);
  link.close();
  source.close();
  await runs.close();
  await parts.save();
  await events.flush();
  if (cause === "reexec") replaceProgram(args);
  endWatchdog();
  return 0;
}

/** Once it is known what runs; until then those who listen for units go on as they were told in an earlier life. */
async function resumeHandOvers({ supervisor, handOver, fronts }: Daemon): Promise<void> {
  await supervisor.until(() => supervisor.world.engine.state === "up" || null);
  // Before one of two containers goes all that come are led to the other.
  fronts.begin();
  await handOver.resume();
}

/** The parts of a daemon, tied to each other, with what was saved remembered and the unit files read. Nothing acts yet. */
async function putTogether(options: DaemonOptions, environment: Environment, reexec: () => void) {
  const log = daemonLog(environment);
  const clock = systemClock();
  const engine = dockerEngine({});
  const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  const saved = await readSaved(options.state, (message) => log.warn(message));
  const events = await EventLog.open(options.state, () => clock.date());
  const records = await exitRecords(options.state);
  const files = openFiles();
  const warn = (message: string): void => log.warn(message);
  const hookFailed = (unit: string, because: string): void => {
    warn(`${unit}: ${because}`);
    events.add({ unit, event: "hook-failed", phase: null, because });
  };
  const uncut = keepUncut();
  const ownHooks = runHooks({
    engine,
    clock,
    remark: (unit, text) => runs.logOf(unit).remark(text),
    failed: hookFailed,
    done: (unit, event, ms) => events.add({ unit, event, phase: null, because: `it took ${ms / 1000} s`, tookMs: ms }),
  });
  const hooks: Hooks = {
    run: (when, unit, ...about) => uncut.count(`${hookKeys[when]} of ${unit.name}`, ownHooks.run(when, unit, ...about)),
  };
  const runs: Runs = keepRuns({
    engine,
    clock,
    logFolder: options.logs,
    records,
    files,
    warn,
    count: uncut.count,
    afterEnd: ({ container, code, signal }, unit) =>
      hooks.run("postStop", unit, container, [`SVC_EXIT_CODE=${code ?? ""}`, `SVC_EXIT_SIGNAL=${signal ?? ""}`]),
  });
  const pulls = new Map<string, PullProgress>();
  const enabled = new Map(saved.enabled);
  const isEnabled: Daemon["enabled"]["isEnabled"] = (unit) => enabled.get(unit.name) ?? unit.enabled;

  let told = new Set<string>();
  const onRead = (now: UnitsNow): void => {
    const errors = now.problems.filter(({ severity }) => severity === "error");
    const lines = new Set(errors.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`));
    for (const line of lines) if (!told.has(line)) log.warn(line);
    told = lines;
    supervisor.tell({ fact: "units-read", units: now.units });
  };
  const source = new UnitSource(options, clock, {
    onRead,
    onFailure: (message) => log.error(`the unit files: ${message}`),
  });
  const isWanted = (unit: string, generation: number): boolean => {
    const { wish } = stateOf(supervisor.world, unit);
    return wish.want === "up" && wish.generation === generation && !supervisor.world.shuttingDown;
  };
  const common = {
    ...{ engine, clock, boot, runs, hooks, files, frontProblem },
    launches: turns(launchesAtOnce),
    pulled: (unit: string, image: string, ms: number) => events.add(pulled(unit, image, ms)),
    known: (unit: string, id: string) => link.known(unit, id),
    putBack: puttingBack(
      () => parts,
      (event, unit, because) => alerts.tell(event, unit, because),
    ),
  };
  const runCall = callRunner({
    ...common,
    isWanted,
    reread: (unit) => source.reread(unit),
    tell: (fact) => supervisor.tell(fact),
    onPull: (unit, progress) => {
      if (progress === null) pulls.delete(unit);
      else pulls.set(unit, progress);
      supervisor.tell();
    },
  });
  const supervisor: Supervisor = new Supervisor(clock, (unit, call) =>
    uncut.begin(toBeWaitedFor(unit, call), () => carryOut(unit, call)),
  );
  const carryOut = async (unit: string, call: Call): Promise<Answer> => {
    // What its end meant is on disk before the container, which could tell it again, goes.
    if (call.call === "remove") await save();
    const { container } = stateOf(supervisor.world, unit);
    if (call.call === "remove" && container?.id === call.id && container.unit !== unit) {
      const because = `container ${call.id.slice(0, 12)}, which svc did not make for it, has its name and is removed`;
      events.add({ unit, event: "foreign-container", phase: null, because });
    }
    return heard(unit, call, runCall(unit, call));
  };
  const besides = keepBesides({
    clock,
    look: () => link.look(),
    onOpen: (beside) => keepProbes({ supervisor: beside, engine, clock, runs }),
    run(side) {
      const run = callRunner({
        ...common,
        ...side,
        reread: async (unit) => {
          const now = await source.reread(unit);
          return now && { ...now, container: side.container };
        },
        onPull: () => undefined,
      });
      return (unit, call) => uncut.begin(toBeWaitedFor(unit, call), () => heard(unit, call, run(unit, call)));
    },
  });
  const link = linkEngine({
    engine,
    clock,
    runs,
    boot,
    world: () => supervisor.world,
    tell: (...facts) => supervisor.tell(...facts),
    beside: () => besides.all(),
    onFirstList(seen) {
      const { world } = supervisor;
      // An engine that goes away meanwhile is found out by others.
      void sweepHooks(engine, world.units).catch(() => undefined);
      const onExcluded = (unit: string, by: string): void =>
        warn(`${unit} is not started: it and ${by}, which is to be up, exclude each other`);
      supervisor.tell(...bootWishes(seen, { world, saved, boot, isEnabled, first, onExcluded }));
    },
    log,
  });
  const onFailure = (message: string): void => log.error(message);
  const saveState = keepSaved(
    options.state,
    (before) => ({
      boot,
      stopped: supervisor.world.shuttingDown,
      units: savedUnits(supervisor.world, clock.now(), before?.units),
      tags: source.tags,
      enabled: new Map(enabled),
    }),
    onFailure,
  );
  const saveDefinitions = keepDefinitions(options.state, { boot, units: () => supervisor.world.units, onFailure });
  const save: Save = async () => {
    const [state, definitions] = await Promise.all([saveState(), saveDefinitions()]);
    return state ?? definitions;
  };
  const fronts = keepUnitFronts({
    supervisor,
    engine,
    clock,
    link: frontLink({
      socket: options.frontSocket,
      logFolder: options.logs,
      marker: join(options.state, "listens"),
      clock,
    }),
    warn,
    save: () => save(),
  });
  const handOver = handOvers({
    supervisor,
    besides,
    fronts,
    clock,
    rename: (id, name) => engine.rename(id, name),
    tell: (unit, event, because) => events.add({ unit, event, phase: null, because }),
    warn,
    save: () => save(),
  });
  source.addInstances([...saved.units.keys()]);
  source.rememberTags(saved.tags);
  source.recall(await readDefinitions(options.state, boot, warn));
  await source.read();
  const first = new Set(supervisor.world.units.keys());
  supervisor.tell(...rememberedWishes(saved, boot));
  const isAdopted = (unit: string): boolean => stateOf(supervisor.world, unit).container?.adopted === true;
  supervisor.onPass(() => {
    if (supervisor.world.engine.state === "up") source.forgetRecalled();
    if (hasStrays()) supervisor.tell({ fact: "units-read", units: source.now.units });
    // Before the engine was looked at, how things are is how they were.
    if (supervisor.world.engine.state !== "unknown") events.observe(supervisor.decisions, isAdopted);
    void save();
  });
  keepProbes({ supervisor, engine, clock, runs });
  giveBackMemory({ supervisor, clock });
  const alerts = keepAlerts({
    supervisor,
    clock,
    program: join(dirname(options.units), "on_event"),
    lastExit: (unit) => records.last(unit),
    recorded: () => runs.recordedSoFar(),
    failed: hookFailed,
    remark: (unit, text) => runs.logOf(unit).remark(text),
    count: uncut.count,
  });
  source.watch();
  const parts: Daemon = {
    supervisor,
    source,
    events,
    runs,
    records,
    link,
    engine,
    clock,
    folders: {
      units: options.units,
      defaultDir: options.defaultDir,
      wwwDir: options.wwwDir,
      state: options.state,
      logs: options.logs,
    },
    version: ownVersion,
    upSince: clock.date(),
    enabled: { isEnabled, set: (unit, on) => enabled.set(unit, on) },
    deploys: await deployJournal(options.state, warn),
    leases: new Map(),
    deploying: deploysUnderWay(supervisor),
    save,
    pulls,
    usageReads: turns(usageReadsAtOnce),
    besides,
    fronts,
    handOver,
    uncut,
    reexec,
  };
  return { parts, source, log };

  /** The loops and the engine know each other: a call that finds the engine away makes the link look. */
  async function heard(unit: string, call: Call, answering: Promise<Answer>): Promise<Answer> {
    const answer = await answering;
    if (!answer.ok && answer.kind === "away") link.lost();
    if (!answer.ok && answer.kind !== "away" && answer.kind !== "not-wanted")
      log.warn(`${unit}: ${call.call}: ${answer.message}`);
    link.answered(unit, answer.ok && call.call !== "release");
    return answer;
  }

  function frontProblem(unit: Unit): Promise<string | null> {
    return fronts.problemOf(unit);
  }

  /** Units whose file is gone, and now their container too: nothing keeps them any more. */
  function hasStrays(): boolean {
    const { world } = supervisor;
    for (const name of world.units.keys()) {
      if (source.now.units.has(name)) continue;
      const { container, call } = stateOf(world, name);
      if (container?.unit !== name && call === null) return true;
    }
    return false;
  }
}
