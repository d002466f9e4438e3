import type { ContainerStateName, Health } from "../engine/engine.ts";
import type { Unit } from "../unit/unit.ts";
import type { Call } from "./call.ts";

/**
 * All that is known, as plain values. Nothing in here is a decision: phase, stale, ready and "must stop" are functions of it.
 * Instants are milliseconds of CLOCK_MONOTONIC.
 */
export type World = {
  readonly engine: { readonly state: "unknown" | "up" } | { readonly state: "away"; readonly since: Instant };
  /** Every valid unit, as the disk had it when it was last read. */
  readonly units: ReadonlyMap<string, Unit>;
  readonly states: ReadonlyMap<string, UnitState>;
  /** The whole of svc is to stop, with all it runs; wishes stay as they are. */
  readonly shuttingDown: boolean;
  /** Apps that are being deployed: what becomes of their tags is not for svc to say. */
  readonly deploying: ReadonlySet<string>;
};

type Instant = number;

export type UnitState = {
  readonly wish: Wish;
  /** The container that has the unit's container name, whoever made it. */
  readonly container: Container | null;
  /** At most one call per unit is in flight. */
  readonly call: { readonly call: Call; readonly since: Instant } | null;
  /** When it was respawned by itself, within the limit's window; oldest first. */
  readonly respawns: readonly Instant[];
  /** The delay in force, and how many delays in a row there have been. */
  readonly backoff: { readonly streak: number; readonly until: Instant; readonly delayMs: number } | null;
  /** Why the last attempt did not even become a running container. */
  readonly trouble: Trouble | null;
  /** It ended and is not to be respawned: a task that is done, a normal exit, a respawn that is off. */
  readonly finished: { readonly ok: boolean; readonly words: string } | null;
  /** Respawns since it was last asked for. */
  readonly restarts: number;
  readonly lastExit: LastExit | null;
  /** What was pulled last; with the policy `always`, for which start. */
  readonly pulled: { readonly image: string; readonly forStart: string | null } | null;
  /** The engine said that this image is not on the host. */
  readonly missingImage: string | null;
  /** The image that its container is to be replaced with, if that has another. */
  readonly nextImage: NextImage | null;
  readonly trial: Trial;
};

/** `times`: how often in a row it could not be had; it is tried again at `until`. */
export type NextImage = { readonly image: string; readonly times: number } & (
  | { readonly is: "coming" | "here" }
  | { readonly is: "missing"; readonly message: string; readonly until: Instant }
);

/** `words` say what it ended with, `exit 1`, or are a sentence by themselves: why svc ended it, or that nobody saw it. */
export type LastExit = { readonly words: string; readonly at: Instant; readonly isSentence?: boolean };

/** The tag that it ran with last, as was known when that container ended, and what came of it: trial.ts. */
export type Trial = {
  readonly tag: string | null;
  /** Its first start; null: that was in an earlier boot. */
  readonly since: Instant | null;
  readonly wasReady: boolean;
  /** The tag before it, if that was good. */
  readonly former: string | null;
  /** Quick ends in a row since then. */
  readonly ends: number;
  readonly failed: { readonly ends: number; readonly withinMs: number } | null;
  /** Why the former tag was not put back. */
  readonly notPutBack: string | null;
};

export type Wish = {
  readonly want: "up" | "down";
  /** `operator`, `boot`, `nobody`, or the unit that needs it. */
  readonly by: string;
  /** How often a restart was asked for. A container of another generation is to be replaced. */
  readonly generation: number;
  /** Asked for with --no-deps: it starts whatever becomes of what it needs. */
  readonly alone?: boolean;
};

export type Trouble = {
  readonly kind: "cannot-start" | "pull-failed";
  readonly message: string;
  readonly times: number;
  readonly until: Instant;
};

export type Container = {
  readonly id: string;
  /** What it is called now: somebody may have renamed it. */
  readonly name: string;
  readonly state: ContainerStateName;
  /** Label `svc.unit`; null: not ours. */
  readonly unit: string | null;
  readonly generation: number;
  readonly revision: string;
  /** Ids of the containers that it was bound to when it was made, by unit. */
  readonly bound: { readonly [unit: string]: string };
  /** What it was made from, to tell what a restart would change. */
  readonly made: Made;
  readonly startedAt: Instant;
  /** Since when this svc watches it: its start, or its adoption. */
  readonly watchedSince: Instant;
  /** It ran already when this svc came. */
  readonly adopted: boolean;
  readonly health: Health;
  /** How its healthcheck ended last, as far as that was looked at; null or absent: it passed, or that is not known. */
  readonly lastCheck?: string | null;
  /** A probe or a log line said that it is ready. */
  readonly probedReadyAt: Instant | null;
  /** What its port or page said last, while that was not what means ready. */
  readonly answer?: string;
  /** The stop signal was sent, and why. Once it is sent there is no way back. */
  readonly stopping: {
    readonly why: StopReason;
    readonly signalledAt: Instant;
    readonly killedAt: Instant | null;
    readonly releasedAt: Instant | null;
  } | null;
};

export type Made = {
  readonly image: string;
  readonly imageId: string;
  readonly tag: string | null;
  readonly parts: { readonly [part: string]: string };
};

/** `unhealthy` and `start-timeout` count as crashes. */
export type StopReason = "unwanted" | "replaced" | "unhealthy" | "start-timeout" | "foreign";

export const noTrial: Trial = {
  tag: null,
  since: null,
  wasReady: false,
  former: null,
  ends: 0,
  failed: null,
  notPutBack: null,
};

export const freshState: UnitState = {
  wish: { want: "down", by: "nobody", generation: 0 },
  container: null,
  call: null,
  respawns: [],
  backoff: null,
  trouble: null,
  finished: null,
  restarts: 0,
  lastExit: null,
  pulled: null,
  missingImage: null,
  nextImage: null,
  trial: noTrial,
};

export const emptyWorld: World = {
  engine: { state: "unknown" },
  units: new Map(),
  states: new Map(),
  shuttingDown: false,
  deploying: new Set(),
};

export function stateOf(world: World, unit: string): UnitState {
  return world.states.get(unit) ?? freshState;
}

export function withState(world: World, unit: string, change: Partial<UnitState>): World {
  const states = new Map(world.states);
  states.set(unit, { ...stateOf(world, unit), ...change });
  return { ...world, states };
}

/** That it was healthy once is kept: an unhealthy container that was ready has not missed its start. */
export function withHealth(
  container: Container,
  seen: Pick<Container, "health" | "lastCheck">,
  now: number,
): Container {
  const { health, lastCheck = null } = seen;
  const probedReadyAt = health === "healthy" ? (container.probedReadyAt ?? now) : container.probedReadyAt;
  return { ...container, health, lastCheck, probedReadyAt };
}
