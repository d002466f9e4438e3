import fc from "fast-check";
import { expect, test } from "vitest";
import { widthOf } from "../../../../src/cli/show/table.ts";
import { repaint } from "../../../../src/cli/top/repaint.ts";
import { cut, type Line, plain, type Size, span } from "../../../../src/cli/top/screen.ts";
import { smallTerminal } from "../../../support/small-terminal.ts";

const size: Size = { columns: 20, rows: 4 };
const ascii = fc.string({ maxLength: 12 });
const any = fc.oneof(
  ascii,
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc.constantFrom("日本語", "e\u0301", "👩‍👩‍👧", ""),
);

function line(spans: readonly (readonly [string, string])[]): Line {
  let left = size.columns;
  return spans.map(([text, style]) => {
    const shown = cut(plain(text), left);
    left -= widthOf(shown);
    return span(shown, style);
  });
}
const lines = (text: fc.Arbitrary<string>) =>
  fc.array(fc.array(fc.tuple(text, fc.constantFrom("", "7", "1;31")), { maxLength: 3 }).map(line), {
    maxLength: size.rows,
  });

test("whatever was on the screen, what is painted over it is the new screen", () => {
  for (const text of [ascii, any]) {
    fc.assert(
      fc.property(lines(text), lines(text), (before, after) => {
        const painted = smallTerminal(size.columns, size.rows);
        painted.write(repaint(null, before, size));
        painted.write(repaint(before, after, size));
        const anew = smallTerminal(size.columns, size.rows);
        anew.write(repaint(null, after, size));
        expect(painted.cells).toEqual(anew.cells);
        expect(repaint(after, after, size)).toBe("");
      }),
      { numRuns: 1_000 },
    );
  }
});

test("a figure that changes costs a few bytes, wherever it stands", () => {
  const row = (cpu: string): Line => [span("web", "1"), span("  up  "), span(cpu), span("  GET /")];
  expect(repaint([row("12.3")], [row("12.4")], size)).toBe("\x1b[1;13H4");
  expect(repaint([[], row("12.3")], [[], row("99.9")], size)).toBe("\x1b[2;10H99.9");
});

test("a row with wide characters is written as a whole, and the rest of it erased", () => {
  const row = (text: string): Line => [span("1 "), span(text, "32")];
  expect(repaint([row("日本")], [row("日")], size)).toBe("\x1b[1;1H1 \x1b[0;32m日\x1b[0m\x1b[K");
  expect(repaint([row("日本")], [row("ab")], size)).toBe("\x1b[1;1H1 \x1b[0;32mab\x1b[0m\x1b[K");
});
