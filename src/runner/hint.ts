import { EngineError } from "../engine/engine.ts";
import { SvcError } from "../svc-error.ts";

/** What to do next about a failure; undefined: its message says all that is known. */
export function hintOf(error: unknown): string | undefined {
  if (error instanceof SvcError) return error.hint;
  if (!(error instanceof EngineError)) return undefined;
  if (isUnreached(error)) return "docker info says how it is; sudo usermod -aG docker NAME lets a user use it";
  if (error.status === 0) return "the task is ended as soon as the engine answers again; docker info says how it is";
  if (error.kind === "link-down") return `it is linked to ${error.about}: svc start ${error.about}`;
  if (error.kind === "port-taken") return "the service has its ports: leave --service-ports out, or stop it first";
  return undefined;
}

/** The engine was not even asked. */
export function isUnreached(error: unknown): boolean {
  const { syscall = "" } = error instanceof EngineError ? ((error.cause ?? {}) as { syscall?: string }) : {};
  return syscall === "connect" || syscall === "getaddrinfo";
}
