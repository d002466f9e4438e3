import type { ErrorJson } from "../svc-error.ts";
import type { Phase } from "../unit/phase.ts";
import type { UnitProblem } from "../unit/unit-problem.ts";

/**
 * The whole protocol on one screen. A request is `POST /v1/NAME` with a JSON body on the unix socket; the answer is NDJSON:
 * any number of `progress` lines, then one `result` or one `error`. `curl --unix-socket` can speak it.
 */
export type Requests = {
  readonly list: {
    readonly ask: { readonly units?: readonly string[] };
    readonly progress: never;
    readonly result: readonly UnitStatus[];
  };
  /** What units use: one look, or with `follow` one every so often, and sooner when a phase changes, until the client hangs up. */
  readonly usage: {
    readonly ask: { readonly units?: readonly string[]; readonly follow?: boolean; readonly everyMs?: number };
    readonly progress: UsageLook;
    readonly result: null;
  };
  readonly start: {
    readonly ask: Named & Waiting & { readonly noDeps?: boolean };
    readonly progress: Progress;
    readonly result: Outcome;
  };
  readonly stop: {
    readonly ask: Named &
      Waiting & {
        readonly withDependents?: boolean;
        readonly only?: boolean;
        readonly prune?: boolean;
        readonly all?: boolean;
      };
    readonly progress: Progress;
    readonly result: Outcome;
  };
  readonly restart: {
    readonly ask: Named & Waiting & { readonly noDeps?: boolean };
    readonly progress: Progress;
    readonly result: Outcome;
  };
  /** Reads the unit folder again; touches no container that runs, and starts what a unit that is wanted needs now. */
  readonly reload: { readonly ask: Record<never, never>; readonly progress: never; readonly result: Reloaded };
  readonly enable: {
    readonly ask: Named;
    readonly progress: never;
    readonly result: { readonly changed: readonly string[] };
  };
  readonly disable: {
    readonly ask: Named;
    readonly progress: never;
    readonly result: { readonly changed: readonly string[] };
  };
  /** Resolves when each named unit is in the phase asked for, or can no longer get there. */
  readonly wait: {
    readonly ask: Named & { readonly for: "up" | "down" | "done"; readonly timeoutMs?: number };
    readonly progress: never;
    readonly result: Outcome;
  };
  /** Past events first (`since`, ms since 1970), then, with `follow`, each as it happens until the client hangs up. */
  readonly events: {
    readonly ask: { readonly units?: readonly string[]; readonly since?: number; readonly follow?: boolean };
    readonly progress: UnitEvent;
    readonly result: null;
  };
  readonly logs: {
    readonly ask: {
      readonly units: readonly string[];
      readonly follow?: boolean;
      /** Last lines per unit; absent: all that is kept. */
      readonly lines?: number;
      /** ms since 1970. */
      readonly since?: number;
      /** A regular expression. */
      readonly grep?: string;
    };
    readonly progress: LogLine;
    readonly result: null;
  };
  readonly history: {
    readonly ask: { readonly unit: string; readonly runs?: number };
    readonly progress: never;
    readonly result: readonly ExitRecord[];
  };
  /** Who needs whom, with how each is now. */
  readonly graph: {
    readonly ask: { readonly units?: readonly string[] };
    readonly progress: never;
    readonly result: UnitGraph;
  };
  /** What a command would do; nothing is done. Refused as the command itself would be. */
  readonly plan: {
    readonly ask: {
      readonly command: "start" | "stop" | "restart" | "reload";
      readonly names?: readonly string[];
      readonly noDeps?: boolean;
      readonly withDependents?: boolean;
      readonly only?: boolean;
      readonly prune?: boolean;
      readonly all?: boolean;
    };
    readonly progress: never;
    readonly result: Plan;
  };
  /** Why a unit is as it is: from the unit to the root cause, at least one. */
  readonly why: {
    readonly ask: { readonly unit: string };
    readonly progress: never;
    readonly result: readonly Cause[];
  };
  readonly check: {
    readonly ask: Record<never, never>;
    readonly progress: never;
    readonly result: { readonly problems: readonly UnitProblem[] };
  };
  /** What this host has of an app: the first thing that a deploy asks. */
  readonly "deploy-look": {
    /**
     * `units`: those that are to be on this host; that one of them is not a unit of the app is a failure. `id`: of the deploy to that
     * tag; that it was to another tag, or was overtaken by another deploy, is a failure.
     */
    readonly ask: {
      readonly app: string;
      readonly tag?: string;
      readonly id?: string;
      readonly units?: readonly string[];
    };
    readonly progress: never;
    readonly result: AppOnHost;
  };
  /** Holds the app's lock until the client hangs up; tells once it has it. */
  readonly "deploy-lock": {
    /** `session`: who asks again with it, as the connection was lost, has it already. */
    readonly ask: { readonly app: string; readonly who: string; readonly why: string; readonly session?: string };
    readonly progress: { readonly locked: true };
    readonly result: null;
  };
  readonly "deploy-pull": {
    readonly ask: { readonly app: string; readonly tag: string };
    readonly progress: Progress;
    readonly result: { readonly digest: string };
  };
  /** Notes on the host where tasks run that one was done, so that a deploy that is resumed does not do it again. */
  readonly "deploy-task-done": {
    readonly ask: DeployId & { readonly task: string };
    readonly progress: never;
    readonly result: null;
  };
  /** TAG becomes the new one, REVERT the old; all units of the app, or those named, are restarted and must stay ready. Safe to ask again. */
  readonly "deploy-switch": {
    readonly ask: DeployId & GateAsk & PartOfDeploy;
    readonly progress: Progress;
    readonly result: Switched;
  };
  /** TAG becomes what it was before that deploy, gated likewise. */
  readonly "deploy-back": {
    readonly ask: DeployId & GateAsk & PartOfDeploy;
    readonly progress: Progress;
    readonly result: Switched;
  };
  /** TAG becomes what REVERT says, gated likewise; a deploy of its own. */
  readonly "deploy-revert": {
    readonly ask: Omit<DeployId, "tag"> & GateAsk & PartOfDeploy;
    readonly progress: Progress;
    readonly result: Switched;
  };
  /** Takes away all but the newest images of the app, and those of TAG and REVERT. */
  readonly "deploy-prune": {
    readonly ask: { readonly app: string; readonly keep?: number };
    readonly progress: never;
    readonly result: { readonly removed: readonly string[] };
  };
  /** What was deployed here, oldest first. */
  readonly deploys: {
    readonly ask: { readonly app?: string };
    readonly progress: never;
    readonly result: readonly DeployRecord[];
  };
  /** A lock that stays until it is taken away, also over a boot. */
  readonly lock: {
    readonly ask: { readonly app: string; readonly who: string; readonly why: string };
    readonly progress: never;
    readonly result: null;
  };
  /** `force`: also one that lasts as long as a deployer's connection, which may hang. */
  readonly unlock: {
    readonly ask: { readonly app: string; readonly force?: boolean };
    readonly progress: never;
    readonly result: null;
  };
  readonly version: { readonly ask: Record<never, never>; readonly progress: never; readonly result: DaemonVersion };
  /** Replaces the daemon's program by the one now on disk, once hooks and calls that are under way have ended; containers run on. */
  readonly reexec: {
    readonly ask: Record<never, never>;
    readonly progress: { readonly waitsFor: readonly string[] };
    readonly result: { readonly pid: number };
  };
};

