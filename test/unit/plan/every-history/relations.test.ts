import { test } from "vitest";
import type { Unit } from "../../../../src/unit/unit.ts";
import { link, need, unit } from "../../../support/build.ts";
import { graphs } from "../../../support/graphs.ts";
import { all, patience, walkAll } from "./walk.ts";

const blows = all
  ? [{ deaths: 1, commands: 1, crashes: 1 }]
  : [
      { deaths: 1, crashes: 1 },
      { commands: 1, crashes: 1 },
    ];

test("the laws hold for units that want each other, stop with each other, or are only ordered", patience, () => {
  const known = new Set(graphs(["none", "needs", "links"]).map(({ words }) => words));
  const rest = graphs(["none", "links", "wants", "stops with", "is after"]).filter(({ words }) => !known.has(words));
  walkAll(rest, blows);
});

test("the laws hold where a task is needed, or needs", patience, () => {
  const task = (name: string, change: Partial<Unit> = {}): Unit => unit(name, { type: "task", ...change });
  walkAll(
    [
      {
        words: "b needs task a done, c needs b",
        units: [
          task("a"),
          unit("b", { needs: [need("a", { until: "completed" })] }),
          unit("c", { needs: [need("b")] }),
        ],
      },
      {
        words: "task b is linked to a, c needs task b",
        units: [unit("a"), task("b", { needs: [link("a")] }), unit("c", { needs: [need("b"), link("a")] })],
      },
      {
        words: "task c is after a and wants b, which may end well",
        units: [
          unit("a"),
          unit("b", { respawn: { enabled: true, normalExit: [1], limit: null, onLimit: "delay" } }),
          task("c", { after: ["a"], needs: [need("b", { required: false })] }),
        ],
      },
    ],
    blows,
  );
});
