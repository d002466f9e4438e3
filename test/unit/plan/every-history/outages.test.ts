import { test } from "vitest";
import { graphs } from "../../../support/graphs.ts";
import { all, patience, walkAll } from "./walk.ts";

const every = graphs(["none", "needs", "links"]);
const linked = graphs(["none", "links"]).filter(({ words }) => words.includes(","));

test("the laws hold when the engine goes and comes back, and a container dies or svc crashes too", patience, () => {
  walkAll(
    every,
    all
      ? [{ deaths: 1, crashes: 1, outages: 1 }]
      : [
          { deaths: 1, outages: 1 },
          { crashes: 1, outages: 1 },
        ],
  );
});

test("the laws hold when the engine goes and comes back, and somebody commands", patience, () => {
  walkAll(all ? every : linked, all ? [{ deaths: 1, commands: 1, outages: 1 }] : [{ commands: 1, outages: 1 }]);
});
