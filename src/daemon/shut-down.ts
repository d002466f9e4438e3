import type { Clock } from "../clock/clock.ts";
import { ownScript } from "../control/own-program.ts";
import { isRunning, ownContainer } from "../plan/conditions.ts";
import { stateOf } from "../plan/world.ts";
import { SvcError } from "../svc-error.ts";
import type { Unit } from "../unit/unit.ts";
import type { Supervisor } from "./supervisor.ts";

export type Ending = "SIGTERM" | "SIGINT" | "reexec";

/** Resolves with what ends this daemon. */
export function awaitEnding(): { readonly ending: Promise<Ending>; readonly reexec: () => void } {
  const { promise: ending, resolve } = Promise.withResolvers<Ending>();
  process.once("SIGTERM", () => resolve("SIGTERM"));
  process.once("SIGINT", () => resolve("SIGINT"));
  return { ending, reexec: () => resolve("reexec") };
}

const slackMs = 30_000;

/** A container that cannot be stopped, or an engine that is away, must not hold up a shutdown for ever. */
export function stopWithinMs({ world }: Supervisor): number {
  return [...world.units.values()].reduce((sum, unit) => sum + unit.stopGraceMs + hooksMs(unit), slackMs);
}

function hooksMs({ hooks }: Unit): number {
  return [...hooks.preStop, ...hooks.postStop].reduce((sum, hook) => sum + hook.timeoutMs, 0);
}

/** Stops every unit, dependents first, in every world; resolves when all are down, or when waiting has no more point. */
export async function stopAll(worlds: readonly Supervisor[], clock: Clock): Promise<void> {
  for (const supervisor of worlds) supervisor.tell({ fact: "shutting-down" });
  const late = new AbortController();
  const cancel = clock.after(Math.max(...worlds.map(stopWithinMs)), () => late.abort());
  await Promise.all(
    worlds.map((supervisor) =>
      supervisor.until(() => (isDown(supervisor) ? true : null), late.signal).catch(() => undefined),
    ),
  );
  cancel();
}

function isDown({ world }: Supervisor): boolean {
  if (world.engine.state !== "up") return true;
  return ![...world.units.values()].some(
    (unit) => stateOf(world, unit.name).call || isRunning(ownContainer(unit, world)),
  );
}

/** What those are told who wait for an answer then. */
export const replaced = new SvcError("daemon-replaced", "svc was replaced (svc reexec) before it answered", {
  hint: "svc status",
});

/** Replaces this program by the one that is on the disk now, in the same process: systemd sees no end. Does not return. */
export function replaceProgram(args: readonly string[]): void {
  process.execve?.(process.execPath, [process.argv0, ...ownScript(), "daemon", ...args], process.env);
}
