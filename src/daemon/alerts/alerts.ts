import { access, constants } from "node:fs/promises";
import { hostname } from "node:os";
import type { Clock } from "../../clock/clock.ts";
import type { ExitRecord } from "../../control/request.ts";
import { runOnHost } from "../../host/run-on-host.ts";
import type { Decision } from "../../plan/decide.ts";
import { badTag } from "../../plan/trial.ts";
import { stateOf, type UnitState } from "../../plan/world.ts";
import { messageOf } from "../../svc-error.ts";
import type { AlertName, Unit } from "../../unit/unit.ts";
import { isoNow } from "../iso-now.ts";
import type { Supervisor } from "../supervisor.ts";
import { turns } from "../turns.ts";
import type { Uncut } from "../uncut.ts";
import { findAlerts, type Memory, noMemory, steadyAfterMs } from "./find-alerts.ts";

const timeoutMs = 30_000;
/** A host that comes up broken has much to tell; it is told at this pace. */
const commandsAtOnce = 4;
const tellsLines = 20;

/**
 * Runs the `on_event` commands of units, and the host's own (a program at /etc/svc/on_event, which gets the event's name as its
 * argument), with the event as JSON on stdin.
 */
export function keepAlerts(options: {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  /** A program of the host that is told of all units. */
  readonly program: string;
  readonly lastExit: (unit: string) => ExitRecord | null;
  /** Resolves when the ends that were seen are recorded: who is told of one wants to know how. */
  readonly recorded: () => Promise<void>;
  readonly failed: (unit: string, because: string) => void;
  readonly remark: (unit: Unit, text: string) => void;
  /** What happened is told before another program, which would not know of it, takes the place of this one. */
  readonly count: Uncut["count"];
}): { tell(event: AlertName, unit: Unit, because: string): void } {
  const { supervisor, clock } = options;
  const looks = new Map<string, Look>();
  const atOnce = turns(commandsAtOnce);
  let cancel: () => void = () => undefined;
  supervisor.onPass(look);
  return {
    tell: (event, unit, because) => tell(event, unit, supervisor.decisions.get(unit.name)?.phase ?? "down", because),
  };

  function look(): void {
    const { world, decisions } = supervisor;
    if (world.shuttingDown) {
      // svc is not to be kept from its end by what it would have told.
      cancel();
      return;
    }
    const now = clock.now();
    let lookAgainAt = Number.POSITIVE_INFINITY;
    for (const unit of world.units.values()) {
      const decision = decisions.get(unit.name);
      if (!decision) continue;
      const last = looks.get(unit.name);
      const state = stateOf(world, unit.name);
      // It is as it was, and well: time alone changes nothing about it.
      if (last?.state === state && last.decision === decision && !last.memory.isInTrouble) continue;
      const { memory, alerts } = findAlerts(unit, decision, last?.memory ?? noMemory, { world, now });
      looks.set(unit.name, { memory, state, decision });
      if (memory.isInTrouble && memory.upSince !== null)
        lookAgainAt = Math.min(lookAgainAt, memory.upSince + steadyAfterMs);
      const tags = `tag ${last?.memory.tag ?? "none"} -> ${memory.tag ?? "none"}`;
      for (const event of alerts)
        tell(event, unit, decision.phase, event === "deployed" ? `${tags}; ${decision.because}` : decision.because);
    }
    cancel();
    cancel = Number.isFinite(lookAgainAt) ? clock.after(Math.max(0, lookAgainAt - now), look) : () => undefined;
  }

  /** Nobody waits for it. */
  function tell(event: AlertName, unit: Unit, phase: string, because: string): void {
    const running = runAll(event, unit, phase, because).catch((error: unknown) =>
      failed(event, unit, messageOf(error)),
    );
    void options.count(`on_event of ${unit.name}`, running);
  }

  async function runAll(event: AlertName, unit: Unit, phase: string, because: string): Promise<void> {
    const own = unit.onEvent[event].map((command) => [command]);
    const hosts = (await isProgram(options.program)) ? [[options.program, event]] : [];
    const commands = [...own, ...hosts];
    if (commands.length === 0) return;
    await options.recorded();
    const input = `${JSON.stringify(about(event, unit, phase, because))}\n`;
    await Promise.all(commands.map((command) => run(command, event, unit, input)));
  }

  async function run(command: readonly string[], event: AlertName, unit: Unit, input: string): Promise<void> {
    const leave = await atOnce.take();
    try {
      const environment = [`SVC_EVENT=${event}`, `SVC_UNIT=${unit.name}`, `SVC_APP=${unit.app}`];
      const onLine = (line: string): void => options.remark(unit, `on_event ${event}: ${line}`);
      const wrong = await runOnHost({ command, environment, input, timeoutMs, clock, onLine });
      if (wrong !== null) failed(event, unit, wrong);
    } finally {
      leave();
    }
  }

  function failed(event: AlertName, unit: Unit, wrong: string): void {
    options.failed(unit.name, `on_event ${event} failed: ${wrong}`);
  }

  function about(event: AlertName, unit: Unit, phase: string, because: string): object {
    const { restarts, container, trouble, lastExit } = stateOf(supervisor.world, unit.name);
    const isBad = event === "failed" || event === "crashloop";
    const last = options.lastExit(unit.name);
    return {
      event,
      unit: unit.name,
      app: unit.app,
      host: hostname(),
      time: isoNow(clock),
      phase,
      // What is being done about it is no reason.
      because: (isBad && !badTag(unit, supervisor.world) ? (trouble?.message ?? lastExit?.words) : null) ?? because,
      tag: container?.unit === unit.name ? container.made.tag : unit.launch.ok ? unit.launch.tag : null,
      restarts,
      lastExit: last ? { ...last, lastLines: last.lastLines.slice(-tellsLines), parts: undefined } : null,
    };
  }
}

type Look = { readonly memory: Memory; readonly state: UnitState; readonly decision: Decision };

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
