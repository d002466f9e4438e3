import fc from "fast-check";
import type { Container } from "../../src/plan/world.ts";
import type { Need, Unit } from "../../src/unit/unit.ts";
import { container, link, need, unit } from "./build.ts";
import type { Refusal, Start } from "./simulation.ts";

/** From 5 to 50 units at random, related in every way there is, and the host that they meet. */
export type Host = { readonly units: readonly Unit[]; readonly start: Start };

const relations = [
  "needs",
  "until started",
  "until done",
  "wants",
  "restarts with",
  "stops with",
  "links",
  "shares network",
];

const oneUnit = fc.record({
  /** Counted backwards from the unit itself, so that there is never a cycle. */
  needs: fc.array(fc.record({ back: fc.nat(20), relation: fc.constantFrom(...relations) }), { maxLength: 3 }),
  after: fc.array(fc.nat(20), { maxLength: 1 }),
  type: fc.constantFrom("service", "service", "service", "task"),
  ready: fc.constantFrom("after", "after", "auto", "healthy", "tcp", "log"),
  onUnhealthy: fc.constantFrom("ignore", "restart"),
  respawn: fc.constantFrom("always", "always", "few", "few then fail", "unless 0", "never"),
  onBadTag: fc.constantFrom("hold", "hold", "revert", "ignore"),
  pull: fc.constantFrom("missing", "missing", "always", "never"),
  stubborn: fc.constantFrom(false, false, false, true),
  before: fc.constantFrom("nothing", "nothing", "nothing", "dead", "foreign", "running"),
  refusals: fc.array(
    fc.record({
      call: fc.constantFrom("launch", "pull", "fetch", "signal", "kill", "remove"),
      kind: fc.constantFrom("no-such-image", "cannot-start", "other"),
    }),
    { maxLength: 2 },
  ),
});
type Drawn = typeof oneUnit extends fc.Arbitrary<infer T> ? T : never;

export const hosts: fc.Arbitrary<Host> = fc.array(oneUnit, { minLength: 5, maxLength: 50, size: "max" }).map(hostOf);

function hostOf(drawn: readonly Drawn[]): Host {
  const units: Unit[] = [];
  const containers: Container[] = [];
  const stubborn: string[] = [];
  const refusals = new Map<string, readonly Refusal[]>();
  for (const [index, one] of drawn.entries()) {
    const made = unitOf(index, one, units);
    units.push(made);
    if (one.stubborn) stubborn.push(made.name);
    const there = containerBefore(made.name, one.before);
    if (there) containers.push(there);
    for (const { call, kind } of one.refusals) {
      const key = `${call} ${made.name}`;
      const refusal: Refusal = { ok: false, kind: kindFor(call, kind), message: `the engine refuses to ${call}` };
      refusals.set(key, [...(refusals.get(key) ?? []), refusal]);
    }
  }
  return { units, start: { containers, stubborn, refusals } };
}

function kindFor(call: string, kind: Refusal["kind"]): Refusal["kind"] {
  if (call === "pull") return "pull-failed";
  return call === "launch" ? kind : "other";
}

function unitOf(index: number, one: Drawn, before: readonly Unit[]): Unit {
  const made = unit(`u${index}`);
  const earlier = (back: number): Unit | undefined => before[index - 1 - (back % Math.max(1, index))];
  const needs = new Map<string, Need>();
  for (const { back, relation } of one.needs) {
    const target = earlier(back);
    if (target) needs.set(target.name, needOf(target, relation));
  }
  const after = one.after.flatMap((back) => earlier(back)?.name ?? []);
  const launch = made.launch.ok ? { ...made.launch, pull: one.pull as "missing" | "always" | "never" } : made.launch;
  return {
    ...made,
    type: one.type as Unit["type"],
    needs: [...needs.values()],
    after: after.filter((name) => !needs.has(name)),
    ready: readyOf(one.ready),
    onUnhealthy: one.onUnhealthy as Unit["onUnhealthy"],
    respawn: respawnOf(one),
    onBadTag: one.onBadTag as Unit["onBadTag"],
    launch,
  };
}

/** Nothing can hold on to a task that is done. */
function needOf(target: Unit, relation: string): Need {
  const { name } = target;
  switch (relation) {
    case "until started":
      return need(name, { until: "started" });
    case "until done":
      return need(name, { until: target.type === "task" ? "completed" : "ready" });
    case "wants":
      return need(name, { required: false, from: "wants" });
    case "restarts with":
      return need(name, { onLoss: "restart" });
    case "stops with":
      return need(name, { onLoss: "stop" });
    case "links":
      return target.type === "task" ? need(name) : link(name);
    case "shares network":
      if (target.type === "task") return need(name);
      return need(name, { until: "started", onLoss: "restart", binds: true, from: "network" });
    default:
      return need(name);
  }
}

function readyOf(how: string): Unit["ready"] {
  switch (how) {
    case "healthy":
      return { how };
    case "tcp":
      return { how, host: null, port: 80 };
    case "log":
      return { how, pattern: "ready" };
    case "auto":
      return { how, afterMs: 3_000 };
    default:
      return { how: "after", afterMs: 1_000 };
  }
}

/** A task is run again only if it says so. */
function respawnOf(one: Drawn): Unit["respawn"] {
  const enabled = one.respawn !== "never" && !(one.type === "task" && one.respawn === "always");
  const few = one.respawn.startsWith("few") ? { count: 4, windowMs: 300_000 } : null;
  const normalExit = one.respawn === "unless 0" ? [0] : [];
  return { enabled, normalExit, limit: few, onLimit: one.respawn === "few then fail" ? "fail" : "delay" };
}

function containerBefore(name: string, before: string): Container | null {
  switch (before) {
    case "dead":
      return container(`${name}.0`, { state: "exited" });
    case "foreign":
      return container(`${name}.foreign`, { unit: null });
    case "running":
      return container(`${name}.0`);
    default:
      return null;
  }
}

/** What matters of a unit, on one line. */
export function unitWords(one: Unit): string {
  const needs = one.needs.map((each) => {
    const loss = each.onLoss === "keep" ? "" : `, ${each.onLoss} on loss`;
    return `${each.required ? "needs" : "wants"} ${each.unit} (${each.from}, ${each.until}${loss})`;
  });
  const after = one.after.map((name) => `after ${name}`);
  const respawn = one.respawn.enabled ? JSON.stringify(one.respawn) : "no respawn";
  const unhealthy = one.onUnhealthy === "restart" ? ["restart when unhealthy"] : [];
  const pull = one.launch.ok && one.launch.pull !== "missing" ? [`pull ${one.launch.pull}`] : [];
  return [
    `${one.name}: ${one.type}`,
    ...needs,
    ...after,
    `ready ${one.ready.how}`,
    respawn,
    ...unhealthy,
    `bad tag: ${one.onBadTag}`,
    ...pull,
  ].join(", ");
}
