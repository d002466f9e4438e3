import { execFileSync } from "node:child_process";
import { array, assert, constantFrom, property } from "fast-check";
import { expect, test } from "vitest";
import { splitWords } from "../../../src/unit/docker-run/split-words.ts";

const lines = [
  "",
  "   ",
  "-d -p 80:80",
  " --name  box\t-i ",
  "'one word' two",
  "\"one word\" 'two words'three",
  "'' \"\" a''b",
  "a\\ b c\\\\d \\'",
  '"a \\" b \\\\ \\n \\x"',
  "'a \\ b'",
  "one\\\ntwo \\\n three",
  '"one\\\ntwo" "one\ntwo"',
  "'it'\\''s'",
  "--env=A='x y'\"z\" -e 'B=\"q\"'",
  "a#b '#c' \\#d",
  "é ü 日本",
];

test("words are those of sh", () => {
  for (const line of lines)
    expect(splitWords(line), JSON.stringify(line)).toEqual({ ok: true, words: shellWords(line) });
});

test("words of any mixture of blanks, quotes and backslashes are those of sh", () => {
  const pieces = ["a", "b=", "-x", " ", "\t", "'", '"', "\\", "\\\\", "\\\n", "''", '" "', "' '", "\\ "];
  assert(
    property(array(constantFrom(...pieces), { maxLength: 12 }), (parts) => {
      const line = parts.join("");
      // A line end that no backslash takes away ends the command of sh; for us it is a blank.
      if (/(^|[^\\])(\\\\)+\n/.test(line)) return;
      const split = splitWords(line);
      if (split.ok) expect(split.words, JSON.stringify(line)).toEqual(shellWords(line));
      else if (!line.endsWith("\\")) expect(() => shellWords(line), JSON.stringify(line)).toThrow();
    }),
    { numRuns: Number(process.env.SVC_RUNS ?? 300) },
  );
});

test("what sh would expand stays as it is", () => {
  const words = ["$A", "`x`", "$(x)", "*", "~", "#c", "a;b", "a|b", "a&b", "<", "{a,b}"];
  expect(splitWords(words.join(" "))).toEqual({ ok: true, words });
});

test("an open quote is told with its place", () => {
  expect(splitWords("a 'b c")).toEqual({ ok: false, offset: 2, message: "this single quote is not closed" });
  expect(splitWords('ab "c')).toEqual({ ok: false, offset: 3, message: "this double quote is not closed" });
  expect(splitWords("ab \\")).toMatchObject({ ok: false, offset: 3 });
});

function shellWords(line: string): readonly string[] {
  // A list of words after `in` ends at a line end, so the words are made an argument list instead.
  const script = `set -- ${line}\nfor word do printf '%s\\0' "$word"; done`;
  const output = execFileSync("sh", ["-c", script], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return output.split("\0").slice(0, -1);
}
