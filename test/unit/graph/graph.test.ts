import { expect, test } from "vitest";
import { dependents, withDependents, withNeeds } from "../../../src/graph/closure.ts";
import { findCycles, withoutCycles } from "../../../src/graph/cycles.ts";
import type { Unit } from "../../../src/unit/unit.ts";
import { need, unit } from "../../support/build.ts";

const mapOf = (units: readonly Unit[]) => new Map(units.map((each) => [each.name, each]));

const site = mapOf([
  unit("db"),
  unit("cache"),
  unit("app", { needs: [need("db"), need("cache", { required: false })] }),
  unit("web", { needs: [need("app")] }),
  unit("alone"),
]);

test("what is needed comes first, each once", () => {
  expect(withNeeds(["web", "app"], site)).toEqual(["db", "cache", "app", "web"]);
  expect(withNeeds(["nobody"], site)).toEqual([]);
});

test("what requires it stops first; what only wants it stays", () => {
  expect(withDependents(["db"], site)).toEqual(["web", "app", "db"]);
  expect(withDependents(["cache"], site)).toEqual(["cache"]);
  expect(dependents("app", site)).toEqual(["web"]);
});

test("a cycle is told as a path, and a diamond is none", () => {
  const ring = [unit("b", { needs: [need("d")] }), unit("d", { after: ["e"] }), unit("e", { needs: [need("b")] })];
  expect(findCycles(ring)).toEqual([["b", "d", "e"]]);
  const diamond = [
    unit("a"),
    unit("b", { needs: [need("a")] }),
    unit("c", { needs: [need("a")], after: ["b"] }),
    unit("d", { needs: [need("b"), need("c")] }),
  ];
  expect(findCycles(diamond)).toEqual([]);
  expect(findCycles([unit("a", { needs: [need("a")] })])).toEqual([["a"]]);
});

test("without cycles each unit keeps what is on none", () => {
  const tangle = mapOf([
    unit("a", { needs: [need("b"), need("x")] }),
    unit("b", { needs: [need("a"), need("c")] }),
    unit("c", { needs: [need("b")], after: ["x"] }),
    unit("x"),
  ]);
  const cut = withoutCycles(tangle);
  expect(findCycles([...cut.values()])).toEqual([]);
  expect(cut.get("a")?.needs.map((each) => each.unit)).toEqual(["x"]);
  expect(cut.get("c")?.after).toEqual(["x"]);
  expect(withoutCycles(site)).toEqual(site);
});
