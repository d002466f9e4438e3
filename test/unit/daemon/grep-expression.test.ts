import { expect, test } from "vitest";
import { grepExpression } from "../../../src/daemon/output/grep-expression.ts";

test("what would take for ever is found out in time", () => {
  for (const [expression, text] of [
    ["(a+)+$", `${"a".repeat(5_000)}b`],
    ["^(\\w+\\s?)*$", `${"word ".repeat(100)}!`],
    ["(x+x+)+y", "x".repeat(5_000)],
  ] as const)
    expect(grepExpression(expression).test(text)).toBe(false);
  expect(grepExpression("error|warn").test("a warning")).toBe(true);
});

test.each(["(a+)+(?!b)$", "(?<=x)(a+)+$", "(a+)+\\1$", "(?<n>a)\\k<n>", "(a", "*"])("%s is refused", (expression) => {
  expect(() => grepExpression(expression)).toThrow(JSON.stringify(expression));
});
