import { test } from "vitest";
import { graphs } from "../../../support/graphs.ts";
import { all, patience, walkAll } from "./walk.ts";

/**
 * Those with links are in blows-to-links.test.ts, so that two workers share the walk. Where a unit has nothing to do with the
 * others it neither sees nor hears of them: all that they share is the time and svc itself, and two blows at once are enough.
 */
const withoutLinks = graphs(["none", "needs"]);
const related = withoutLinks.filter(({ words }) => words.includes(","));
const apart = graphs(["none", "needs", "links"]).filter(({ words }) => !words.includes(","));

test("the laws hold in every history of three units with a death, a command and a crash of svc", patience, () => {
  walkAll(related, [{ deaths: 1, commands: 1, crashes: 1 }]);
});

test("the laws hold where a unit has nothing to do with the others", patience, () => {
  const two = [
    { deaths: 1, commands: 1 },
    { deaths: 1, crashes: 1 },
    { commands: 1, crashes: 1 },
  ];
  walkAll(apart, all ? [{ deaths: 1, commands: 1, crashes: 1 }] : two);
});
