import type { Unit } from "../unit/unit.ts";
import type { RunningContainer } from "./conditions.ts";
import { ask, type Decision, dueTo, wait, waitFor } from "./decision.ts";
import { dependentsOf, mustStop, type Stop } from "./dependencies.ts";
import { seconds } from "./words.ts";
import { stateOf, type World } from "./world.ts";

/** How long the engine may owe us a `die` after SIGKILL before we drop our own reader of that container, or kill again. */
const dieWithinMs = 5_000;

/** The way down of a container that must stop: dependents first, the stop signal, the grace, kill. */
export function bringDown(
  what: { readonly unit: Unit; readonly container: RunningContainer; readonly stop: Stop },
  world: World,
  now: number,
): Decision {
  const { unit, container, stop } = what;
  if (!container.stopping) {
    const first = firstToStop(unit, world, now);
    const signal = ask({ call: "signal", id: container.id, why: stop.why }, "stopping", stop.because);
    return first ?? dueTo(stop.dueTo, signal);
  }
  const { signalledAt, killedAt, releasedAt } = container.stopping;
  if (killedAt === null) {
    const until = signalledAt + unit.stopGraceMs;
    const grace = seconds(unit.stopGraceMs);
    if (now < until) return dueTo(stop.dueTo, wait("stopping", `${stop.because}; it has ${grace} to end`, until));
    return ask({ call: "kill", id: container.id }, "stopping", `it did not end within ${grace}`);
  }
  const until = Math.max(killedAt, releasedAt ?? killedAt) + dieWithinMs;
  if (now < until) return wait("stopping", "it was killed", until);
  // A kill that was refused is not the last: release and kill take turns until it is gone.
  const released = releasedAt !== null && releasedAt >= killedAt;
  return ask(
    { call: released ? "kill" : "release", id: container.id },
    "stopping",
    "the engine is slow to say that it died",
  );
}

/** Only when a launch is answered is it known whether what is being launched must stop too. */
function firstToStop(unit: Unit, world: World, now: number): Decision | null {
  for (const other of dependentsOf(unit, world)) {
    const who = `${other.name}, which ${other.after.includes(unit.name) ? "starts after it" : "needs it"}`;
    if (mustStop(other, world, now) !== null) return waitFor(other.name, "stopping", `${who}, stops first`);
    if (stateOf(world, other.name).call?.call.call === "launch")
      return waitFor(other.name, "stopping", `${who}, is being started`);
  }
  return null;
}
