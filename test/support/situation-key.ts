import type { Call } from "../../src/plan/call.ts";
import { type Container, type StopReason, stateOf } from "../../src/plan/world.ts";
import type { Simulation } from "./simulation.ts";

/**
 * Keys by which two situations are the same: they go on alike, however they came about and however long ago.
 * - Instants are ages, and an age that no rule can tell from a greater one is cut off there (`longestMs`).
 * - Containers are numbered from the newest of their unit backwards: rules only ever compare ids.
 * - Answers, and events of different units, are let through in any order, so how they lie is left out.
 * - Words, `since` of a call and the count of restarts are left out: no rule looks at them, where no image is pulled anew.
 *
 * There are few situations of one unit, in very many combinations: each is numbered, and a key is made of the units' numbers
 * and one for what is under way.
 */
export function situationKeys(longestMs: number): (simulation: Simulation, rest: number) => string {
  const numbers = new Map<string, number>();
  return (simulation, rest) => {
    const { unitKey, underWay } = partKeys(simulation, longestMs);
    const codes = [rest];
    add(underWay());
    for (const name of simulation.world.units.keys()) add(unitKey(name));
    return String.fromCharCode(...codes);

    function add(part: string): void {
      let number = numbers.get(part);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(part, number);
      }
      codes.push(number & 0x7fff, number >> 15);
    }
  };
}

const letters: { readonly [word in Container["state"] | StopReason]: string } = {
  created: "c",
  running: "r",
  paused: "p",
  restarting: "t",
  removing: "m",
  exited: "x",
  dead: "d",
  unwanted: "u",
  replaced: "l",
  unhealthy: "h",
  "start-timeout": "o",
  foreign: "f",
};

function partKeys(simulation: Simulation, longestMs: number) {
  const { world, containers, asked, done, signalled, now } = simulation;
  return { unitKey, underWay };

  function unitKey(name: string): string {
    const state = stateOf(world, name);
    const { wish } = state;
    let key = `${wish.want === "up" ? "u" : "d"}${wish.generation}`;
    if (asked.get(name) !== wish) key += `!${asked.get(name)?.want}${asked.get(name)?.generation}`;
    if (done.has(name)) key += `+${done.get(name)}`;
    key += containerKey(state.container);
    const actual = containers.get(name);
    key += actual === undefined ? "|" : `|${containerKey(actual)}${age(signalled.get(actual.id) ?? null)}`;
    const links = actual && simulation.links.get(actual.id);
    for (const target in links) key += `~${target}${idKey(links[target] ?? "")}`;
    if (actual && actual.state !== "running") key += simulation.exits.get(actual.id)?.code ?? "";
    if (state.call) key += callKey(state.call.call);
    for (const at of state.respawns) key += `r${age(at)}`;
    if (state.backoff) key += `b${state.backoff.streak}/${state.backoff.delayMs}/${age(state.backoff.until)}`;
    if (state.trouble) key += `t${state.trouble.kind}${state.trouble.times}/${age(state.trouble.until)}`;
    if (state.finished) key += `f${state.finished.ok}/${age(state.lastExit?.at ?? null)}`;
    const { former, since, ends, failed, notPutBack } = state.trial;
    if (former !== null) key += `T${former}${age(since)}/${ends}${failed ? "!" : ""}${notPutBack ? "-" : ""}`;
    const next = state.nextImage;
    if (next) key += `i${next.image}${next.is}${next.times}${next.is === "missing" ? age(next.until) : ""}`;
    if (state.missingImage || state.pulled)
      key += `p${state.missingImage}${state.pulled?.image}${state.pulled?.forStart}`;
    return key;
  }

  function underWay(): string {
    let key = `${simulation.engineUp ? "" : "!"}${simulation.patrolDue ? "?" : ""}${world.engine.state[0]}${world.shuttingDown ? "!" : ""}`;
    if (world.engine.state === "away") key += age(world.engine.since);
    for (const { unit, call, created } of simulation.flights) key += `>${unit}${callKey(call)}${created ? "c" : ""}`;
    const answers = simulation.answers.map(
      ({ unit, call, answer }) => `<${unit}${callKey(call)}${answer.ok ? "" : answer.kind}`,
    );
    if (answers.length > 1) answers.sort();
    key += answers.join("");
    for (const name of simulation.events.length > 0 ? world.units.keys() : []) {
      for (const event of simulation.events) {
        if (event.unit !== name) continue;
        if (event.fact === "fetched") {
          key += `*i${name}${event.image}${event.problem === null}`;
          continue;
        }
        key += `*${event.fact[0]}${name}${idKey(event.id)}`;
        if (event.fact === "died") key += event.exit.code;
      }
    }
    for (const [what, refusals] of simulation.refusals) key += refusals.length > 0 ? `${what}${refusals.length}` : "";
    return key;
  }

  function containerKey(container: Container | null): string {
    if (!container) return "-";
    const { id, state, unit, generation, stopping, health, bound, startedAt } = container;
    let key = `${idKey(id)}${letters[state]}${unit === null ? "!" : ""}${generation}/${age(startedAt)}`;
    if (health !== "none") key += `${health}${age(container.watchedSince)}${age(container.probedReadyAt)}`;
    for (const name in bound) key += `=${name}${idKey(bound[name] ?? "")}`;
    if (stopping)
      key += `${letters[stopping.why]}${age(stopping.signalledAt)}${age(stopping.killedAt)}${age(stopping.releasedAt)}`;
    return key;
  }

  function callKey(call: Call): string {
    switch (call.call) {
      case "pull":
        return "p";
      case "fetch":
        return `i${call.image}`;
      case "launch": {
        let key = `l${call.generation}`;
        for (const name in call.bound) key += `=${name}${idKey(call.bound[name] ?? "")}`;
        return key;
      }
      case "put-back":
        return `b${call.to}`;
      case "signal":
        return `s${idKey(call.id)}${letters[call.why]}`;
      case "kill":
      case "release":
      case "remove":
        return `${call.call.slice(0, 3)}${idKey(call.id)}`;
      default:
        return call satisfies never;
    }
  }

  function idKey(id: string): string {
    const dot = id.indexOf(".");
    return String((simulation.made.get(id.slice(0, dot)) ?? 0) - Number(id.slice(dot + 1)));
  }

  function age(at: number | null): string {
    return at === null ? "-" : String(Math.min(longestMs, now - at));
  }
}
