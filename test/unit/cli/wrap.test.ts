import fc from "fast-check";
import { expect, test } from "vitest";
import { widthOf } from "../../../src/cli/show/table.ts";
import { wrap } from "../../../src/cli/show/wrap.ts";

test("a row of a table goes on below its last column", () => {
  const row = "web   up  it is ready, and it was so yesterday too\ndb    up  it is ready\n";
  expect(wrap(row, 32)).toBe(
    ["web   up  it is ready, and it", "          was so yesterday too", "db    up  it is ready", ""].join("\n"),
  );
});

test("a sentence and a branch of a tree go on a little to the right of where they begin", () => {
  expect(wrap("site is waiting because it links to mail", 20)).toBe(
    ["site is waiting", "  because it links", "  to mail"].join("\n"),
  );
  expect(wrap("   └─ mail: in back-off since noon: exit 1", 24)).toBe(
    ["   └─ mail: in back-off", "        since noon: exit", "        1"].join("\n"),
  );
});

test("wide characters take two cells, colours none; a word that is wider than the terminal stays whole", () => {
  expect(wrap("日本 日本 日本", 10)).toBe("日本 日本\n  日本");
  expect(wrap("\u001b[31mred\u001b[39m and blue", 8)).toBe("\u001b[31mred\u001b[39m and\n  blue");
  expect(wrap("see https://example.org/a/long/way now", 12)).toBe("see\n  https://example.org/a/long/way\n  now");
});

test("no word is lost or broken, and no line is wider than its longest word needs", () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/);
  const gap = fc.constantFrom(" ", " ", " ", "   ");
  const text = fc.array(fc.tuple(word, gap), { maxLength: 30 }).map((all) => all.flat().join(""));
  fc.assert(
    fc.property(text, fc.integer({ min: 20, max: 60 }), (line, columns) => {
      const wrapped = wrap(line, columns);
      expect(wrapped.trim().split(/\s+/)).toEqual(line.trim().split(/\s+/));
      for (const each of wrapped.split("\n"))
        if (widthOf(each) > columns) expect(each.trim().split(/\s+/)).toHaveLength(1);
    }),
  );
});