export type RequestName = keyof Requests;
export type Ask<N extends RequestName> = Requests[N]["ask"];
export type ProgressOf<N extends RequestName> = Requests[N]["progress"];
export type Result<N extends RequestName> = Requests[N]["result"];

export type ReplyLine<N extends RequestName> =
  | { readonly progress: ProgressOf<N> }
  | { readonly result: Result<N> }
  | { readonly error: ErrorJson & { readonly problems?: readonly UnitProblem[]; readonly units?: readonly string[] } };

type Named = { readonly names: readonly string[] };
type Waiting = { readonly wait?: boolean; readonly timeoutMs?: number };

export type UnitStatus = {
  readonly name: string;
  readonly phase: Phase;
  /** ISO 8601, when it came into this phase. */
  readonly since: string;
  /** The reason, in words. */
  readonly because: string;
  /** Container id, null when there is none. */
  readonly container: string | null;
  readonly image: string | null;
  /** `sha256:…` of the image that runs. */
  readonly digest: string | null;
  readonly tag: string | null;
  /** Automatic respawns since it was last asked for. */
  readonly restarts: number;
  /** What a restart would change: `tag build-41 -> build-42`, `env file changed`, `unit file changed`, `unit file is gone`; empty: nothing. */
  readonly stale: readonly string[];
  /** Why a start or restart would be refused now: its unit file or TAG file is wrong, or gone; null: it would not be. */
  readonly refused: string | null;
  /** Why what it writes cannot be put into its log now; null: it can. */
  readonly logProblem: string | null;
  readonly enabled: boolean;
  readonly type: "service" | "task";
  readonly description: string;
  readonly needs: readonly string[];
  readonly neededBy: readonly string[];
  /** Who wished it: operator, boot, a unit that needs it. */
  readonly wanted: "up" | "down";
  readonly wantedBy: string;
  /** It is down because this tag of its app does not stay up, and `former` was up before it. */
  readonly badTag: { readonly app: string; readonly tag: string; readonly former: string } | null;
  /** What the run wrote last is in its history. */
  readonly lastExit: Omit<ExitRecord, "lastLines"> | null;
  /** Where svc listens for it. */
  readonly listen: readonly UnitFront[];
  /** Its breakers in front of what is outside. */
  readonly breakers: readonly (UnitFront & { readonly name: string })[];
};

