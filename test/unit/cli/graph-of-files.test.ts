import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { UnitGraph } from "../../../src/control/request.ts";
import { program } from "../../support/program.ts";

/** `svc graph --units FOLDER`, which needs no daemon. */
const folder = mkdtempSync(join(tmpdir(), "svc-graph-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const files = {
  "a.yml": "image: a:1\ndepends_on: [b]\n",
  "b.yml": "image: b:1\nlinks: [c]\n",
  "c.yml": "image: c:1\ndepends_on: {a: {condition: service_started}}\n",
  "x.yml": "image: x:1\ndepends_on: [bad]\n",
  "bad.yml": "image: bad:1\nrestrat: always\ndepends_on: [y]\n",
  "y.yml": "image: y:1\n",
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);

const graph = (...args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const options = { env: { PATH: process.env.PATH } };
    execFile(program, ["graph", "--units", folder, ...args], options, (error, stdout, stderr) =>
      error ? reject(new Error(stderr)) : resolve(stdout),
    );
  });

test("every unit is there, those in a circle and those whose file is wrong too", async () => {
  expect(await graph()).toBe(
    `UNIT, AND BELOW IT WHAT IT NEEDS  PHASE    TAG  WHY
x                                 -        1
└─ bad                            invalid  -    unknown key "restrat"
   └─ y                           -        1
a                                 -        1
└─ b                              -        1
   └─ c (links to)                -        1
      └─ a                        -        1    it needs itself

units need each other in a circle: a -> b -> c -> a
`,
  );
});

test("of a unit that is named it is the same", async () => {
  expect(await graph("c")).toContain("units need each other in a circle: a -> b -> c -> a\n");
  const { units, edges } = JSON.parse(await graph("--json", "x")) as UnitGraph;
  expect(units.map(({ name, phase }) => [name, phase])).toEqual([
    ["bad", "invalid"],
    ["x", null],
    ["y", null],
  ]);
  expect(edges.map(({ from, to, missing }) => [from, to, missing])).toEqual([
    ["x", "bad", false],
    ["bad", "y", false],
  ]);
});
