import type { DaemonVersion } from "../control/request.ts";
import type { Engine, EngineInfo } from "../engine/engine.ts";
import type { SvcError } from "../svc-error.ts";
import type { UnitsRead } from "../unit/read-units.ts";

/** What was looked at, how it is, and what to do about it. `bad`: something does not work; `warn`: it will not one day. */
export type Finding = {
  readonly about: string;
  readonly state: "ok" | "warn" | "bad";
  readonly found: string;
  readonly remedy: string | null;
};

/** Everything that is looked at. */
export type Host = {
  readonly places: {
    readonly units: string;
    readonly socket: string;
    readonly state: string;
    readonly logs: string;
    readonly defaultDir: string;
    readonly wwwDir: string;
  };
  readonly version: string;
  /** The daemon on that socket, or why it does not answer. */
  readonly daemon: DaemonVersion | SvcError;
  /** Both null: it does not answer. */
  readonly engine: Engine | null;
  readonly info: EngineInfo | null;
  /** Why it does not. */
  readonly problem: unknown;
  readonly units: UnitsRead;
};

export function ok(about: string, found: string): Finding {
  return { about, state: "ok", found, remedy: null };
}

export function warn(about: string, found: string, remedy: string): Finding {
  return { about, state: "warn", found, remedy };
}

export function bad(about: string, found: string, remedy: string | null): Finding {
  return { about, state: "bad", found, remedy };
}
