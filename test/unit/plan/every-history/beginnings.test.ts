import { test } from "vitest";
import type { Container } from "../../../../src/plan/world.ts";
import { container, link, need, unit } from "../../../support/build.ts";
import { patience, walkAll } from "./walk.ts";

const site = [unit("a"), unit("b", { needs: [link("a")] }), unit("c", { needs: [need("b")] })];
const foreign = (name: string, state: Container["state"]): Container =>
  container(`${name}.foreign`, { unit: null, state });

const blows = [
  { deaths: 1, crashes: 1 },
  { commands: 1, crashes: 1 },
];

test("the laws hold where containers of another time or of somebody else have the names", patience, () => {
  walkAll(
    [
      { words: "a was left dead", units: site, start: { containers: [container("a.0", { state: "exited" })] } },
      { words: "a foreign b runs", units: site, start: { containers: [foreign("b", "running")] } },
      {
        words: "a foreign a runs on after its signal, a foreign c was only created",
        units: site,
        start: { containers: [foreign("a", "running"), foreign("c", "created")], stubborn: ["a"] },
      },
      {
        words: "all three run, of an earlier generation",
        units: site,
        start: {
          containers: [
            container("a.0", { generation: 7 }),
            container("b.0", { bound: { a: "a.0" } }),
            container("c.0", { generation: 7 }),
          ],
        },
      },
    ],
    blows,
  );
});

test("the laws hold where a container does not end by its stop signal", patience, () => {
  walkAll(
    [
      { words: "a is stubborn", units: site, start: { stubborn: ["a"] } },
      { words: "b is stubborn", units: site, start: { stubborn: ["b"] } },
      { words: "c is stubborn", units: site, start: { stubborn: ["c"] } },
    ],
    blows,
  );
});

test("the laws hold where what is linked has another image by now, which can be had only later", patience, () => {
  const made = { image: "b:0", imageId: "", tag: "0", parts: {} };
  const linked = [unit("a"), unit("b", { needs: [link("a")], onBadTag: "ignore" }), unit("c", { needs: [link("b")] })];
  const containers = [
    container("a.0"),
    container("b.0", { bound: { a: "a.0" }, made }),
    container("c.0", { bound: { b: "b.0" } }),
  ];
  const links = new Map([
    ["b.0", { a: "a.0" }],
    ["c.0", { b: "b.0" }],
  ]);
  const refusals = new Map([["fetch b", [{ ok: false, kind: "other", message: "manifest unknown" } as const]]]);
  const outages = { deaths: 1, outages: 1 };
  walkAll(
    [
      { words: "it is here", units: linked, start: { containers, links } },
      { words: "the registry is away at first", units: linked, start: { containers, links, refusals } },
    ],
    [...blows, { deaths: 1, commands: 1 }, outages],
  );
});