/** One `listen` of a unit: how it goes with the container that clients are led to; null: to none. */
export type UnitFront = {
  readonly listen: string;
  /** Why svc cannot listen there. */
  readonly problem: string | null;
  readonly target: {
    readonly address: string;
    readonly connections: number;
    readonly breaker: {
      readonly state: "closed" | "open" | "half-open";
      /** ISO 8601: until when nobody is led there; null where it is not open. */
      readonly until: string | null;
      readonly failures: number;
      readonly successes: number;
      readonly share: number;
    };
    readonly dials: number;
    /** Dials that failed; connections that were reset before the first byte; clients that were sent away without a dial. */
    readonly failures: number;
    readonly resets: number;
    readonly refused: number;
    readonly bytesIn: number;
    readonly bytesOut: number;
  } | null;
  /** Connections to containers that were replaced. */
  readonly draining: number;
};

/** `time` is ISO 8601. */
export type UsageLook = { readonly time: string; readonly units: readonly UnitUsage[] };

export type UnitUsage = Pick<UnitStatus, "name" | "phase" | "since" | "because" | "restarts"> & {
  /** Of one core, since the look before; null where it does not run, or is not known yet. */
  readonly cpuPercent: number | null;
  /** As `docker stats` counts it. */
  readonly memoryBytes: number | null;
  /** null: it may take what the host has. */
  readonly memoryLimitBytes: number | null;
  /** The last line it wrote, or the beginning of it. */
  readonly lastLine: string | null;
};

export type Progress = {
  readonly unit: string;
  readonly phase: Phase;
  readonly because: string;
  readonly pull?: PullProgress;
};

/** Layers that the host has already count for no bytes; how large those are whose turn has not come is an estimate. */
export type PullProgress = {
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly layersDone: number;
  readonly layers: number;
};

/** What became of each unit that the request touched. `ok` false makes the command exit 1 (124 when time ran out). */
export type Outcome = {
  readonly ok: boolean;
  readonly timedOut: boolean;
  readonly units: readonly {
    readonly name: string;
    readonly phase: Phase;
    readonly because: string;
    readonly ok: boolean;
  }[];
  /** It is being done, but something about it is not as it should be: the wish could not be saved. */
  readonly warnings?: readonly string[];
};

