import type { Exit } from "../../src/plan/fact.ts";
import { type Container, emptyWorld, freshState, type UnitState, type World } from "../../src/plan/world.ts";
import type { Need, Unit } from "../../src/unit/unit.ts";

/** A unit with defaults; a test states only what matters. */
export function unit(name: string, change: Partial<Unit> = {}): Unit {
  return {
    name,
    file: `/units/${name}.yml`,
    sources: [],
    description: "",
    app: name,
    tagFile: `/var/www/${name}/TAG`,
    container: name,
    type: "service",
    enabled: true,
    needs: [],
    after: [],
    before: [],
    conflicts: [],
    respawn: { enabled: true, normalExit: [], limit: { count: 10, windowMs: 300_000 }, onLimit: "delay" },
    onBadTag: "hold",
    ready: { how: "after", afterMs: 1_000 },
    onUnhealthy: "ignore",
    startTimeoutMs: 60_000,
    pullTimeoutMs: 900_000,
    stopSignal: null,
    stopGraceMs: 10_000,
    update: "stop-first",
    listen: [],
    breakers: [],
    hooks: { preStart: [], postStart: [], preStop: [], postStop: [] },
    onEvent: { failed: [], crashloop: [], recovered: [], deployed: [], reverted: [] },
    log: { maxSizeBytes: 1e7, maxFiles: 5 },
    launch: {
      ok: true,
      image: `${name}:1`,
      tag: "1",
      isTagOfFile: false,
      pull: "missing",
      create: { name, platform: null, body: { Image: `${name}:1` } },
      revision: "r1",
      parts: { unit: "u", env: "e", tag: "t" },
      warnings: [],
    },
    ...change,
  };
}

/** The same unit when TAG says so. */
export function withTag(one: Unit, tag: string): Unit {
  if (!one.launch.ok) return one;
  return { ...one, launch: { ...one.launch, tag, image: `${one.name}:${tag}`, revision: tag } };
}

export function need(name: string, change: Partial<Need> = {}): Need {
  return { unit: name, until: "ready", required: true, onLoss: "keep", binds: false, from: "depends_on", ...change };
}

/** A link on the default bridge: bound to that very container. */
export function link(name: string): Need {
  return need(name, { onLoss: "restart", binds: true, from: "links" });
}

/** A container that runs since ever, svc's own for the unit that its id begins with: `web.1`, from that unit's image. */
export function container(id: string, change: Partial<Container> = {}): Container {
  const unit = id.split(".")[0] ?? id;
  return {
    id,
    name: unit,
    state: "running",
    unit,
    generation: 0,
    revision: "r1",
    bound: {},
    made: { image: `${unit}:1`, imageId: "", tag: null, parts: {} },
    startedAt: -100_000,
    watchedSince: -100_000,
    adopted: false,
    health: "none",
    probedReadyAt: null,
    stopping: null,
    ...change,
  };
}

/** All units are wanted and have no container, the engine is there; a test states what is otherwise. */
export function world(what: {
  readonly units: readonly Unit[];
  /** These run since ever, as `NAME.1`. */
  readonly running?: readonly string[];
  /** Nobody wants these. */
  readonly down?: readonly string[];
  readonly states?: { readonly [unit: string]: Partial<UnitState> };
  readonly engine?: World["engine"];
}): World {
  const { units, running = [], down = [], states = {}, engine = { state: "up" } } = what;
  const known = new Map<string, UnitState>();
  for (const { name } of units) {
    const wish = { want: down.includes(name) ? "down" : "up", by: "operator", generation: 0 } as const;
    const there = running.includes(name) ? container(`${name}.1`) : null;
    known.set(name, { ...freshState, wish, container: there, ...states[name] });
  }
  return { ...emptyWorld, engine, units: new Map(units.map((each) => [each.name, each])), states: known };
}

export const exit = {
  bad: { code: 1, signal: null, oom: false, words: "exit 1", luck: 0.5 },
  good: { code: 0, signal: null, oom: false, words: "exit 0", luck: 0.5 },
  term: { code: 143, signal: "SIGTERM", oom: false, words: "signal SIGTERM", luck: 0.5 },
  kill: { code: 137, signal: "SIGKILL", oom: false, words: "signal SIGKILL", luck: 0.5 },
} satisfies { readonly [how: string]: Exit };
