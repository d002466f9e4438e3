import { expect, test } from "vitest";
import { isReady } from "../../../src/plan/conditions.ts";
import type { Decision } from "../../../src/plan/decide.ts";
import type { Fact } from "../../../src/plan/fact.ts";
import { stateOf, type World } from "../../../src/plan/world.ts";
import type { Need, Unit } from "../../../src/unit/unit.ts";
import { link, need, unit } from "../../support/build.ts";
import {
  type Core,
  carryOut,
  crash,
  deliverAnswer,
  deliverEvent,
  die,
  keyOf,
  lawsBrokenAtRest,
  passTime,
  realCore,
  type Simulation,
  settle,
  simulate,
  tell,
} from "../../support/simulation.ts";

/**
 * Every history of three units: each pair unrelated, needing or linked; one command or death at a time, up to the budget,
 * and one crash of svc, at any moment, with calls, answers and events overtaking each other as they may. From every state
 * that can be reached the laws hold, and everything comes to rest as wished.
 */
const names = ["a", "b", "c"] as const;
type Edge = "none" | "needs" | "links";
const edges: readonly Edge[] = ["none", "needs", "links"];

function graphs(): readonly (readonly Unit[])[] {
  const all: (readonly Unit[])[] = [];
  for (const ab of edges) for (const ac of edges) for (const bc of edges) all.push(graph({ ab, ac, bc }));
  return all;
}

function graph(pairs: { ab: Edge; ac: Edge; bc: Edge }): readonly Unit[] {
  const needs = (target: string, edge: Edge): readonly Need[] =>
    edge === "none" ? [] : [edge === "links" ? link(target) : need(target)];
  return [
    unit("a"),
    unit("b", { needs: needs("a", pairs.ab) }),
    unit("c", { needs: [...needs("a", pairs.ac), ...needs("b", pairs.bc)] }),
  ];
}

type Budget = { readonly deaths: number; readonly commands: number; readonly crashes: number };
type Node = { readonly simulation: Simulation; readonly budget: Budget };

