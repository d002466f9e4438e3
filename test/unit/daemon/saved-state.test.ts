import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSaved, savedUnits, serialise } from "../../../src/daemon/saved-state.ts";
import { emptyWorld, noTrial, type UnitState, type World, withState } from "../../../src/plan/world.ts";
import { container, unit, withTag } from "../../support/build.ts";

const wish = { want: "up", by: "operator", generation: 1 } as const;
const change: fc.Arbitrary<Partial<UnitState>> = fc.oneof(
  fc.record({
    wish: fc.record({
      want: fc.constantFrom("up", "down"),
      by: fc.constantFrom("operator", "boot"),
      generation: fc.nat(),
    }),
  }),
  fc.record({ respawns: fc.array(fc.nat()) }),
  fc.record({ backoff: fc.option(fc.record({ streak: fc.nat(), until: fc.nat(), delayMs: fc.nat() })) }),
  fc.record({ finished: fc.option(fc.record({ ok: fc.boolean(), words: fc.string() })) }),
  fc.record({ restarts: fc.nat() }),
  fc.record({ lastExit: fc.option(fc.record({ words: fc.string(), at: fc.nat(), isSentence: fc.boolean() })) }),
  fc.record({ trial: fc.record({ ends: fc.nat(), tag: fc.string() }).map((some) => ({ ...noTrial, ...some })) }),
) as fc.Arbitrary<Partial<UnitState>>;
const name = fc.constantFrom("db", "web", 'a"b', "__proto__");

test("what is written is read as it was, whatever changed since the last time", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, change)), (changes) => {
      let world: World = emptyWorld;
      let units = savedUnits(world, 0);
      for (const [unit, some] of changes) {
        world = withState(world, unit, { wish, ...some });
        units = savedUnits(world, 0, units);
        expect(units).toEqual(savedUnits(world, 0));
        const saved = {
          boot: "here",
          stopped: false,
          tags: new Map([["web", { tag: "build-42", file: "/var/www/web/TAG" }]]),
          units,
          enabled: new Map([["db", false]]),
        };
        const text = serialise(saved);
        expect(JSON.parse(text)).toMatchObject({ version: 1, boot: "here", enabled: { db: false } });
        expect(parseSaved(text)).toEqual(saved);
      }
    }),
  );
});

test("what changed nothing that is saved is the very same", () => {
  const world = withState(withState(emptyWorld, "db", { wish }), "web", { wish });
  const units = savedUnits(world, 0);
  const troubled = withState(world, "db", { trouble: { message: "no", until: 1 } as UnitState["trouble"] });
  expect(savedUnits(troubled, 1, units)).toBe(units);
  const restarted = savedUnits(withState(world, "db", { restarts: 1 }), 1, units);
  expect(restarted).not.toBe(units);
  expect(restarted.get("web")).toBe(units.get("web"));
  expect(savedUnits(withState(emptyWorld, "db", { wish }), 1, units)).not.toBe(units);
});

test("nor did a unit that runs with a tag, whose trial is looked at anew each time", () => {
  const web = withTag(unit("web"), "v1");
  const running = container("web.1", { made: { image: "web:v1", imageId: "", tag: "v1", parts: {} } });
  const world = withState({ ...emptyWorld, units: new Map([["web", web]]) }, "web", { wish, container: running });
  const units = savedUnits(world, 1_000);
  expect(units.get("web")?.trial.tag).toBe("v1");
  expect(savedUnits(world, 2_000, units)).toBe(units);
});
