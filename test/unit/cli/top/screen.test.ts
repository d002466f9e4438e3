import fc from "fast-check";
import { expect, test } from "vitest";
import { cutIntoPieces } from "../../../../src/cli/show/pieces.ts";
import { widthOf } from "../../../../src/cli/show/table.ts";
import { bytes, memory, percent } from "../../../../src/cli/top/figures.ts";
import { cut, inCells, plain } from "../../../../src/cli/top/screen.ts";

test("what strangers wrote moves no cursor and joins nothing", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["\x1b[31mred\x1b[0m and \x1b]0;title\x07back", "red and back"],
    ["10%\r20%\r", "10%?20%"],
    ["a\tb\0c\x9bd", "a b?c?d"],
    ["e\u0301 日本 👍\ufe0f", "e\u0301 日本 👍"],
    ["\u202eabc\u200d\ufeff", "abc"],
    ["\ud800x\u2028y", "?x y"],
  ];
  for (const [text, shown] of cases) expect(plain(text)).toBe(shown);
});

test("a text is cut, wrapped and filled by the cells it takes", () => {
  expect(cut("日本語", 5)).toBe("日本");
  expect(inCells("日本語", 5)).toBe("日本 ");
  expect(inCells("ab", 5, "right")).toBe("   ab");
  expect(cutIntoPieces("ab日本語cd", 4)).toEqual(["ab日", "本語", "cd"]);
  expect(cutIntoPieces("", 4)).toEqual([""]);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 2, max: 20 }), (text, width) => {
      const pieces = cutIntoPieces(plain(text), width);
      expect(pieces.join("")).toBe(plain(text));
      for (const piece of pieces) expect(widthOf(piece)).toBeLessThanOrEqual(width);
      expect(widthOf(inCells(plain(text), width))).toBe(width);
    }),
  );
});

test("figures take five characters at the most", () => {
  const sizes = [
    0,
    999,
    1000,
    1023,
    1024,
    10_240,
    104_857,
    1_048_064,
    12_897_484,
    999 * 2 ** 20,
    2 ** 30,
    1.5 * 2 ** 40,
  ];
  expect(sizes.map(bytes)).toEqual("0B 999B 1.0K 1.0K 1.0K 10.0K 102K 1.0M 12.3M 999M 1.0G 1.5T".split(" "));
  expect([0, 0.04, 12.34, 99.96, 1600].map(percent)).toEqual(["0.0", "0.0", "12.3", "100.0", "1600"]);
  expect([percent(null), bytes(null), memory(null, 5), memory(2 ** 20, null), memory(2 ** 20, 2 ** 26)]).toEqual([
    "-",
    "-",
    "-",
    "1.0M",
    "1.0M/64.0M",
  ]);
});
