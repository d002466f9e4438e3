import { expect, test } from "vitest";
import { bootWishes } from "../../../src/daemon/boot-wishes.ts";
import type { SeenContainer } from "../../../src/plan/fact.ts";
import { emptyWorld } from "../../../src/plan/world.ts";
import type { Unit } from "../../../src/unit/unit.ts";
import { container, need, unit } from "../../support/build.ts";

const site = ["db", "web"].map((name) => unit(name, name === "web" ? { needs: [need("db")] } : {}));

/** What is wished where all units are enabled and these were there when svc began. */
function wished(
  first: readonly string[],
  how: { running?: readonly string[]; saved?: { boot: string; stopped: boolean }; units?: readonly Unit[] } = {},
): readonly string[] {
  const { running = [], units = site } = how;
  const world = { ...emptyWorld, units: new Map(units.map((one) => [one.name, one])) };
  const seen = new Map<string, SeenContainer>(
    running.map((name) => [name, { container: container(`${name}.1`, { unit: name, state: "running" }), exit: null }]),
  );
  const excluded: string[] = [];
  const saved = { boot: "", stopped: false, ...how.saved, units: new Map(), enabled: new Map() };
  const facts = bootWishes(seen, {
    ...{ world, saved, boot: "now", isEnabled: () => true, first: new Set(first) },
    onExcluded: (one, by) => excluded.push(`${one} not beside ${by}`),
  });
  return [...facts.flatMap((fact) => (fact.fact === "wished" ? [`${fact.unit} by ${fact.wish.by}`] : [])), ...excluded];
}

test("what is enabled is wished", () => {
  expect(wished(["db", "web"])).toEqual(["db by boot", "web by boot"]);
});

test("what was written after svc began is not, unless it is needed or runs already", () => {
  expect(wished([])).toEqual([]);
  expect(wished(["web"])).toEqual(["web by boot", "db by web"]);
  expect(wished([], { running: ["db"] })).toEqual(["db by boot"]);
});

test("where svc goes on after a crash or a reexec nothing is that nobody asked for; after a boot, or a stop of svc, what is enabled is", () => {
  expect(wished(["db", "web"], { saved: { boot: "now", stopped: false } })).toEqual([]);
  expect(wished(["db", "web"], { saved: { boot: "now", stopped: true } })).toEqual(["db by boot", "web by boot"]);
  expect(wished(["db", "web"], { saved: { boot: "before", stopped: false } })).toEqual(["db by boot", "web by boot"]);
});

test("of two that exclude each other the first is, and what needs the other is not either; what runs is left as it is", () => {
  const units = [unit("a"), unit("b", { conflicts: ["a"] }), unit("c", { needs: [need("b")] })];
  const all = units.map(({ name }) => name);
  expect(wished(all, { units })).toEqual(["a by boot", "b not beside a", "c not beside a"]);
  expect(wished(all, { units, running: ["a", "b"] })).toEqual(["a by boot", "b by boot", "c by boot"]);
});
