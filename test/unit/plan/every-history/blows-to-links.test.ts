import { test } from "vitest";
import { graphs } from "../../../support/graphs.ts";
import { patience, walkAll } from "./walk.ts";

const linked = graphs(["none", "needs", "links"]).filter(({ words }) => words.includes("links") && words.includes(","));

test("the laws hold where units are linked, with a death, a command and a crash of svc", patience, () => {
  walkAll(linked, [{ deaths: 1, commands: 1, crashes: 1 }]);
});
