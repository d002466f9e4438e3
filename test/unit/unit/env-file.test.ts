import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readEnvText } from "../../../src/unit/env-file.ts";

const folder = mkdtempSync(join(tmpdir(), "svc-env-"));

/** What sh makes of the file. */
function shell(text: string): { readonly [name: string]: string } {
  const file = join(folder, "env");
  writeFileSync(file, text);
  const out = execFileSync("env", ["-i", "sh", "-c", `set -a; . ${file}; /usr/bin/env -0`]).toString();
  const own = out.split("\0").filter((pair) => /^T_/.test(pair));
  return Object.fromEntries(own.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

function ours(text: string): { readonly [name: string]: string } {
  const { assignments, problems } = readEnvText(text, "sh");
  expect(problems).toEqual([]);
  return Object.fromEntries(assignments.map(({ name, value }) => [name, value]));
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are for the shell.
const files = [
  "T_A=1",
  "export T_A=1\nT_B=2",
  `T_A="x y"\nT_B='x y'`,
  `T_A="say \\"hi\\""`,
  "T_A=x#c",
  "T_A=x #c",
  `T_A="x"y'z'`,
  "T_A=one\\\ntwo",
  `T_A="l1\nl2"`,
  `T_A="l1 \\\nl2"`,
  "T_A=a\\ b",
  `T_A='a\\nb'\nT_B="a\\nb"`,
  "# comment\n\n  T_A=1  # more\n",
  "T_A=1\nT_B=$T_A/x\nT_C=\"${T_A}y\"\nT_D='$T_A'",
  "T_A=1;T_B=2",
  "T_A=\nT_B=''",
  "export T_A=1 T_B=2",
  `T_OPTS="--link postfix:mail -e 'A=b c' \\\n  -m 64m"`,
  "T_A=C:\\dir",
  "T_A=a$",
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: these were for the shell.

test.each(files)("is read as sh reads it: %j", (text) => {
  expect(ours(text)).toEqual(shell(text));
});

test("any quoted value is read as sh reads it", () => {
  const value = fc
    .string({ unit: fc.constantFrom("a", " ", "\\", '"', "#", "=", "\t", "\n", "-", ";") })
    .map((text) => {
      const body = text.replaceAll('"', '\\"').replace(/\\$/, "");
      return `"${body}"`;
    });
  fc.assert(
    fc.property(value, (quoted) => {
      const text = `T_A=${quoted}\n`;
      const read = readEnvText(text, "sh");
      fc.pre(read.problems.length === 0);
      let expected: { readonly [name: string]: string };
      try {
        expected = shell(text);
      } catch {
        return;
      }
      expect(Object.fromEntries(read.assignments.map((one) => [one.name, one.value]))).toEqual(expected);
    }),
    { numRuns: 100 },
  );
  rmSync(join(folder, "env"), { force: true });
});

test.each([
  ["T_A=$(date)", { line: 1, column: 5, message: "this is a command, and nothing here is executed" }],
  ["T_A=1\nrm -rf x", { line: 2, column: 1, message: "this is not an assignment" }],
  ["T_A='x", { line: 1, column: 5, message: "this single quote is not closed" }],
  ["T_A=a b", { line: 1, column: 7, message: "the value ended before this word" }],
])("what is no plain assignment is told with its place: %j", (text, problem) => {
  expect(readEnvText(text, "sh").problems).toMatchObject([problem]);
});
