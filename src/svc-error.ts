/**
 * Every failure that a user can mend. The code crosses the socket unchanged and is what tests and callers compare; the
 * number beside it is the exit status of the command, documented in svc(1) and stable.
 */
export const errorCodes = {
  /** Something failed while it was being done: a start that did not get ready, a pull, an engine's refusal. */
  failed: 1,
  "start-failed": 1,
  "stop-failed": 1,
  "cannot-start": 1,
  "pull-failed": 1,
  "not-ready-in-time": 1,
  "timed-out": 1,
  "not-saved": 1,
  "output-lost": 1,
  "cannot-listen": 1,
  /** The command line or a file is wrong; nothing was done, but by a reload, which has read all other files. */
  usage: 2,
  "unknown-unit": 2,
  "unknown-key": 2,
  "invalid-unit": 2,
  "invalid-options": 2,
  "invalid-env-file": 2,
  "invalid-tag-file": 2,
  "invalid-deploy-file": 2,
  "missing-file": 2,
  "missing-image": 2,
  "missing-tag": 2,
  "dependency-cycle": 2,
  "conflicting-units": 2,
  /** Refused, because others need it, one that excludes it is up, or somebody is at it. */
  "unit-needed": 3,
  "unit-excluded": 3,
  "app-locked": 3,
  /** The daemon is not there, or not the caller's to use. */
  "daemon-away": 4,
  /** It makes room for another program in the same process, which answers in a moment. */
  "daemon-replaced": 4,
  "permission-denied": 4,
  "already-running": 4,
  /** The engine is not there. */
  "engine-away": 5,
  "engine-refused": 1,
  "name-in-use": 1,
  "no-such-container": 1,
  "no-such-image": 1,
  "bad-request": 2,
  /** A deploy that failed, by what it left behind. */
  "deploy-reverted": 10,
  "deploy-untouched": 11,
  "deploy-stuck": 12,
  internal: 70,
} as const;

/** Every exit status of svc, in the words of the help and the man page. */
export const exitStatuses: { readonly [status: number]: string } = {
  0: "done; `doctor`: nothing is bad, warnings at most",
  1: "something failed while it was being done; `doctor`: something is bad",
  2: "the command line or a file is wrong; nothing was done (`reload`: all other files were read)",
  3: "refused: other units need it, one that it conflicts with is up, or somebody deploys the app",
  4: "the daemon is not there, or not yours to use",
  5: "the engine is not there",
  10: "a deploy failed, and every host is on the old tag again",
  11: "a deploy failed before any host was touched",
  12: "a deploy failed, and a host is neither on the new tag nor well on the old one",
  70: "a mistake in svc",
  124: "the time given with `--timeout` is over",
};

export type ErrorCode = keyof typeof errorCodes;

export type ErrorJson = { readonly code: ErrorCode; readonly message: string; readonly hint?: string };

/** A failure that a user can mend: what is the case, and what to do next. */
export class SvcError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "SvcError";
    this.code = code;
    this.hint = options.hint;
  }

  get exitCode(): number {
    return errorCodes[this.code];
  }

  toJSON(): ErrorJson {
    return { code: this.code, message: this.message, ...(this.hint === undefined ? {} : { hint: this.hint }) };
  }
}

/** The daemon did not answer to the end, and may do what was asked all the same. */
export function isDaemonAway(error: unknown): boolean {
  return error instanceof SvcError && (error.code === "daemon-away" || error.code === "daemon-replaced");
}

/** A write to stdout or stderr that failed; null: who reads has enough, or has lost the terminal, and that is no failure. */
export function lostOutput(error: NodeJS.ErrnoException, stream: "stdout" | "stderr"): SvcError | null {
  if (error.code === "EPIPE" || error.code === "EIO") return null;
  const hint = "make room, or name another file";
  return new SvcError("output-lost", `${stream} cannot be written: ${error.message}`, { hint, cause: error });
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
