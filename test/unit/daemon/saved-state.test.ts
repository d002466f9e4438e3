import { expect, test } from "vitest";
import { parseSaved, savedUnits, serialise } from "../../../src/daemon/saved-state.ts";
import { withState } from "../../../src/plan/world.ts";
import { unit, world } from "../../support/build.ts";

const names = ['a"b', "web@1", "db"];
const before = world({ units: names.map((name) => unit(name)) });

function saved(now: typeof before) {
  return { boot: 'an "id"', units: savedUnits(now), enabled: new Map([["db", false]]) };
}

test("what is saved is read again as it was", () => {
  expect(parseSaved(serialise(saved(before)))).toEqual(saved(before));
  expect(parseSaved(serialise({ boot: "", units: new Map(), enabled: new Map() }))).toEqual({
    boot: "",
    units: new Map(),
    enabled: new Map(),
  });
});

test("of many units the one that changed is written anew", () => {
  serialise(saved(before));
  const after = withState(before, "db", { restarts: 3, respawns: [5] });
  expect(parseSaved(serialise(saved(after)))).toEqual(saved(after));
});
