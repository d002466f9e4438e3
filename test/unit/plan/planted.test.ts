import { expect, test } from "vitest";
import { type Decision, decide } from "../../../src/plan/decide.ts";
import type { Fact } from "../../../src/plan/fact.ts";
import { observe } from "../../../src/plan/observe.ts";
import { type Container, stateOf, type UnitState, type World, withState } from "../../../src/plan/world.ts";
import type { Unit } from "../../../src/unit/unit.ts";
import { container, link, need, unit } from "../../support/build.ts";
import { type Budget, explore } from "../../support/explore.ts";
import { type Core, realCore, simulate } from "../../support/simulation.ts";
import { laws } from "./laws.ts";

/**
 * Mistakes that somebody could make in the core. For each law there is one at least that this very law catches, else the law
 * is blind. What a mistake does to a condition is done here to the world that the condition is asked about.
 */
type Planted = {
  readonly law: keyof typeof laws;
  readonly mistake: string;
  readonly core: Core;
  readonly units?: readonly Unit[];
  readonly budget?: Partial<Budget>;
  readonly stubborn?: readonly string[];
  readonly containers?: readonly Container[];
};

const chain = [unit("a"), unit("b", { needs: [need("a")] })];
const linked = [unit("a"), unit("b", { needs: [link("a")] })];
const task = [unit("a", { type: "task" }), unit("b", { needs: [need("a", { until: "completed" })] })];
/** It runs with another tag than it will be started with. */
const tagZero = [container("a.0", { made: { image: "", imageId: "", tag: "0", parts: {} } })];
const mayEnd = [unit("a", { respawn: { enabled: true, normalExit: [1], limit: null, onLimit: "delay" } })];

const planted: readonly Planted[] = [
  { law: "needs", mistake: "does not wait for needs", core: seeing((world) => everyUnit(world, { needs: [] })) },
  {
    law: "needs",
    mistake: "takes what runs for ready",
    core: seeing((world) => everyUnit(world, { ready: { how: "after", afterMs: 0 } })),
  },
  {
    law: "needs",
    mistake: "takes a task for ready while it works",
    units: task,
    core: seeing((world) => {
      const works = everyUnit(world, { type: "service", ready: { how: "after", afterMs: 0 } }, "a");
      return everyUnit(works, { needs: [need("a")] }, "b");
    }),
  },
  {
    law: "order",
    mistake: "stops without waiting for dependents",
    core: deciding((decision, name, world) => {
      const id = stateOf(world, name).container?.id;
      if (!("wait" in decision) || decision.phase !== "stopping" || decision.dueTo === undefined || !id)
        return decision;
      return { ...decision, do: { call: "signal", id, why: "unwanted" } };
    }),
  },
  {
    law: "single",
    mistake: "starts beside a dead container",
    core: deciding((decision) => {
      if (!("do" in decision) || decision.do.call !== "remove") return decision;
      return { ...decision, do: { call: "launch", generation: 0, bound: {} } };
    }),
  },
  {
    law: "oneCall",
    mistake: "does not look whether a call is in flight",
    core: seeing((world) => everyState(world, () => ({ call: null }))),
  },
  {
    law: "settles",
    mistake: "looks at what is up again and again",
    core: deciding((decision, _, __, now) =>
      decision.phase === "up" ? { wait: true, phase: "up", because: "", until: now } : decision,
    ),
  },
  {
    law: "settles",
    mistake: "makes containers of the generation before",
    budget: { commands: 1 },
    core: deciding((decision) => {
      if (!("do" in decision) || decision.do.call !== "launch") return decision;
      return { ...decision, do: { ...decision.do, generation: Math.max(0, decision.do.generation - 1) } };
    }),
  },
  {
    law: "budget",
    mistake: "forgets a death that comes before the answer to the launch",
    budget: { deaths: 1 },
    core: hearing((world, fact, now) => {
      const isEarly = fact.fact === "died" && stateOf(world, fact.unit).call !== null;
      return isEarly ? world : observe(world, fact, now);
    }),
  },
  {
    law: "actual",
    mistake: "leaves what has waited for a need where it is",
    core: deciding((decision, name) =>
      "do" in decision && decision.do.call === "launch" && name === "b"
        ? { rest: true, phase: "waiting", because: "" }
        : decision,
    ),
  },
  {
    law: "actual",
    mistake: "never takes away the container of what is not wanted",
    core: deciding((decision) =>
      "do" in decision && decision.do.call === "remove" && decision.phase === "stopping"
        ? { rest: true, phase: "down", because: "" }
        : decision,
    ),
  },
  {
    law: "stop",
    mistake: "starts again what ended while it was being stopped",
    core: seeing((world) =>
      everyState(world, ({ wish, container }) => (container ? {} : { wish: { ...wish, want: "up" } })),
    ),
  },
  {
    law: "once",
    mistake: "forgets that a restart was asked for",
    core: hearing((world, fact, now) => {
      const isRestart = fact.fact === "wished" && fact.wish.generation > 0;
      return isRestart ? world : observe(world, fact, now);
    }),
  },
  {
    law: "once",
    mistake: "runs a task again that ended well",
    units: task,
    core: hearing((world, fact, now) => everyState(observe(world, fact, now), () => ({ finished: null }))),
  },
  {
    law: "link",
    mistake: "does not note which container it is linked to",
    units: linked,
    core: deciding((decision) => {
      if (!("do" in decision) || decision.do.call !== "launch") return decision;
      return { ...decision, do: { ...decision.do, bound: {} } };
    }),
  },
  {
    law: "grace",
    mistake: "kills at once",
    stubborn: ["a", "b"],
    core: deciding((decision, name, world) => {
      const id = stateOf(world, name).container?.id;
      if (!("wait" in decision) || decision.phase !== "stopping" || decision.until === null || !id) return decision;
      return { ...decision, do: { call: "kill", id } };
    }),
  },
  {
    law: "reason",
    mistake: "removes by force what runs",
    core: deciding((decision) =>
      "do" in decision && decision.do.call === "signal"
        ? { ...decision, do: { call: "remove", id: decision.do.id } }
        : decision,
    ),
  },
  {
    law: "reason",
    mistake: "stops what needs something that died",
    core: deciding((decision, name, world) => {
      const id = stateOf(world, name).container?.id;
      if (decision.phase !== "degraded" || !id) return decision;
      return { do: { call: "signal", id, why: "replaced" }, phase: "stopping", because: "" };
    }),
  },
  {
    law: "reason",
    mistake: "gives up what runs for an image that nobody has looked for",
    units: linked,
    containers: [
      container("a.0"),
      container("b.0", { bound: { a: "a.0" }, made: { image: "b:0", imageId: "", tag: "0", parts: {} } }),
    ],
    budget: { deaths: 1 },
    core: seeing((world) => everyState(world, () => ({ nextImage: { image: "b:1", times: 0, is: "here" } }))),
  },
  {
    law: "budget",
    mistake: "counts what the engine took with it",
    budget: { outages: 1 },
    core: hearing((world, fact, now) =>
      fact.fact === "listed" && world.engine.state === "away"
        ? observe({ ...world, engine: { state: "up" } }, fact, now)
        : observe(world, fact, now),
    ),
  },
  {
    law: "budget",
    mistake: "counts a restart that was asked for",
    core: hearing((world, fact, now) => {
      const next = observe(world, fact, now);
      if (fact.fact !== "died" || stateOf(world, fact.unit).container?.stopping?.why !== "replaced") return next;
      return withState(next, fact.unit, { restarts: stateOf(next, fact.unit).restarts + 1 });
    }),
  },
  {
    law: "crash",
    mistake: "forgets in a crash what has finished",
    units: mayEnd,
    core: hearing((world, fact, now) =>
      observe(world, fact.fact === "remembered" ? { ...fact, state: { ...fact.state, finished: null } } : fact, now),
    ),
  },
  {
    law: "trial",
    mistake: "starts a tag that failed again",
    units: [unit("a")],
    containers: tagZero,
    budget: { deaths: 4 },
    core: seeing((world) => everyUnit(world, { onBadTag: "ignore" })),
  },
  {
    law: "trial",
    mistake: "puts back the tag that failed",
    units: [unit("a", { onBadTag: "revert" })],
    containers: tagZero,
    budget: { deaths: 4 },
    core: deciding((decision) =>
      "do" in decision && decision.do.call === "put-back"
        ? { ...decision, do: { ...decision.do, to: decision.do.from } }
        : decision,
    ),
  },
  {
    law: "trial",
    mistake: "blames a restart that was asked for on the tag",
    units: [unit("a")],
    budget: { commands: 1 },
    core: hearing((world, fact, now) => {
      const next = observe(world, fact, now);
      if (fact.fact !== "died" || stateOf(world, fact.unit).container?.stopping?.why !== "replaced") return next;
      const { trial } = stateOf(next, fact.unit);
      return withState(next, fact.unit, {
        trial: { ...trial, ends: trial.ends + 1, tag: stateOf(world, fact.unit).trial.tag },
      });
    }),
  },
];

