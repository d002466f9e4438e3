import type { ExitRecord, UnitStatus } from "../control/request.ts";
import { dependents } from "../graph/closure.ts";
import { isRunning, ownContainer } from "../plan/conditions.ts";
import { isHeld } from "../plan/trial.ts";
import { type Container, stateOf, type World } from "../plan/world.ts";
import type { Launch, Unit } from "../unit/unit.ts";
import { errorsAmong, type UnitProblem } from "../unit/unit-problem.ts";
import type { Daemon } from "./context.ts";
import type { EventLog } from "./event-log.ts";
import { nextName } from "./hand-over/names.ts";
import type { UnitsNow } from "./unit-source.ts";
import { wrongFiles } from "./wrong-files.ts";

type StatusSources = {
  readonly world: World;
  readonly disk: UnitsNow;
  readonly events: EventLog;
  readonly isEnabled: (unit: Unit) => boolean;
  readonly lastExit: (unit: string) => ExitRecord | null;
  readonly logProblem: (unit: string) => string | null;
};

/** How the units of a daemon that runs are, by name. */
export function currentStatuses({ supervisor, source, events, records, runs, enabled }: Daemon): readonly UnitStatus[] {
  return statuses({
    world: supervisor.world,
    disk: source.now,
    events,
    isEnabled: enabled.isEnabled,
    lastExit: (unit) => records.last(unit),
    logProblem: runs.logProblem,
  });
}

/** The same, with how it goes where svc listens for them. */
export function withFronts(
  all: readonly UnitStatus[],
  { supervisor, fronts, handOver }: Daemon,
): Promise<readonly UnitStatus[]> {
  return Promise.all(
    all.map(async (status) => {
      const unit = supervisor.world.units.get(status.name);
      if (!unit) return status;
      const next = handOver.now(unit.name);
      const because = next === null ? status.because : `${status.because}; its next container, beside it: ${next}`;
      return { ...status, because, ...(await fronts.status(unit)) };
    }),
  );
}

/** What `svc list` and `svc status` show, by name. Everything is derived now. */
function statuses(sources: StatusSources): readonly UnitStatus[] {
  const { world, disk } = sources;
  const all = [...world.units.values()].map((unit) => statusOf(unit, sources));
  for (const [name, { problems }] of disk.invalid) {
    if (world.units.has(name)) continue;
    all.push(invalidStatus(name, problems));
  }
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function statusOf(unit: Unit, sources: StatusSources): UnitStatus {
  const { world } = sources;
  const state = stateOf(world, unit.name);
  const container = ownContainer(unit, world);
  const running = isRunning(container) ? container : null;
  const now = phaseNow(unit, sources);
  const launch = unit.launch.ok ? unit.launch : null;
  return {
    name: unit.name,
    phase: now?.phase ?? "down",
    since: new Date(now?.since ?? 0).toISOString(),
    because: now?.because ?? "nobody asked for it",
    container: container?.id ?? null,
    image: running ? running.made.image : (launch?.image ?? null),
    digest: running?.made.imageId || null,
    tag: running ? running.made.tag : (launch?.tag ?? null),
    restarts: state.restarts,
    stale: running ? whatIsStale(unit, running, sources.disk) : [],
    refused: whyRefused(unit, sources.disk),
    logProblem: sources.logProblem(unit.name),
    enabled: sources.isEnabled(unit),
    type: unit.type,
    description: unit.description,
    needs: unit.needs.map((need) => need.unit),
    neededBy: dependents(unit.name, world.units),
    wanted: state.wish.want,
    wantedBy: state.wish.by,
    badTag: isHeld(unit, world)
      ? { app: unit.app, tag: state.trial.tag ?? "", former: state.trial.former ?? "" }
      : null,
    lastExit: withoutLines(sources.lastExit(unit.name)),
    listen: [],
    breakers: [],
  };
}

/** All units are told of at once and often: 50 lines of each are more than all the rest. */
function withoutLines(exit: ExitRecord | null): UnitStatus["lastExit"] {
  if (exit === null) return null;
  const { lastLines: _, ...how } = exit;
  return how;
}

/** Of one that is down and whose file is wrong now the last good definition is of no use: a start would be refused. */
function phaseNow({ name }: Unit, { world, disk, events }: StatusSources): ReturnType<EventLog["phaseOf"]> {
  const now = events.phaseOf(name);
  if (now && world.engine.state === "unknown")
    return { ...now, because: `svc has not heard from the engine yet; before it was: ${now.because}` };
  const problems = disk.invalid.get(name)?.problems;
  if (!problems || (now && now.phase !== "down")) return now;
  return { phase: "invalid", because: invalidWords(problems), since: now?.since ?? 0 };
}

/** What a restart would change, in words; empty: nothing. */
export function whatIsStale(unit: Unit, container: Container, disk: UnitsNow): readonly string[] {
  const wrong = disk.invalid.get(unit.name);
  if (wrong) return [`${wrongFiles(wrong)} now${unit.launch.ok ? "; the last good one is in force" : ""}`];
  if (!disk.units.has(unit.name)) return ["its unit file is gone"];
  if (!unit.launch.ok) return [unit.launch.message];
  // While the one before it still has clients, the next one has a name of its own.
  const handsOver = unit.update === "start-first" && container.name === nextName(unit);
  const isNamed = container.name === unit.container || handsOver;
  return [...(isNamed ? [] : [nameNow(unit, unit.launch, container)]), ...changes(unit.launch, container)];
}

/** Somebody has renamed it, or what it was made from says another name now. */
function nameNow(unit: Unit, { parts }: Launch, { name, made }: Container): string {
  const isSame = made.parts.unit === parts.unit && made.parts.env === parts.env;
  return isSame ? `its container was renamed to ${name}` : `container name ${name} -> ${unit.container}`;
}

function whyRefused({ name, launch }: Unit, disk: UnitsNow): string | null {
  const wrong = disk.invalid.get(name);
  if (wrong) return wrongFiles(wrong);
  if (!disk.units.has(name)) return "its unit file is gone";
  return launch.ok ? null : launch.message;
}

function changes(launch: Launch, container: Container): readonly string[] {
  if (container.revision === launch.revision) return [];
  const { parts, tag } = container.made;
  const stale: string[] = [];
  if (tag !== launch.tag) stale.push(`tag ${tag ?? "none"} -> ${launch.tag ?? "none"}`);
  if (parts.env !== launch.parts.env) stale.push("env file changed");
  if (parts.unit !== launch.parts.unit) stale.push("unit file changed");
  return stale.length > 0 ? stale : ["its definition changed"];
}

function invalidWords(problems: readonly UnitProblem[]): string {
  const [first, ...others] = errorsAmong(problems);
  const message = first?.message ?? "its file cannot be read";
  return others.length > 0 ? `${message} (and ${others.length} more; svc check shows all)` : message;
}

function invalidStatus(name: string, problems: readonly UnitProblem[]): UnitStatus {
  return {
    name,
    phase: "invalid",
    since: new Date(0).toISOString(),
    because: invalidWords(problems),
    container: null,
    image: null,
    digest: null,
    tag: null,
    restarts: 0,
    stale: [],
    refused: invalidWords(problems),
    logProblem: null,
    enabled: false,
    type: "service",
    description: "",
    needs: [],
    neededBy: [],
    wanted: "down",
    wantedBy: "nobody",
    badTag: null,
    lastExit: null,
    listen: [],
    breakers: [],
  };
}
