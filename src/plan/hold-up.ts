import type { Unit } from "../unit/unit.ts";
import { hasMissedItsDeadline, isReady, type RunningContainer, readyAt, startDeadline } from "./conditions.ts";
import { type Decision, dueTo, rest, wait } from "./decision.ts";
import { isMet, reasonForAnother, wasReplaced } from "./dependencies.ts";
import { awaitImage } from "./next-image.ts";
import { readyWords, unhealthyWords } from "./words.ts";
import type { World } from "./world.ts";

/** What is decided about nearly every unit, at every pass. */
const isUp = rest("up", "it is ready");
const wasUp = rest("up", "it was running when svc came");

/** A container that runs and need not stop: at rest when it is ready, else watched until it is or its deadline has passed. */
export function holdUp(unit: Unit, container: RunningContainer, world: World, now: number): Decision {
  if (unit.launch.ok) {
    const reason = reasonForAnother(unit, container, world, now);
    if (reason) return dueTo(reason.dueTo, awaitImage(unit, unit.launch, reason.because, world, now));
  }
  if (unit.type === "task") return rest("up", "the task runs");
  if (container.state === "paused") return rest("degraded", "somebody paused its container; docker unpause wakes it");
  const ready = readyAt(unit, container);
  if (!unit.launch.ok && hasMissedItsDeadline(unit, container, now))
    return rest("degraded", `it was not ready in time, and cannot be started anew: ${unit.launch.message}`);
  if (ready > now)
    return wait("starting", readyWords(unit, container), Math.min(ready, startDeadline(unit, container)));
  const lost = unit.needs.find((need) => need.required && isLost(need.unit) && !isMet(need, world, now));
  if (lost) return dueTo(lost.unit, rest("degraded", `it runs, but ${lost.unit}, which it needs, is not ready`));
  if (!unit.launch.ok) {
    const gone = unit.needs.find((need) => wasReplaced(need, { container, world, now }))?.unit;
    const because = `it is tied to a ${gone} that is gone, and cannot be started anew: ${unit.launch.message}`;
    if (gone !== undefined) return dueTo(gone, rest("degraded", because));
  }
  if (!isReady(unit, world, now)) return rest("degraded", unhealthyWords(container));
  return container.adopted ? wasUp : isUp;

  /** A task that ended once has done its part, whatever becomes of it later. */
  function isLost(name: string): boolean {
    return world.units.get(name)?.type !== "task";
  }
}
