import { EngineError } from "../engine/engine.ts";
import { SvcError } from "../svc-error.ts";

/** What to do next about a failure; undefined: its message says all that is known. */
export function hintOf(error: unknown): string | undefined {
  if (error instanceof SvcError) return error.hint;
  if (!(error instanceof EngineError)) return undefined;
  if (isUnknownHost(error))
    return `DOCKER_HOST names it: ${process.env.DOCKER_HOST}; write unix:///PATH or tcp://HOST:PORT, or unset it for the engine of this host`;
  if (isUnreached(error)) return "docker info says how it is; sudo usermod -aG docker NAME lets a user use it";
  if (error.status === 0) return "the task is ended as soon as the engine answers again; docker info says how it is";
  if (error.kind === "link-down") return `it is linked to ${error.about}: svc start ${error.about}`;
  if (error.kind === "port-taken") return "the service has its ports: leave --service-ports out, or stop it first";
  return undefined;
}

/** The engine was not even asked. */
export function isUnreached(error: unknown): boolean {
  return isUnknownHost(error) || failedIn(error) === "connect";
}

function isUnknownHost(error: unknown): boolean {
  return failedIn(error) === "getaddrinfo";
}

/** The call of the system that failed. */
function failedIn(error: unknown): string | undefined {
  return error instanceof EngineError ? (error.cause as { syscall?: string } | undefined)?.syscall : undefined;
}
