import { expect, test } from "vitest";
import { bootWishes } from "../../../src/daemon/boot-wishes.ts";
import type { SeenContainer } from "../../../src/plan/fact.ts";
import { emptyWorld } from "../../../src/plan/world.ts";
import { container, need, unit } from "../../support/build.ts";

const units = ["db", "web"].map((name) => unit(name, name === "web" ? { needs: [need("db")] } : {}));
const world = { ...emptyWorld, units: new Map(units.map((one) => [one.name, one])) };

/** What is wished where all units are enabled and these were there when svc began. */
function wished(first: readonly string[], running: readonly string[] = []): readonly string[] {
  const seen = new Map<string, SeenContainer>(
    running.map((name) => [name, { container: container(`${name}.1`, { unit: name, state: "running" }), exit: null }]),
  );
  const saved = { boot: "", units: new Map(), enabled: new Map() };
  const facts = bootWishes(seen, { world, saved, boot: "now", isEnabled: () => true, first: new Set(first) });
  return facts.flatMap((fact) => (fact.fact === "wished" ? [`${fact.unit} by ${fact.wish.by}`] : []));
}

test("what is enabled is wished", () => {
  expect(wished(["db", "web"])).toEqual(["db by boot", "web by boot"]);
});

test("what was written after svc began is not, unless it is needed or runs already", () => {
  expect(wished([])).toEqual([]);
  expect(wished(["web"])).toEqual(["web by boot", "db by web"]);
  expect(wished([], ["db"])).toEqual(["db by boot"]);
});
