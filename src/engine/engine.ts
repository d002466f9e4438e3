import type { CreateRequest } from "../unit/docker-run/create-request.ts";

/**
 * What svc asks of a container engine. Every call is safe to repeat and has a deadline of its own; a failure is an
 * EngineError. Answers are the engine's facts, never guesses: what is not known is null.
 */
export interface Engine {
  /** Answers once the engine does; rejects with `away` within a few seconds when it does not. */
  ping(): Promise<EngineVersion>;
  /** How the engine is set up. */
  info(): Promise<EngineInfo>;
  /** All containers, ours and foreign, in every state. */
  list(): Promise<readonly ContainerSummary[]>;
  /** null: there is none of that id or name. */
  inspect(idOrName: string): Promise<ContainerDetail | null>;
  /** Rejects with `name-in-use`, `no-such-image`, `refused` (the engine's text). */
  create(request: CreateRequest): Promise<CreatedContainer>;
  /** Resolves when attached. Must come before start for no byte to be lost. The stream is drained unless it is paused. */
  attach(id: string, options: AttachOptions): Promise<Attachment>;
  /** Already running is success. */
  start(id: string): Promise<void>;
  /** Sends the signal and returns; a container that does not run (any more) is success. `SIGTERM`, `SIGKILL`, … */
  signal(id: string, signal: string): Promise<void>;
  /** Rejects with `name-in-use`. */
  rename(id: string, name: string): Promise<void>;
  /** Not paused is success. */
  unpause(id: string): Promise<void>;
  /** Removes with anonymous volumes, by force, and resolves when the name is free. Gone already is success. */
  remove(id: string): Promise<void>;
  /**
   * Resolves once the engine has taken note, which must be before the start: what ends sooner is missed. `exit`: its exit code once
   * the container has ended (`next-exit`) or is gone (`removed`); that it rejects may be passed over.
   */
  wait(id: string, until: "next-exit" | "removed", abort?: AbortSignal): Promise<{ readonly exit: Promise<number> }>;
  /** Runs a command in a container that runs; its exit code. A command that is given up may go on: the engine cannot end it. */
  exec(id: string, options: ExecOptions): Promise<number>;
  resize(id: string, columns: number, rows: number): Promise<void>;
  /** null: not on this host. */
  image(reference: string): Promise<ImageDetail | null>;
  /** Those of a repository that have a tag, newest first. */
  images(repository: string): Promise<readonly TaggedImage[]>;
  /** Takes the tag away, and the image with its last tag. One that a container uses, or that is gone, stays as it is. */
  removeImage(reference: string): Promise<void>;
  /** Credentials come from the docker config of the user that svc runs as. */
  pull(reference: string, options: PullOptions): Promise<void>;
  /** Everything a container has written since, and follows. For containers that svc did not start itself in this life. */
  logs(id: string, options: LogsOptions): Promise<void>;
  /** What it has used and holds now; null: it does not run. */
  usage(id: string): Promise<ContainerUsage | null>;
  /** Subscribes; resolves once subscribed. `onEnd` is called once, when the stream is lost or closed. */
  events(onEvent: (event: EngineEvent) => void, onEnd: () => void): Promise<() => void>;
}

/** `warnings`: what the engine does not do as it was asked to, in its words. */
export type CreatedContainer = { readonly id: string; readonly warnings: readonly string[] };

export type EngineInfo = {
  readonly engine: string;
  /** 1 or 2. */
  readonly cgroupVersion: number;
  readonly logDriver: string;
  readonly liveRestore: boolean;
  /** Where it keeps images and containers. */
  readonly rootFolder: string;
  /** Its clock, ms since 1970. */
  readonly date: number;
  /** What it complains of itself: limits that the kernel does not have. */
  readonly warnings: readonly string[];
};

export type EngineVersion = { readonly engine: string; readonly api: string };

export type ContainerStateName = "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";

export type ContainerSummary = {
  readonly id: string;
  /** Without the leading slash. The first is its own, not a link's. */
  readonly name: string;
  readonly state: ContainerStateName;
  /** The reference it was created with. */
  readonly image: string;
  readonly imageId: string;
  readonly labels: { readonly [key: string]: string };
};

export type ContainerDetail = ContainerSummary & {
  readonly tty: boolean;
  readonly exitCode: number | null;
  readonly oomKilled: boolean;
  /** The engine's words for a failed start. */
  readonly error: string;
  /** ms since 1970; null: not yet. */
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly health: Health;
  /** How its healthcheck ended last: `exit 1: db gone away`; null: it passed, or there was none yet. */
  readonly lastCheck: string | null;
  readonly memoryLimitBytes: number;
  readonly stopSignal: string | null;
  readonly autoRemove: boolean;
  /** IP addresses by network name. */
  readonly addresses: { readonly [network: string]: string };
  readonly logDriver: string;
};

export type Health = "none" | "starting" | "healthy" | "unhealthy";

/** `createdAt`: ms since 1970, when it was built. */
export type TaggedImage = { readonly reference: string; readonly createdAt: number };

