import { execFile } from "node:child_process";
import type { Clock } from "../clock/clock.ts";
import { type Library, loadLibrary } from "./load-library.ts";

export type Systemd = {
  ready(status: string): void;
  /** It may take so long: systemd waits until then, whatever its own limit is. */
  stopping(withinMs: number): void;
  alive(): void;
  /** How often to say that all is well; null: nobody listens. */
  readonly watchdogIntervalMs: number | null;
};

type Libsystemd = { sd_notify(unset: number, state: string): number };

/** Tells systemd how it goes: libsystemd through node:ffi, else systemd-notify; silent where no systemd started us. */
export function notifySystemd(environment: { readonly [name: string]: string | undefined }): Systemd {
  const listens = environment.NOTIFY_SOCKET !== undefined;
  const usec = Number(environment.WATCHDOG_USEC ?? 0);
  const library = listens ? libsystemd() : null;
  const tell = (state: string): void => {
    if (!listens) return;
    if (library && library.functions.sd_notify(0, state) > 0) return;
    execFile("systemd-notify", state.split("\n"), () => undefined);
  };
  return {
    ready: (status) => tell(`READY=1\nSTATUS=${status}`),
    stopping: (withinMs) => tell(`STOPPING=1\nEXTEND_TIMEOUT_USEC=${Math.ceil(withinMs * 1_000)}`),
    alive: () => tell("WATCHDOG=1"),
    watchdogIntervalMs: listens && usec > 0 ? usec / 3_000 : null,
  };
}

/**
 * Says that all is well as often as systemd wants to hear it and it is so, until the returned function is called. A loop that
 * hangs says nothing, and systemd starts svc anew.
 */
export function keepWatchdog({ watchdogIntervalMs, alive }: Systemd, clock: Clock, isWell: () => boolean): () => void {
  if (watchdogIntervalMs === null) return () => undefined;
  let cancel: () => void;
  beat();
  return () => cancel();

  function beat(): void {
    if (isWell()) alive();
    cancel = clock.after(watchdogIntervalMs ?? 0, beat);
  }
}

function libsystemd(): Library<Libsystemd> | null {
  try {
    return loadLibrary<Libsystemd>("libsystemd.so.0", { sd_notify: { arguments: ["i32", "string"], return: "i32" } });
  } catch {
    return null;
  }
}