/** Walks every history from "all wanted"; returns the states seen and the laws broken. */
function explore(units: readonly Unit[], budget: Budget, core: Core = realCore): { states: number; broken: string[] } {
  const wanted = names.map((name): Fact => wish(name, "up", 0));
  const first: Node = { simulation: tell(simulate(units, core), wanted, core), budget };
  const seen = new Set<string>();
  const broken = new Set<string>();
  const stack = [first];
  for (let node = stack.pop(); node; node = stack.pop()) {
    const key = `${JSON.stringify(node.budget)}${keyOf(node.simulation)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const rest = settle(node.simulation, core);
    if (rest === null) broken.add("everything comes to rest");
    else for (const law of lawsBrokenAtRest(rest)) broken.add(law);
    if (broken.size > 0) break;
    stack.push(...steps(node, core));
  }
  return { states: seen.size, broken: [...broken] };
}

function steps({ simulation, budget }: Node, core: Core): readonly Node[] {
  const next: Node[] = [];
  const add = (after: Simulation, left: Budget = budget): void => void next.push({ simulation: after, budget: left });
  for (let index = 0; index < simulation.flights.length; index++) add(carryOut(simulation, index));
  for (let index = 0; index < simulation.answers.length; index++) add(deliverAnswer(simulation, index, core));
  if (simulation.events.length > 0) add(deliverEvent(simulation, core));
  if (simulation.flights.length + simulation.answers.length + simulation.events.length === 0) {
    const later = passTime(simulation, core);
    if (later) add(later);
  }
  if (budget.deaths > 0) {
    for (const name of names) {
      if (simulation.containers.get(name)?.state === "running")
        add(die(simulation, name), { ...budget, deaths: budget.deaths - 1 });
    }
  }
  if (budget.commands > 0) {
    const left = { ...budget, commands: budget.commands - 1 };
    for (const name of names) {
      const { wish: now } = stateOf(simulation.world, name);
      if (now.want === "up") {
        add(tell(simulation, [wish(name, "down", now.generation)], core), left);
        add(tell(simulation, [wish(name, "up", now.generation + 1)], core), left);
      } else add(tell(simulation, [wish(name, "up", now.generation)], core), left);
    }
  }
  if (budget.crashes > 0) add(crash(simulation, core), { ...budget, crashes: budget.crashes - 1 });
  return next;
}

function wish(name: string, want: "up" | "down", generation: number): Fact {
  return { fact: "wished", unit: name, wish: { want, by: "operator", generation }, anew: true };
}

test("the laws hold in every history of three units with a death or a command, and a crash of svc", () => {
  let states = 0;
  for (const units of graphs()) {
    for (const budget of [
      { deaths: 1, commands: 0, crashes: 1 },
      { deaths: 0, commands: 1, crashes: 1 },
    ]) {
      const found = explore(units, budget);
      states += found.states;
      expect({
        needs: units.map((one) => one.needs.map(({ unit: name, from }) => `${from} ${name}`)),
        broken: found.broken,
      }).toEqual({
        needs: expect.anything(),
        broken: [],
      });
    }
  }
  console.log(`${states} states explored`);
});

/** Each is a mistake that somebody could make in the core; a law must catch it, else the laws are blind. */
const planted: readonly { readonly bug: string; readonly core: Core; readonly units: readonly Unit[] }[] = [
  {
    bug: "starts without waiting for needs",
    units: graph({ ab: "needs", ac: "none", bc: "none" }),
    core: { ...realCore, decide: withoutNeeds },
  },
  {
    bug: "forgets that a link is bound to a container",
    units: graph({ ab: "links", ac: "none", bc: "none" }),
    core: { ...realCore, decide: unbound },
  },
  {
    bug: "loses deaths that come before the answer to the launch",
    units: graph({ ab: "none", ac: "none", bc: "none" }),
    core: {
      ...realCore,
      observe: (world, fact, now) =>
        fact.fact === "died" && stateOf(world, fact.unit).call ? world : realCore.observe(world, fact, now),
    },
  },
  {
    bug: "removes what still runs",
    units: graph({ ab: "none", ac: "none", bc: "none" }),
    core: { ...realCore, decide: removingAlive },
  },
  {
    bug: "forgets wishes when it crashes",
    units: graph({ ab: "none", ac: "none", bc: "none" }),
    core: {
      ...realCore,
      observe: (world, fact, now) => (fact.fact === "remembered" ? world : realCore.observe(world, fact, now)),
    },
  },
];

function withoutNeeds(world: World, now: number): ReadonlyMap<string, Decision> {
  const units = new Map([...world.units].map(([name, one]) => [name, { ...one, needs: [] }]));
  return realCore.decide({ ...world, units }, now);
}

function unbound(world: World, now: number): ReadonlyMap<string, Decision> {
  const decisions = new Map(realCore.decide(world, now));
  for (const [name, decision] of decisions) {
    if ("do" in decision && decision.do.call === "launch")
      decisions.set(name, { ...decision, do: { ...decision.do, bound: {} } });
  }
  return decisions;
}

function removingAlive(world: World, now: number): ReadonlyMap<string, Decision> {
  const decisions = new Map(realCore.decide(world, now));
  for (const [name, decision] of decisions) {
    if ("do" in decision && decision.do.call === "signal") {
      decisions.set(name, { ...decision, do: { call: "remove", id: decision.do.id } });
    }
  }
  return decisions;
}

test.each(planted)("a core that $bug is caught", ({ core, units }) => {
  const caught = [
    ...explore(units, { deaths: 1, commands: 0, crashes: 1 }, core).broken,
    ...explore(units, { deaths: 0, commands: 1, crashes: 1 }, core).broken,
  ];
  expect(caught).not.toEqual([]);
});

test("a unit that was linked to a recreated one is restarted after it", () => {
  const units = [unit("relay"), unit("site", { needs: [link("relay")] })];
  const wanted: Fact[] = [wish("relay", "up", 0), wish("site", "up", 0)];
  const up = settle(tell(simulate(units), wanted, realCore), realCore);
  expect(up?.containers.get("site")?.bound).toEqual({ relay: "c1" });
  const after = up && settle(die(up, "relay"), realCore);
  expect(after?.containers.get("relay")?.id).toBe("c3");
  expect(after?.containers.get("site")?.bound).toEqual({ relay: "c3" });
  const site = after?.world.units.get("site");
  expect(after && site && isReady(site, after.world, after.now)).toBe(true);
});
