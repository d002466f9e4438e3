import { conflictsOf } from "../graph/conflicts.ts";
import type { Unit } from "../unit/unit.ts";
import { type Container, type LastExit, stateOf, type World } from "./world.ts";

/** Reasons, as `svc status` shows them. */

export function whyDown(unit: Unit, world: World): string {
  const { wish } = stateOf(world, unit.name);
  if (world.shuttingDown) return "svc is shutting down";
  if (wish.by !== "nobody") return `${wish.by} asked for it to be down`;
  const other = conflictsOf(unit.name, world.units).find((name) => stateOf(world, name).wish.want === "up");
  return other === undefined
    ? "nobody asked for it"
    : `nobody asked for it; it and ${other}, which is to be up, exclude each other`;
}

/** Of one whose container is dead and goes: what was asked for, or how it ended. */
export function whyOver({ name }: Unit, { stopping, state }: Container, world: World): string {
  const { lastExit, wish } = stateOf(world, name);
  if (state === "created") return "its last container was never started";
  const why = stopping?.why;
  switch (why) {
    case "unhealthy":
      return "it was stopped, for its healthcheck said unhealthy";
    case "start-timeout":
      return "it was stopped, for it was not ready in time";
    case "unwanted":
    case "replaced":
    case "foreign":
      return wish.want === "down" || world.shuttingDown ? "it has stopped" : "it was stopped to be started anew";
    case undefined:
      return lastExit ? endWords(lastExit) : "it has ended";
    default:
      return why satisfies never;
  }
}

/** `it ended: exit 1`. */
export function endWords({ words, isSentence }: LastExit): string {
  return isSentence ? words : `it ended: ${words}`;
}

/** Why a container that runs is not ready yet. */
export function readyWords(unit: Unit, container: Container): string {
  const answer = container.answer === undefined ? "" : `: ${container.answer}`;
  switch (unit.ready.how) {
    case "auto":
      return container.health === "none"
        ? `it counts as ready after ${seconds(unit.ready.afterMs)}`
        : `its healthcheck has not passed yet${lastCheckWords(container)}`;
    case "after":
      return `it counts as ready after ${seconds(unit.ready.afterMs)}`;
    case "healthy":
      return container.health === "none"
        ? "it has no healthcheck to become ready by"
        : `its healthcheck has not passed yet${lastCheckWords(container)}`;
    case "tcp":
      return `nothing answers on its port ${unit.ready.port} yet${answer}`;
    case "http":
      return `no good answer from port ${unit.ready.port}${unit.ready.path} yet${answer}`;
    case "log":
      return "the line that means ready has not come yet";
    default:
      return unit.ready satisfies never;
  }
}

export function unhealthyWords(container: Container): string {
  return `its healthcheck says unhealthy${lastCheckWords(container)}`;
}

function lastCheckWords({ lastCheck }: Container): string {
  return lastCheck ? `: ${lastCheck}` : "";
}

export function seconds(ms: number): string {
  return `${ms / 1000} s`;
}