test.each(planted)(
  "a core that $mistake breaks the law about $law",
  ({ law, core, units = chain, budget, stubborn, containers = [] }) => {
    const start = simulate(units, { core, asked: units.map(({ name }) => name), stubborn: stubborn ?? [], containers });
    const none: Budget = { deaths: 0, commands: 0, crashes: 0, outages: 0 };
    const found = explore(start, { ...none, ...(budget ?? { deaths: 1, commands: 1, crashes: 1 }) });
    expect(found.broken.map((words) => words.split(":")[0])).toContain(laws[law]);
  },
);

test("every law has a mistake that it catches", () => {
  expect(new Set(planted.map(({ law }) => law))).toEqual(new Set(Object.keys(laws)));
});

/** A core that decides upon another world than there is. */
function seeing(change: (world: World) => World): Core {
  return { ...realCore, decide: (world, now) => decide(change(world), now) };
}

function deciding(change: (decision: Decision, unit: string, world: World, now: number) => Decision): Core {
  return {
    ...realCore,
    decide: (world, now) =>
      new Map([...decide(world, now)].map(([name, decision]) => [name, change(decision, name, world, now)])),
  };
}

function hearing(change: (world: World, fact: Fact, now: number) => World): Core {
  return { ...realCore, observe: change };
}

function everyUnit(world: World, change: Partial<Unit>, only?: string): World {
  const changed = [...world.units].map(
    ([name, one]) => [name, only && only !== name ? one : { ...one, ...change }] as const,
  );
  return { ...world, units: new Map(changed) };
}

function everyState(world: World, change: (state: UnitState) => Partial<UnitState>): World {
  return {
    ...world,
    states: new Map([...world.states].map(([name, state]) => [name, { ...state, ...change(state) }])),
  };
}
