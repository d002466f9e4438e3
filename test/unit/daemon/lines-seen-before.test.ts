import { expect, test } from "vitest";
import { linesSeenBefore, type TimedLine } from "../../../src/daemon/output/lines-seen-before.ts";

const at = (second: number, text: string, stream: "out" | "err" = "out"): TimedLine => ({
  stream,
  time: new Date(second * 1_000).toISOString(),
  text,
});

function unseen(lines: readonly TimedLine[], tail: readonly TimedLine[], now = 100): readonly string[] {
  const seen = linesSeenBefore(lines, tail, now * 1_000);
  return lines.filter((line) => !seen.has(line)).map((line) => `${Date.parse(line.time) / 1_000} ${line.text}`);
}

test("what follows the end of our log is new", () => {
  const lines = [at(1, "a"), at(2, "b"), at(3, "c"), at(4, "d")];
  expect(unseen(lines, [at(1.1, "a"), at(2.1, "b")])).toEqual(["3 c", "4 d"]);
});

test("the engine may begin in the middle of our tail", () => {
  expect(unseen([at(2, "b"), at(3, "c")], [at(1, "a"), at(2.01, "b")])).toEqual(["3 c"]);
});

test("lines that are all alike are told apart by their times", () => {
  const ticks = [1, 2, 3, 4, 5].map((second) => at(second, "tick"));
  expect(unseen(ticks, [at(1.02, "tick"), at(2.02, "tick"), at(3.02, "tick")])).toEqual(["4 tick", "5 tick"]);
});

test("stdout and stderr are matched apart, however they are interleaved", () => {
  const lines = [at(1, "e1", "err"), at(1, "o1"), at(1, "e2", "err"), at(2, "o2"), at(2, "e3", "err")];
  const tail = [at(1, "o1"), at(1, "e1", "err"), at(1, "e2", "err")];
  expect(unseen(lines, tail)).toEqual(["2 o2", "2 e3"]);
});

test("a line twice in the log beats a line that is lost: without a match all is new", () => {
  expect(unseen([at(1, "x"), at(2, "y")], [at(1, "other")])).toEqual(["1 x", "2 y"]);
  expect(unseen([at(1, "x")], [])).toEqual(["1 x"]);
});

test("the clock was set back: the end of our log is found after now, and where it is not, what is before now", () => {
  const lines = [at(1, "a"), at(3, "b"), at(5, "c"), at(2, "d")];
  expect(unseen(lines, [at(1, "a"), at(3, "b"), at(5, "c")], 2)).toEqual(["2 d"]);
  expect(unseen(lines, [at(1, "a"), at(3, "b"), at(9, "other")], 4)).toEqual(["5 c", "2 d"]);
});
