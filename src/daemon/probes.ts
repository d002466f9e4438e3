import { connect } from "node:net";
import type { Clock } from "../clock/clock.ts";
import type { Engine } from "../engine/engine.ts";
import { isRunning, ownContainer, readyAt } from "../plan/conditions.ts";
import type { Container } from "../plan/world.ts";
import { messageOf } from "../svc-error.ts";
import { lineExpression } from "../unit/line-expression.ts";
import type { Unit } from "../unit/unit.ts";
import type { Runs } from "./runs.ts";
import type { Supervisor } from "./supervisor.ts";

/** A port has no event for "somebody listens now": it is asked this often, and each answer is waited for this long. */
const askEveryMs = 250;
const answerWithinMs = 2_000;

/** Watches each container that is to become ready by a port, a page or a line of output, until it is or it ends. */
export function keepProbes(parts: {
  readonly supervisor: Supervisor;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly runs: Runs;
}): void {
  const { supervisor, clock, runs, engine } = parts;
  const watched = new Set<string>();
  supervisor.onPass(() => {
    for (const unit of supervisor.world.units.values()) {
      const container = ownContainer(unit, supervisor.world);
      const probes = unit.ready.how === "tcp" || unit.ready.how === "http" || unit.ready.how === "log";
      if (!probes || !isWaitedFor(unit, container) || watched.has(container.id)) continue;
      watched.add(container.id);
      if (unit.ready.how === "log") watchLog(unit, unit.ready.pattern, container.id);
      else ask(unit, container.id);
    }
  });

  function isStill(unit: Unit, id: string): boolean {
    const container = ownContainer(unit, supervisor.world);
    const still = container?.id === id && isWaitedFor(unit, container);
    if (!still) watched.delete(id);
    return still;
  }

  function ask(unit: Unit, id: string): void {
    if (!isStill(unit, id)) return;
    const asked = answerOf(unit, id, engine).catch(messageOf);
    void asked.then((answer) => {
      if (answer === null) return supervisor.tell({ fact: "probed-ready", unit: unit.name, id });
      const known = ownContainer(unit, supervisor.world);
      if (known?.id === id && known.answer !== answer)
        supervisor.tell({ fact: "probed-unready", unit: unit.name, id, answer });
      return clock.after(askEveryMs, () => ask(unit, id));
    });
  }

  function watchLog(unit: Unit, pattern: string, id: string): void {
    const expression = lineExpression(pattern);
    const log = runs.logOfRun(id);
    const found = (line: string): void => {
      const still = isStill(unit, id);
      if (still && (typeof expression === "string" || !expression.test(line))) return;
      stop();
      if (still) supervisor.tell({ fact: "probed-ready", unit: unit.name, id });
    };
    const stop = log?.onLine(found) ?? (() => undefined);
    for (const line of log?.lastLines(1_000) ?? []) found(line);
  }
}

function isWaitedFor(unit: Unit, container: Container | null): container is Container {
  return isRunning(container) && container.stopping === null && readyAt(unit, container) === Number.POSITIVE_INFINITY;
}

/** null: as it is to be when it is ready; else what it said. */
async function answerOf(unit: Unit, id: string, engine: Engine): Promise<string | null> {
  const { ready } = unit;
  if (ready.how !== "tcp" && ready.how !== "http") return "nothing is asked";
  const detail = await engine.inspect(id).catch(() => null);
  const host = ready.host ?? Object.values(detail?.addresses ?? {}).find((address) => address !== "") ?? "127.0.0.1";
  if (ready.how === "tcp") return connects(host, ready.port);
  try {
    const answer = await fetch(`http://${host}:${ready.port}${ready.path}`, {
      signal: AbortSignal.timeout(answerWithinMs),
      redirect: "manual",
    });
    await answer.body?.cancel();
    const { status } = answer;
    const isReady = ready.status === null ? status >= 200 && status < 400 : status === ready.status;
    if (isReady) return null;
    return ready.status === null ? `status ${status}` : `status ${status} instead of ${ready.status}`;
  } catch (error) {
    return refusalWords(error instanceof Error && error.cause !== undefined ? error.cause : error);
  }
}

function connects(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: answerWithinMs });
    const end = (answer: string | null): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end(null));
    socket.once("error", (error) => end(refusalWords(error)));
    socket.once("timeout", () => end(silence));
  });
}

const silence = `no answer within ${answerWithinMs / 1000} s`;

function refusalWords(error: unknown): string {
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  if (name === "TimeoutError") return silence;
  const known: { readonly [code: string]: string } = {
    ECONNREFUSED: "connection refused",
    ECONNRESET: "the connection was cut",
    UND_ERR_SOCKET: "the connection was cut",
    EHOSTUNREACH: "no route to it",
    ENETUNREACH: "no route to it",
    ENOTFOUND: "its host is not known",
    HPE_INVALID_CONSTANT: "it does not speak HTTP",
  };
  return known[String(code)] ?? messageOf(error);
}
