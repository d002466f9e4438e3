import type { Handlers } from "../../control/server.ts";
import { EngineError, type EngineErrorKind } from "../../engine/engine.ts";
import { type ErrorCode, messageOf, SvcError } from "../../svc-error.ts";

/** What the engine or the disk refuses is no mistake of svc: whoever asked is told with the code that says so. */
export function withDocumentedCodes(handlers: Handlers): Handlers {
  const all = Object.entries(handlers).map(([name, handler]) => {
    const work = handler as (...asked: readonly unknown[]) => Promise<unknown>;
    return [
      name,
      async (...asked: readonly unknown[]) => {
        try {
          return await work(...asked);
        } catch (error) {
          throw documented(error);
        }
      },
    ];
  });
  return Object.fromEntries(all) as Handlers;
}

const codes: { readonly [kind in EngineErrorKind]: ErrorCode } = {
  away: "engine-away",
  timeout: "engine-away",
  "name-in-use": "name-in-use",
  "no-such-container": "no-such-container",
  "no-such-image": "no-such-image",
  "no-such-program": "cannot-start",
  "not-a-program": "cannot-start",
  "port-taken": "cannot-start",
  "link-down": "cannot-start",
  refused: "engine-refused",
  busy: "engine-refused",
};

/** Of a disk that takes nothing. */
const fullDisk = new Set(["ENOSPC", "EDQUOT", "EROFS", "EFBIG"]);

/** What is neither stays as it is. */
export function documented(error: unknown): unknown {
  if (error instanceof EngineError) {
    const code = codes[error.kind];
    const hint = code === "engine-away" ? "docker version and systemctl status docker tell more" : "svc doctor";
    return new SvcError(code, error.message, { hint, cause: error });
  }
  if (error instanceof SvcError || !fullDisk.has(String((error as NodeJS.ErrnoException | null)?.code))) return error;
  return new SvcError("not-saved", `it cannot be saved: ${messageOf(error)}`, {
    hint: "make room on the disk, then try again",
    cause: error,
  });
}
