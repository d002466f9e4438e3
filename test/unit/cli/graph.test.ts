import { expect, test } from "vitest";
import { showDot } from "../../../src/cli/show/graph/dot.ts";
import { showMermaid } from "../../../src/cli/show/graph/mermaid.ts";
import { showSvg } from "../../../src/cli/show/graph/svg.ts";
import { showTree } from "../../../src/cli/show/graph/tree.ts";
import type { UnitGraph } from "../../../src/control/request.ts";

type Edge = UnitGraph["edges"][number];
const edge = (from: string, to: string, change: Partial<Edge> = {}): Edge => ({
  from,
  to,
  tie: "needs",
  strength: "required",
  missing: false,
  ...change,
});
const one = (name: string, change: Partial<UnitGraph["units"][number]> = {}): UnitGraph["units"][number] => ({
  name,
  phase: "up",
  because: "it is ready",
  type: "service",
  tag: null,
  stale: [],
  ...change,
});

const site: UnitGraph = {
  units: [
    one("beat", { phase: "waiting", because: "it needs worker, which keeps failing: exit 1" }),
    one("db"),
    one("migrate", { type: "task", phase: "done", because: "it ended with 0" }),
    one("site", { tag: "build-42" }),
    one("worker", { phase: "backoff", because: "it keeps failing (4 of 10): exit 1", tag: "build-42" }),
  ],
  edges: [
    edge("beat", "worker"),
    edge("beat", "cache", { tie: "wants", strength: "wanted", missing: true }),
    edge("migrate", "db"),
    edge("site", "db", { tie: "links to" }),
    edge("site", "migrate", { tie: "needs the end of" }),
    edge("worker", "site"),
    edge("worker", "migrate", { tie: "starts after", strength: "after" }),
  ],
};

test("a tree: what is needed below who needs it, and unfolded once", () => {
  expect(showTree(site, false)).toBe(
    `UNIT, AND BELOW IT WHAT IT NEEDS     PHASE         TAG       WHY
beat                                 waiting       -         it needs worker, which keeps failing: exit 1
├─ worker                            backoff       build-42  it keeps failing (4 of 10): exit 1; starts after migrate
│  └─ site                           up            build-42
│     ├─ db (links to)               up            -
│     └─ migrate (needs the end of)  done          -         it ended with 0
│        └─ db                       up            -
└─ cache (wants)                     no such unit  -
`,
  );
});

test("what was shown with its needs is not unfolded again, so that many paths are no more rows than edges", () => {
  const layers = Array.from({ length: 12 }, (_, at) => [`a${at}`, `b${at}`]);
  const diamonds: UnitGraph = {
    units: layers.flat().map((name) => one(name)),
    edges: layers.slice(1).flatMap(([a = "", b = ""], at) => {
      const above = layers[at] ?? [];
      return above.flatMap((from) => [edge(from, a), edge(from, b)]);
    }),
  };
  const rows = showTree(diamonds, false).trimEnd().split("\n");
  expect(rows.length).toBe(1 + 2 + diamonds.edges.length);
  expect(rows.filter((row) => row.endsWith("its needs are shown above")).length).toBeGreaterThan(10);
});

test("units that need each other in a circle are shown, and the circle is named", () => {
  const graph: UnitGraph = {
    units: ["a", "b", "c", "outer"].map((name) => one(name, { phase: null, because: "" })),
    edges: [edge("a", "b"), edge("b", "c", { tie: "links to" }), edge("c", "a"), edge("outer", "b")],
  };
  expect(showTree(graph, false)).toBe(
    `UNIT, AND BELOW IT WHAT IT NEEDS  PHASE  TAG  WHY
outer                             -      -
└─ b                              -      -
   └─ c (links to)                -      -
      └─ a                        -      -
         └─ b                     -      -    it needs itself

units need each other in a circle: a -> b -> c -> a
`,
  );
  const alone = { units: graph.units.slice(0, 3), edges: graph.edges.slice(0, 3) };
  expect(showTree(alone, false)).toContain("\na                                 -      -\n└─ b ");
  const own = { units: graph.units.slice(0, 1), edges: [edge("a", "a")] };
  expect(showTree(own, false)).toContain("└─ a                              -      -    it needs itself\n");
});

test("what a restart would change stands beside how it is", () => {
  const graph = { units: [one("web", { tag: "1", stale: ["tag 1 -> 2"] })], edges: [] };
  expect(showTree(graph, false)).toContain("web                               up     1    stale: tag 1 -> 2\n");
});

test("for graphviz: every name quoted, strength as the style of the arrow", () => {
  const dot = showDot({
    units: [one('a"b\\'), one("c")],
    edges: [edge('a"b\\', "c"), edge("c", "gone", { missing: true })],
  });
  expect(dot).toContain('"a\\"b\\\\" -> "c" [style=solid];');
  expect(dot).toContain('"gone" [label="gone\\nno such unit", style="dashed,rounded"];');
  expect(showDot(site)).toContain('"worker" -> "migrate" [style=dotted, label="starts after"];');
});

test("mermaid: nodes have numbers, for names may hold its syntax", () => {
  expect(showMermaid({ units: [one('x-->"y"')], edges: [] })).toBe(
    `flowchart LR
  u0["x-->#quot;y#quot;<br>up"]:::up
  classDef up fill:#d7f0dd,color:#14532d
`,
  );
  expect(showMermaid(site)).toContain("  u0 -.->|wants| u5\n");
});

test("a picture: one box a unit, one arrow an edge, and names that look like markup are text", async () => {
  const svg = await showSvg({ ...site, units: [...site.units, one("<script>&amp")] });
  expect(svg.match(/<g id="node\d+"/g)).toHaveLength(7);
  expect(svg.match(/<g id="edge\d+"/g)).toHaveLength(7);
  expect(svg).toContain("&lt;script&gt;&amp;amp");
});