export type ImageDetail = {
  readonly id: string;
  readonly digests: readonly string[];
  readonly hasHealthcheck: boolean;
  readonly stopSignal: string | null;
};

export type AttachOptions = {
  readonly tty: boolean;
  readonly stdin: boolean;
  /** Must return at once; nothing here may wait for a disk or a reader. */
  readonly onOutput: (stream: "out" | "err", chunk: Buffer) => void;
  /** The stream has ended; called once. */
  readonly onEnd: () => void;
};

export type ExecOptions = {
  readonly command: readonly string[];
  /** `NAME=VALUE`. */
  readonly environment: readonly string[];
  /** null: the container's. */
  readonly user: string | null;
  readonly workingDir: string | null;
  readonly privileged: boolean;
  /** Must return at once. */
  readonly onOutput: (stream: "out" | "err", chunk: Buffer) => void;
  readonly abort: AbortSignal;
};

export interface Attachment {
  /** Only with `stdin`. Returns false when the caller should wait for `onDrain`. */
  write(chunk: Buffer): boolean;
  onDrain(callback: () => void): void;
  /** Half-closes: the container sees the end of its stdin, output goes on. */
  endInput(): void;
  /**
   * Takes no more output until `resume`. Once the engine's buffers are full this holds the container, and while it is held
   * the engine cannot tell of its end: who asks for the end must resume.
   */
  pause(): void;
  resume(): void;
  /** Drops the connection; the container is not touched. */
  close(): void;
}

export type PullOptions = {
  readonly onProgress: (progress: PullProgress) => void;
  readonly platform?: string | null;
  readonly abort?: AbortSignal;
};

/** Bytes over all layers so far; `status` is the engine's latest word. */
export type PullProgress = {
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly layersDone: number;
  readonly layers: number;
  readonly status: string;
};

export const longestLineBytes = 1 << 20;

export type LogsOptions = {
  readonly tty: boolean;
  /** ms since 1970, inclusive; null: from the start. */
  readonly since: number | null;
  readonly follow: boolean;
  /**
   * One line as the engine keeps it, without its end; one that is longer than `longestLineBytes` in several parts, of which only
   * the last is called whole. `time` is the engine's, RFC 3339 with nanoseconds.
   */
  readonly onLine: (stream: "out" | "err", time: string, line: Buffer, isWhole: boolean) => void;
  /** What stands behind the last line when the stream ends: the last words of a container that has ended, or half a line. */
  readonly onRest: (stream: "out" | "err", rest: Buffer) => void;
  readonly onEnd: () => void;
  readonly abort?: AbortSignal;
};

export type ContainerUsage = {
  /** CPU time of all its processes since it started. */
  readonly cpuMs: number;
  /** When that was so, on a clock of which only the differences mean anything. */
  readonly atMs: number;
  /** Without the pages of files that the kernel drops first, as `docker stats` counts it. */
  readonly memoryBytes: number;
  /** null: it may take what the host has. */
  readonly memoryLimitBytes: number | null;
};

export type EngineEvent =
  | {
      readonly kind: "create" | "start" | "destroy" | "oom" | "pause" | "unpause";
      readonly id: string;
      readonly name: string;
      readonly labels: { readonly [key: string]: string };
    }
  | {
      readonly kind: "die";
      readonly id: string;
      readonly name: string;
      readonly exitCode: number;
      readonly labels: { readonly [key: string]: string };
    }
  | {
      readonly kind: "rename";
      readonly id: string;
      readonly name: string;
      readonly oldName: string;
      readonly labels: { readonly [key: string]: string };
    }
  | {
      readonly kind: "health";
      readonly id: string;
      readonly name: string;
      readonly health: Health;
      readonly labels: { readonly [key: string]: string };
    }
  /** A signal was sent through the engine's API, by svc or by hand. */
  | {
      readonly kind: "kill";
      readonly id: string;
      readonly name: string;
      readonly signal: string;
      readonly labels: { readonly [key: string]: string };
    };

/** `away`: no answer from the engine. `refused`: it answered that it will not; the text is its own. */
export type EngineErrorKind =
  | "away"
  | "timeout"
  | "name-in-use"
  | "no-such-container"
  | "no-such-image"
  /** The command is not in the image, or is there and cannot be run. */
  | "no-such-program"
  | "not-a-program"
  | "port-taken"
  /** `about` is not there, or does not run. */
  | "link-down"
  | "refused"
  | "busy";

export class EngineError extends Error {
  readonly kind: EngineErrorKind;
  /** HTTP status, 0 when there was no answer. */
  readonly status: number;
  /** The other container that it is about. */
  readonly about: string | null;

  constructor(
    kind: EngineErrorKind,
    message: string,
    status = 0,
    { about = null, ...options }: { readonly cause?: unknown; readonly about?: string | null } = {},
  ) {
    super(message, options);
    this.about = about;
    this.name = "EngineError";
    this.kind = kind;
    this.status = status;
  }
}
