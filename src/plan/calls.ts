import type { Call } from "./call.ts";
import { engineLost } from "./engine-news.ts";
import type { Answer, Fact } from "./fact.ts";
import { fetched, fetching } from "./next-image.ts";
import { delayOf } from "./restart-limit.ts";
import { type Container, stateOf, type Trouble, type UnitState, type World, withHealth, withState } from "./world.ts";

/** A call is under way. What it will do to its container is noted now: its end may be seen before the answer. */
export function called(world: World, unit: string, call: Call, now: number): World {
  const next = withState(world, unit, { call: { call, since: now } });
  const { container } = stateOf(next, unit);
  if (call.call === "fetch") return fetching(next, unit, call.image);
  if (!("id" in call) || call.call === "remove") return next;
  if (container?.id !== call.id) return next;
  if (call.call === "signal") {
    const stopping = container.stopping ?? { why: call.why, signalledAt: now, killedAt: null, releasedAt: null };
    return withState(next, unit, { container: { ...container, stopping } });
  }
  if (!container.stopping) return next;
  const at = call.call === "kill" ? { killedAt: now } : { releasedAt: now };
  return withState(next, unit, { container: { ...container, stopping: { ...container.stopping, ...at } } });
}

export function answered(world: World, fact: Extract<Fact, { fact: "answered" }>, now: number): World {
  const { unit, call, answer, luck } = fact;
  const next = withState(world, unit, { call: null });
  if (answer.ok) return succeeded(next, unit, call, answer.container ?? null, now);
  return failed(next, unit, call, answer, { now, luck });
}

function succeeded(world: World, unit: string, call: Call, made: Container | null, now: number): World {
  const { container, pulled } = stateOf(world, unit);
  switch (call.call) {
    case "pull":
      return withState(world, unit, { pulled: pulledBy(call), missingImage: null });
    case "launch": {
      if (!made) return world;
      // The start event may have come before the answer, and the death too.
      const known = container?.id === made.id && container.state !== "created" ? container : null;
      return withState(world, unit, {
        trouble: null,
        missingImage: null,
        nextImage: null,
        // The image may be removed by hand later on: then it is to be pulled once more.
        pulled: pulled?.forStart ? pulled : null,
        container: known ?? withHealth(made, made, now),
      });
    }
    case "remove":
      return container?.id === call.id ? withState(world, unit, { container: null }) : world;
    case "signal":
      return graceBegins(world, unit, call.id, now);
    case "put-back":
      return notPutBack(world, unit, `TAG says ${call.to} again, and the unit still has ${call.from}`);
    case "fetch":
    case "kill":
    case "release":
      return world;
    default:
      return call satisfies never;
  }
}

function pulledBy({ image, forStart }: Extract<Call, { call: "pull" }>): UnitState["pulled"] {
  return { image, forStart };
}

/** Only of a trial that has failed and has not been begun anew meanwhile. */
function notPutBack(world: World, unit: string, why: string): World {
  const { trial } = stateOf(world, unit);
  return trial.failed ? withState(world, unit, { trial: { ...trial, notPutBack: why } }) : world;
}

/** A slow engine takes nothing off the grace: it begins when the signal is known to be sent. */
function graceBegins(world: World, unit: string, id: string, now: number): World {
  const { container } = stateOf(world, unit);
  if (container?.id !== id || !container.stopping) return world;
  return withState(world, unit, { container: { ...container, stopping: { ...container.stopping, signalledAt: now } } });
}

/** When it was refused, and the jitter of the delay that follows. */
type Moment = { readonly now: number; readonly luck: number };

type Refusal = Extract<Answer, { ok: false }>;

function failed(world: World, unit: string, call: Call, refusal: Refusal, at: Moment): World {
  if (refusal.kind === "away") return engineLost(unsignalled(world, unit, call), at.now);
  if (refusal.kind === "not-wanted") return world;
  if (refusal.kind === "name-in-use") return withState(world, unit, { container: refusal.holder });
  switch (call.call) {
    case "put-back":
      return notPutBack(world, unit, refusal.message);
    case "launch":
      return refusal.kind === "no-such-image"
        ? imageMissing(world, unit, refusal, at)
        : inTrouble(world, unit, { kind: "cannot-start", message: refusal.message }, at);
    case "pull": {
      const { missingImage } = stateOf(world, unit);
      // With the policy `always` a registry that is down must not keep down what could run: the local image is tried.
      if (call.forStart !== null && missingImage !== call.image)
        return withState(world, unit, { pulled: pulledBy(call) });
      // Somebody may have loaded or built it meanwhile: the engine is asked first when it is tried again.
      const asked = withState(world, unit, { missingImage: null, pulled: null });
      return inTrouble(asked, unit, { kind: "pull-failed", message: refusal.message }, at);
    }
    case "remove":
      return inTrouble(world, unit, { kind: "cannot-start", message: refusal.message }, at);
    case "signal":
      // What comes after the grace is stronger.
      return graceBegins(world, unit, call.id, at.now);
    case "fetch":
      return fetched(world, { unit, image: call.image, problem: refusal.message, luck: at.luck }, at.now);
    case "kill":
    case "release":
      return world;
    default:
      return call satisfies never;
  }
}

/** The image is to be pulled, at once if that was not tried just now. */
function imageMissing(world: World, unit: string, refusal: Refusal, at: Moment): World {
  const launch = world.units.get(unit)?.launch;
  const trouble = { kind: "cannot-start", message: refusal.message } as const;
  if (!launch?.ok || launch.pull === "never") return inTrouble(world, unit, trouble, at);
  const { pulled } = stateOf(world, unit);
  const next = withState(world, unit, { missingImage: launch.image });
  return pulled?.image === launch.image ? inTrouble(next, unit, trouble, at) : next;
}

function inTrouble(world: World, unit: string, trouble: Pick<Trouble, "kind" | "message">, at: Moment): World {
  const times = (stateOf(world, unit).trouble?.times ?? 0) + 1;
  return withState(world, unit, { trouble: { ...trouble, times, until: at.now + delayOf(times, at.luck) } });
}

/** A signal that the engine did not hear is sent again when it is back, and the grace begins then. */
function unsignalled(world: World, unit: string, call: Call): World {
  const { container } = stateOf(world, unit);
  if (call.call !== "signal" || container?.id !== call.id) return world;
  return withState(world, unit, { container: { ...container, stopping: null } });
}