/** Units whose files are new, otherwise or gone since the last reload. */
export type FileChanges = {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
};

/** What is new since the last reload, or since svc began. */
export type Reloaded = FileChanges & {
  /** What is started because a unit that is wanted needs it now. */
  readonly started: readonly { readonly unit: string; readonly neededBy: string }[];
  readonly problems: readonly UnitProblem[];
};

/** `time` is ISO 8601. */
export type UnitEvent = {
  readonly time: string;
  readonly unit: string | null;
  readonly event: string;
  readonly phase: Phase | null;
  readonly because: string;
  /** ISO 8601. Of one that is up again, as svc came anew, with the same container: since when it is up. */
  readonly since?: string;
  /** Of a pull and of hooks, which are told of when they are done. */
  readonly tookMs?: number;
};

/** `stream` `svc` is svc's own remark between two runs. */
export type LogLine = {
  readonly unit: string;
  readonly time: string;
  readonly stream: "out" | "err" | "svc";
  readonly text: string;
};

export type ExitRecord = {
  readonly unit: string;
  readonly container: string;
  readonly image: string;
  readonly tag: string | null;
  /** ISO 8601. */
  readonly startedAt: string | null;
  readonly endedAt: string;
  /** Seconds. */
  readonly ranFor: number | null;
  readonly code: number | null;
  /** `SIGKILL` for 137, …; null when it ended by itself. */
  readonly signal: string | null;
  readonly oom: boolean;
  /** asked: svc stopped it. external: by hand, through the engine. itself: all else. unknown: nobody saw it. */
  readonly by: "asked" | "external" | "itself" | "unknown";
  /** One sentence: `exit 137 (killed by SIGKILL), memory limit 64 MiB`. */
  readonly words: string;
  /** The last 50 lines it wrote; of a long one its beginning. */
  readonly lastLines: readonly string[];
  /** Digests of what it was made from (unit, env, tag); absent in records of older versions. */
  readonly parts?: { readonly [part: string]: string };
};

type GateAsk = { readonly minHealthyMs?: number; readonly deadlineMs?: number };

/** `session`: of one who deploys; asked again with it, what is over is not done again but told. */
type PartOfDeploy = { readonly units?: readonly string[]; readonly session?: string };

type DeployId = { readonly app: string; readonly tag: string; readonly id: string; readonly who: string };

export type AppOnHost = {
  readonly version: string;
  /** Those that are to be up: a deploy restarts them. */
  readonly units: readonly string[];
  /** What TAG and REVERT say now; null: there is no such file. */
  readonly tag: string | null;
  readonly revert: string | null;
  /** What is to be up is ready with what TAG says. */
  readonly isOnTag: boolean;
  /** The image with the tag that was asked about. */
  readonly image: string;
  /** Where TAG is, and where images go: bytes. */
  readonly freeBytes: number;
  readonly lockedBy: { readonly who: string; readonly why: string; readonly since: string } | null;
  /** Containers of tasks that run with another tag than TAG's: those of a deploy, whose deployer may be gone. */
  readonly tasks: readonly string[];
};

export type Switched = {
  readonly ok: boolean;
  readonly from: string | null;
  readonly to: string;
  readonly because: string;
  /** Of what failed: its last lines. */
  readonly lastLines: readonly string[];
};

export type DeployRecord = {
  readonly id: string;
  readonly app: string;
  readonly who: string;
  readonly from: string | null;
  readonly to: string;
  /** What REVERT said before: a deploy that is put back leaves no trace there. */
  readonly revertBefore: string | null;
  readonly digest: string | null;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** `running`: it is under way, or was cut off. */
  readonly result: "running" | "done" | "failed" | "reverted" | "stuck";
  readonly because: string;
  readonly tasks: readonly string[];
};

