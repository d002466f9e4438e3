import { expect, test } from "vitest";
import { findAlerts, type Memory, noMemory } from "../../../src/daemon/alerts/find-alerts.ts";
import { decideUnit } from "../../../src/plan/decide.ts";
import { emptyWorld, freshState, type UnitState } from "../../../src/plan/world.ts";
import { container, unit } from "../../support/build.ts";

const web = unit("web", { respawn: { ...unit("web").respawn, limit: { count: 3, windowMs: 60_000 } } });
const asked = { want: "up", by: "operator", generation: 0 } as const;
const running = (tag = "1") => container("web.1", { made: { image: "", imageId: "", tag, parts: {} } });

/** What is told, look by look: each is an instant (s) and the state that the unit is in then. */
function told(...looks: readonly (readonly [number, Partial<UnitState>])[]): readonly string[] {
  let memory: Memory = noMemory;
  return looks.flatMap(([seconds, state]) => {
    const now = seconds * 1_000;
    const states = new Map([["web", { ...freshState, wish: asked, ...state }]]);
    const world = { ...emptyWorld, engine: { state: "up" } as const, units: new Map([["web", web]]), states };
    const found = findAlerts(web, decideUnit(web, world, now), memory, { world, now });
    memory = found.memory;
    return found.alerts.map((alert) => `${seconds} ${alert}`);
  });
}

const up = { container: running() };
const dead = (...at: number[]) => ({ respawns: at.map((one) => one * 1_000), container: null });
const upAfter = (...at: number[]) => ({ ...dead(...at), container: running() });

test("one that is up and stays up has nothing to tell", () => {
  expect(told([0, {}], [1, up], [20, up])).toEqual([]);
});

test("a death is told at once, and that it recovered when it has been up for 10 s", () => {
  expect(told([0, up], [5, dead(5)], [6, upAfter(5)], [15, upAfter(5)], [16, upAfter(5)])).toEqual([
    "5 failed",
    "16 recovered",
  ]);
});

test("one that comes up and dies again and again fails once, loops once, and recovers once", () => {
  expect(
    told(
      [0, up],
      [5, dead(5)],
      [6, upAfter(5)],
      [7, dead(5, 7)],
      [9, dead(5, 7, 9)],
      [11, dead(5, 7, 9, 11)],
      [13, dead(7, 9, 11, 13)],
      [14, upAfter(7, 9, 11, 13)],
      [24, upAfter(7, 9, 11, 13)],
    ),
  ).toEqual(["5 failed", "11 crashloop", "24 recovered"]);
});

test("a restart that somebody asked for, of one that died a while ago, is no failure", () => {
  const replaced = { ...upAfter(5), wish: { ...asked, generation: 1 } };
  expect(
    told([0, up], [5, dead(5)], [6, upAfter(5)], [16, upAfter(5)], [30, replaced], [31, dead(5)], [32, upAfter(5)]),
  ).toEqual(["5 failed", "16 recovered"]);
});

test("a start that is refused is a failure; a stop by the operator ends the matter", () => {
  const trouble = { kind: "cannot-start", message: "no", times: 1, until: 99_000 } as const;
  const stopped = { wish: { ...asked, want: "down" as const } };
  expect(told([0, {}], [1, { trouble }], [2, stopped], [3, {}], [4, up], [30, up])).toEqual(["1 failed"]);
});

test("another tag is told of once it is up, not by a svc that has just come", () => {
  const next = { container: running("2") };
  expect(told([0, up], [5, {}], [6, next], [7, next])).toEqual(["6 deployed"]);
  expect(told([0, next], [1, next])).toEqual([]);
});

test("one that is held for its tag loops, though its limit is not reached", () => {
  const trial = { ...freshState.trial, tag: "1", former: "0", ends: 3, failed: { ends: 3, withinMs: 900 } };
  expect(told([0, up], [5, dead(5)], [6, { ...dead(5, 5.5, 6), trial }], [9, { ...dead(5, 5.5, 6), trial }])).toEqual([
    "5 failed",
    "6 crashloop",
  ]);
});
