import type { HookTime, Unit } from "../unit/unit.ts";
import type { Call } from "./call.ts";
import { isRunning, ownContainer, readyAt } from "./conditions.ts";
import type { Answer, Exit, Fact } from "./fact.ts";
import { type Container, stateOf, type World } from "./world.ts";

/** How an engine that is only imagined behaves: how long each thing takes, in ms, and what the images have. */
export type Imagined = {
  /**
   * `ready` counts from the start of the container; `stop` from the signal to the end, Infinity: it ends by SIGKILL only; `run`: a
   * task; a hook's time: all that the unit has of them.
   */
  readonly takes: (unit: Unit, what: "pull" | "launch" | "ready" | "stop" | "remove" | "run" | HookTime) => number;
  readonly hasHealthcheck: (unit: Unit) => boolean;
};

/** A fact that will come. */
export type Promised = { readonly at: number; readonly fact: Fact };

/** The engine passes a signal on at once; what the container makes of it takes its time. */
const signalMs = 5;

const endedWell: Exit = { code: 0, signal: null, oom: false, words: "exit 0", luck: 0.5 };
const killed: Exit = { code: 137, signal: "SIGKILL", oom: false, words: "exit 137 (SIGKILL)", luck: 0.5 };

/** What a call brings about, and when. */
export function consequences(
  name: string,
  call: Call,
  world: World,
  askedAt: number,
  { imagined, number }: { readonly imagined: Imagined; readonly number: number },
): readonly Promised[] {
  const unit = world.units.get(name);
  if (!unit) return [];
  const hooks = hooksBefore(unit, call, world);
  const now = askedAt + (hooks === null ? 0 : imagined.takes(unit, hooks));
  const answer = (at: number, words: Answer = { ok: true }): Promised => ({
    at,
    fact: { fact: "answered", unit: name, call, answer: words, luck: 0.5 },
  });
  switch (call.call) {
    case "pull":
      return [answer(now + imagined.takes(unit, "pull"))];
    case "fetch": {
      const fact: Fact = { fact: "fetched", unit: name, image: call.image, problem: null, luck: 0.5 };
      return [answer(now), { at: now + imagined.takes(unit, "pull"), fact }];
    }
    case "launch": {
      const at = now + imagined.takes(unit, "launch");
      const container = launched(unit, call, `${name} to be (${number})`, at, imagined);
      return [answer(at, { ok: true, container }), ...lifeOf(unit, container, at, imagined)];
    }
    case "signal":
      return [answer(now + signalMs), ...end(name, call.id, now + imagined.takes(unit, "stop"), endedWell)];
    case "kill":
      return [answer(now + signalMs), ...end(name, call.id, now + signalMs, killed)];
    case "release":
    case "put-back":
      return [answer(now)];
    case "remove":
      return [answer(now + imagined.takes(unit, "remove"))];
    default:
      return call satisfies never;
  }
}

/** Which of the unit's hooks are run before the engine hears of a call; null: none, or it has none of that time. */
export function hooksBefore(unit: Unit, call: Call, world: World): HookTime | null {
  const when = timeBefore(unit, call, world);
  return when !== null && unit.hooks[when].length > 0 ? when : null;
}

/** Only a container that is stopped because that was asked for, and can answer, is told before; only the unit's own ends for it. */
function timeBefore(unit: Unit, call: Call, world: World): HookTime | null {
  if (call.call === "launch") return "preStart";
  if (call.call !== "signal" && call.call !== "remove") return null;
  const container = ownContainer(unit, world);
  if (container?.id !== call.id) return null;
  if (call.call === "remove") return "postStop";
  return container.state === "running" && (call.why === "unwanted" || call.why === "replaced") ? "preStop" : null;
}

/** What is on its way when nothing new is asked: answers to calls, ends of what was told to end, readiness of what starts. */
export function comingAlready(world: World, now: number, imagined: Imagined): readonly Promised[] {
  return [...world.units.values()].flatMap((unit) => {
    const { call, container } = stateOf(world, unit.name);
    const coming = call ? consequences(unit.name, call.call, world, now, { imagined, number: 0 }) : [];
    if (!isRunning(container)) return coming;
    // A foreign one that was told to go ends too.
    const stopping = container.stopping
      ? end(unit.name, container.id, now + imagined.takes(unit, "stop"), endedWell)
      : [];
    const isOwn = ownContainer(unit, world) !== null;
    return [...coming, ...stopping, ...(isOwn ? lifeOf(unit, container, now, imagined) : [])];
  });
}

function launched(
  unit: Unit,
  call: Extract<Call, { call: "launch" }>,
  id: string,
  startedAt: number,
  imagined: Imagined,
): Container {
  const launch = unit.launch.ok ? unit.launch : null;
  return {
    id,
    name: unit.container,
    state: "running",
    unit: unit.name,
    generation: call.generation,
    revision: launch?.revision ?? "",
    bound: call.bound,
    made: { image: launch?.image ?? "", imageId: "", tag: launch?.tag ?? null, parts: launch?.parts ?? {} },
    startedAt,
    watchedSince: startedAt,
    adopted: false,
    health: imagined.hasHealthcheck(unit) ? "starting" : "none",
    probedReadyAt: null,
    stopping: null,
  };
}

/** What a container that runs does by itself: a task ends, a service gets ready. */
function lifeOf(unit: Unit, container: Container, now: number, imagined: Imagined): readonly Promised[] {
  if (unit.type === "task") return end(unit.name, container.id, now + imagined.takes(unit, "run"), endedWell);
  if (readyAt(unit, container) !== Number.POSITIVE_INFINITY) return [];
  const about = { unit: unit.name, id: container.id };
  const at = now + imagined.takes(unit, "ready");
  const waitsForHealth = unit.ready.how === "healthy" || unit.ready.how === "auto";
  const isReady: Fact = waitsForHealth
    ? { fact: "health", ...about, health: "healthy" }
    : { fact: "probed-ready", ...about };
  return [{ at, fact: isReady }];
}

function end(unit: string, id: string, at: number, exit: Exit): readonly Promised[] {
  return Number.isFinite(at) ? [{ at, fact: { fact: "died", unit, id, exit } }] : [];
}