/** The units asked for and all that they need, or all units; edges go from a unit to what it needs; of files alone they may go in a circle. */
export type UnitGraph = {
  readonly units: readonly {
    readonly name: string;
    /** null: drawn from the files alone. */
    readonly phase: Phase | null;
    readonly because: string;
    readonly type: "service" | "task";
    readonly tag: string | null;
    /** What a restart would change, of one that runs. */
    readonly stale: readonly string[];
  }[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    /** As a word between the names: `links to`, `needs`, `shares its network with`, `starts after`. */
    readonly tie: string;
    /** `after`: order alone. */
    readonly strength: "required" | "wanted" | "after";
    /** There is no unit of that name. */
    readonly missing: boolean;
  }[];
};

/** What will be done, in this order; times in seconds from now. */
export type Plan = {
  /** Of a reload: what it would tell of the files. */
  readonly files?: FileChanges;
  readonly steps: readonly {
    readonly at: number;
    readonly unit: string;
    /** `run`: a hook; `hand over`: clients are led to another container; `revert`: TAG is put back. */
    readonly does: "pull" | "start" | "stop" | "kill" | "remove" | "run" | "hand over" | "revert";
    /** What exactly: the image, the stop signal and its grace, the hook with its command. */
    readonly what: string;
    readonly because: string;
  }[];
  /** Units that are up now and will not be meanwhile; `until` null: for good. */
  readonly meanwhile: readonly {
    readonly unit: string;
    readonly from: number;
    readonly until: number | null;
    readonly phases: readonly Phase[];
  }[];
  /** Ports of the host that nobody answers meanwhile. */
  readonly darkPorts: readonly {
    readonly port: string;
    readonly unit: string;
    readonly from: number;
    readonly until: number | null;
  }[];
  /** `phase` null: how it ends is not known; `doubt`: why it is not expected to be up. */
  readonly inTheEnd: readonly { readonly unit: string; readonly phase: Phase | null; readonly doubt: string | null }[];
  readonly takes: number;
  /** What was never measured, and how long it takes is a guess: `pull`, `start`, `stop`, or a hook. */
  readonly guessed: readonly { readonly unit: string; readonly what: readonly string[] }[];
};

/** One step on the way from a unit to why it is as it is. Times are ISO 8601. */
export type Cause = {
  /** null: the engine itself. */
  readonly unit: string | null;
  readonly phase: Phase | null;
  readonly since: string | null;
  readonly because: string;
  /** What ties the unit before it to this one: `links to`, `needs`, `starts after`; null for the first. */
  readonly tie: string | null;
  /** Failures in a row, of its own, that led here; `limit` as its respawn_limit says; `words`: the last one. */
  readonly failures: {
    readonly count: number;
    readonly limit: number | null;
    readonly since: string;
    readonly words: string;
  } | null;
  /** `because`: why svc stopped it; null: it did not, or that is not known any more. */
  readonly lastExit: {
    readonly words: string;
    readonly at: string;
    readonly by: ExitRecord["by"];
    readonly because: string | null;
  } | null;
  /** Of one that is the reason because it was replaced, when its container was started; null: it was not. */
  readonly replacedAt: string | null;
  /** The last lines that it wrote before it failed; empty: it did not fail, or wrote nothing. */
  readonly lastLines: readonly string[];
  /** When it is tried again; null: it is not waiting for that. */
  readonly nextTryAt: string | null;
  /** What became different before it failed: `tag build-41 -> build-42`. */
  readonly change: { readonly what: readonly string[]; readonly at: string } | null;
  /** What a restart would change, of one that runs. */
  readonly stale: readonly string[];
  /** Why a start or restart would be refused now; null: it would not be. */
  readonly refused: string | null;
  /** Why what it writes cannot be put into its log now; null: it can. */
  readonly logProblem: string | null;
  /** The next command. */
  readonly hint: string | null;
};

export type DaemonVersion = {
  readonly version: string;
  readonly pid: number;
  readonly engine: string | null;
  readonly api: string | null;
  readonly upSince: string;
  /** Where it reads and writes; absent in a daemon of an older version. */
  readonly folders?: DaemonFolders;
};

export type DaemonFolders = {
  readonly units: string;
  readonly defaultDir: string;
  readonly wwwDir: string;
  readonly state: string;
  readonly logs: string;
};
