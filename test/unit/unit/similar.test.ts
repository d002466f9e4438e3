import { expect, test } from "vitest";
import { similar } from "../../../src/unit/similar.ts";

test.each([
  ["linsk", "links"],
  ["tset", "test"],
  ["wep", "web"],
  ["alias", "aliases"],
  ["stop_grace_perod", "stop_grace_period"],
  ["restrat", "restart"],
  ["cmd", "command"],
])("%s is %s with a slip of the finger, or cut short", (word, meant) => {
  const known = ["zebra", "links", "test", "web", "aliases", "stop_grace_period", "restart", "db", "command"];
  expect(similar(word, known)).toBe(meant);
});

test.each([
  ["a4-z1", ["a4-sf", "a4-web"]],
  ["nope", ["type", "open"]],
  ["exit", ["wait", "edit1"]],
  ["x", ["y", "db"]],
  ["antisocial-mailer", ["antisocial-beat", "antisocial-worker"]],
  ["db", []],
] as const)("%s is none of %j", (word, known) => {
  expect(similar(word, known)).toBe(null);
});

test("two letters that changed places are one slip, and nearer than two others", () => {
  expect(similar("abdc", ["abxy", "abcd"])).toBe("abcd");
});
