import { EngineError, type EngineErrorKind } from "../engine.ts";

type ModemError = {
  readonly statusCode?: number;
  readonly code?: string;
  /** Of a connection that could not be made: `connect`, and to where. */
  readonly syscall?: string;
  readonly address?: string;
  readonly hostname?: string;
  readonly port?: number;
  readonly json?: { readonly message?: string } | null;
  readonly message?: string;
};

/** What dockerode rejects with, translated once: by status first, by the engine's words only where the status does not tell. */
export function engineError(thrown: unknown): EngineError {
  if (thrown instanceof EngineError) return thrown;
  // A host with several addresses was tried at each of them.
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return engineError(thrown.errors[0]);
  const error = (typeof thrown === "object" && thrown !== null ? thrown : {}) as ModemError;
  const status = error.statusCode ?? 0;
  if (error.code === "EMFILE" || error.code === "ENFILE")
    return new EngineError("refused", "no file is left to reach the engine by: raise LimitNOFILE", 0, {
      cause: thrown,
    });
  if (error.syscall === "connect") return new EngineError("away", unreachable(error), 0, { cause: thrown });
  if (error.syscall === "getaddrinfo") {
    const words = `the engine's host ${error.hostname} is not known (${error.code})`;
    return new EngineError("away", words, 0, { cause: thrown });
  }
  if (status === 0 && (error.code === "ECONNRESET" || error.code === "EPIPE"))
    return new EngineError("away", "the engine went away in the middle of a call", 0, { cause: thrown });
  // dockerode's own reason says "no such container" for a missing image too; the engine's message is in the body.
  const message = error.json?.message ?? error.message ?? String(thrown);
  const words = message.replace(/^\(HTTP code \d+\) [a-z ]+ - /, "").trim() || wordless(status, error);
  const about = linkedTo(words);
  const kind = about === null ? kindOf(status, words) : "link-down";
  return new EngineError(kind, words, status, { cause: thrown, about });
}

function wordless(status: number, { code }: ModemError): string {
  if (status === 0) return `the engine cannot be asked (${code ?? "no reason is known"})`;
  return `what answers there says ${status} and nothing more: it may be no engine`;
}

function unreachable({ address = "its socket", port, code }: ModemError): string {
  const place = port === undefined ? address : `${address}:${port}`;
  if (code === "EACCES") return `the engine's socket ${place} may not be used by this user`;
  return `no engine answers at ${place} (${code})`;
}

function kindOf(status: number, message: string): EngineErrorKind {
  if (status === 0) return "away";
  if (status === 409 && /already in use/i.test(message)) return "name-in-use";
  if (status === 404 && /no such image|manifest|image .* not found/i.test(message)) return "no-such-image";
  if (status === 404 && /no such container/i.test(message)) return "no-such-container";
  if (/executable file not found|no such file or directory/.test(message)) return "no-such-program";
  if (/permission denied|is a directory/.test(message)) return "not-a-program";
  if (/port is already allocated|address already in use/.test(message)) return "port-taken";
  return status === 409 ? "busy" : "refused";
}

function linkedTo(message: string): string | null {
  return /(?:non running container: \/?|could not get container for )([^\s:]+)/.exec(message)?.[1] ?? null;
}
