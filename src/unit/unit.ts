import type { CreateRequest } from "./docker-run/create-request.ts";

/** What a unit file says, with its defaults filled in and its env and TAG file read: all that svc knows of a unit from the disk. */
export type Unit = {
  /** The file's name without `.yml`; `worker@3` for an instance of the template `worker@.yml`. */
  readonly name: string;
  /** Path of the unit file. */
  readonly file: string;
  /** Every file that was read for it, or would have been had it been there: unit file, env files, TAG file. */
  readonly sources: readonly string[];
  readonly description: string;
  /** Whose env file and TAG file it shares. */
  readonly app: string;
  /** Where its tag is read, whether there is such a file or not. */
  readonly tagFile: string;
  /** The container's name. */
  readonly container: string;
  readonly type: "service" | "task";
  /** Started at boot. */
  readonly enabled: boolean;
  readonly needs: readonly Need[];
  /** Ordering only, among units that are starting or stopping at the same time: this one starts after, and stops before, these. */
  readonly after: readonly string[];
  /** Those that are to start after it; the reader of the folder turns them into their `after`. */
  readonly before: readonly string[];
  /** Units that may not run beside this one. */
  readonly conflicts: readonly string[];
  readonly respawn: Respawn;
  /** When a new tag does not stay up. */
  readonly onBadTag: "hold" | "revert" | "ignore";
  readonly ready: Ready;
  readonly onUnhealthy: "ignore" | "restart";
  /** From the start of the container until it must be ready; pulls and waits for needs are not counted. */
  readonly startTimeoutMs: number;
  readonly pullTimeoutMs: number;
  /** null: what the image says, else SIGTERM. */
  readonly stopSignal: string | null;
  /** Between the stop signal and SIGKILL. */
  readonly stopGraceMs: number;
  /** What comes first at a restart that is asked for. */
  readonly update: "stop-first" | "start-first";
  /** Where svc's front listens for it. */
  readonly listen: readonly Listen[];
  /** Circuit breakers in front of what it needs outside. */
  readonly breakers: readonly UnitBreaker[];
  readonly hooks: { readonly [when in HookTime]: readonly Hook[] };
  /** Commands for the host's shell, which get the event as JSON on stdin. */
  readonly onEvent: { readonly [event in AlertName]: readonly string[] };
  readonly log: { readonly maxSizeBytes: number; readonly maxFiles: number };
  /** What the engine is to be given, or why that cannot be said now. The unit is valid either way. */
  readonly launch: Launch | LaunchProblem;
};

/** Clients of `address:port` of the host are led to the container's `target`. `address` as svc proxy -l takes it: localhost is both. */
export type Listen = {
  readonly address: string;
  readonly port: number;
  readonly target: number;
  /** How long connections to a container that was replaced may go on. */
  readonly drainMs: number;
  readonly dialTimeoutMs: number;
  /** The share of failures that opens the breaker, of at least so many connections in its window. */
  readonly threshold: number;
  readonly minimumSamples: number;
};

/** Where the container finds something outside, behind a breaker: `to`. */
export type UnitBreaker = Omit<Listen, "target" | "drainMs"> & {
  readonly name: string;
  readonly to: { readonly host: string; readonly port: number };
};

export type HookTime = "preStart" | "postStart" | "preStop" | "postStop";

export type Hook = {
  /** In the unit's container, in a one-off container, or on the host. */
  readonly where: "container" | "task" | "host";
  /** On the host a single word is for the shell. */
  readonly command: readonly string[];
  readonly timeoutMs: number;
  readonly user: string | null;
  readonly workingDir: string | null;
  /** `NAME=VALUE`. */
  readonly environment: readonly string[];
  readonly privileged: boolean;
};

/** What people want to be told of. */
export type AlertName = "failed" | "crashloop" | "recovered" | "deployed" | "reverted";

export type Need = {
  readonly unit: string;
  /** What must be so before this unit may start: its container runs, it is ready, or (a task) it ended with 0. */
  readonly until: "started" | "ready" | "completed";
  /** false: this unit also starts when the needed one failed or does not exist. */
  readonly required: boolean;
  /** What becomes of this unit, while it runs, when the needed one is lost: it stays (`degraded`), is restarted once the needed
   *  one is back, or goes down until then. */
  readonly onLoss: "keep" | "restart" | "stop";
  /** This container holds on to that very container (a link on the default bridge, `network_mode: container:X`): when the
   *  needed one is recreated this one must be recreated after it. */
  readonly binds: boolean;
  /** The key it comes from, for words: `links`, `depends_on`, `OPTS --link`, … */
  readonly from: string;
};

export type Respawn = {
  readonly enabled: boolean;
  /** Exit codes (`0`..`255`) and signals (`SIGTERM`) that end a service without a respawn. */
  readonly normalExit: readonly (number | string)[];
  /** At most `count` automatic respawns within `windowMs`; null = no limit. */
  readonly limit: { readonly count: number; readonly windowMs: number } | null;
  readonly onLimit: "delay" | "fail";
};

/** When a unit counts as ready. `auto`: healthy if the container has a healthcheck, else up for `afterMs`. */
export type Ready =
  | { readonly how: "auto"; readonly afterMs: number }
  | { readonly how: "after"; readonly afterMs: number }
  | { readonly how: "healthy" }
  | { readonly how: "tcp"; readonly host: string | null; readonly port: number }
  | {
      readonly how: "http";
      readonly host: string | null;
      readonly port: number;
      readonly path: string;
      readonly status: number | null;
    }
  /** A regular expression that is to be found in a line of output. */
  | { readonly how: "log"; readonly pattern: string };

export type Launch = {
  readonly ok: true;
  /** Full reference: `registry/antisocial:build-42`. */
  readonly image: string;
  readonly tag: string | null;
  /** The TAG file says it. */
  readonly isTagOfFile: boolean;
  readonly pull: "missing" | "always" | "never";
  /** Without svc's own labels and without AutoRemove unless `auto_remove` asks for it. */
  readonly create: CreateRequest;
  /** SHA-256 (hex) of all of the above: what the engine is given. Secrets go in, and cannot be read back. */
  readonly revision: string;
  /** Short digests of the parts, to say what is stale: unit, env file, tag. */
  readonly parts: { readonly unit: string; readonly env: string; readonly tag: string };
  readonly warnings: readonly string[];
};

/** Of several the first. */
export type LaunchProblem = {
  readonly ok: false;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** The image without its tag, where only that is wrong: a deploy writes another. */
  readonly bareImage?: string;
};
