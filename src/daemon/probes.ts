import { connect } from "node:net";
import type { Clock } from "../clock/clock.ts";
import type { Engine } from "../engine/engine.ts";
import { isRunning, ownContainer, readyAt } from "../plan/conditions.ts";
import type { Container } from "../plan/world.ts";
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
    void answers(unit, id, engine).then((ready) => {
      if (ready) supervisor.tell({ fact: "probed-ready", unit: unit.name, id });
      else clock.after(askEveryMs, () => ask(unit, id));
    });
  }

  function watchLog(unit: Unit, pattern: string, id: string): void {
    const expression = new RegExp(pattern);
    const log = runs.logOfRun(id);
    const found = (line: string): void => {
      const still = isStill(unit, id);
      if (still && !expression.test(line)) return;
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

/** Whether its port or page answers as it should. */
export async function answers(unit: Unit, id: string, engine: Engine): Promise<boolean> {
  const { ready } = unit;
  if (ready.how !== "tcp" && ready.how !== "http") return false;
  const detail = await engine.inspect(id).catch(() => null);
  const host = ready.host ?? Object.values(detail?.addresses ?? {}).find((address) => address !== "") ?? "127.0.0.1";
  if (ready.how === "tcp") return accepts(host, ready.port);
  try {
    const answer = await fetch(`http://${host}:${ready.port}${ready.path}`, {
      signal: AbortSignal.timeout(answerWithinMs),
      redirect: "manual",
    });
    await answer.body?.cancel();
    return ready.status === null ? answer.status >= 200 && answer.status < 400 : answer.status === ready.status;
  } catch {
    return false;
  }
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: answerWithinMs });
    const end = (ready: boolean): void => {
      socket.destroy();
      resolve(ready);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}
