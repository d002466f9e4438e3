import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseTag } from "../../../src/unit/app-files/tag-file.ts";

const folder = mkdtempSync(join(tmpdir(), "svc-tag-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function shell(text: string): string {
  writeFileSync(join(folder, "TAG"), text);
  return execFileSync("env", ["-i", "sh", "-c", `. ${folder}/TAG; printf %s "$TAG"`]).toString();
}

test.each([
  "export TAG=build-42\n",
  "export TAG=build-42",
  "TAG=build-42\n",
  'export TAG="build-42"\n',
  "TAG='build-42' # deployed by ci\n",
  "# deployed\n\nexport TAG=build-42\n",
  "TAG=build-42; export TAG\n",
  "TAG=build-42\nexport TAG\n",
  "export TAG=build-41\nexport TAG=build-42\n",
  "BASE=build\nexport TAG=$BASE-42\n",
  "export TAG=build-42;\n",
  "export OLD=build-41 TAG=build-42\n",
  "  export  TAG=v1.2.3_rc.1\n",
  "export TAG=sha-0a1b2c3\nexport DEPLOYED_BY='someone else'\n",
])("is read as sh reads it: %j", (text) => {
  expect(parseTag(text)).toEqual({ ok: true, tag: shell(text) });
});

test.each([
  ["build-42", "build-42"],
  ["build-42\n", "build-42"],
  ["\n  build-42  \n\n", "build-42"],
  ["build-42 # deployed\n", "build-42"],
  ["# deployed\nbuild-42\n", "build-42"],
  ['"build-42"\n', "build-42"],
  ["'build-42'\n", "build-42"],
  ["build-42\r\n", "build-42"],
  ["export TAG=build-42\r\n", "build-42"],
  ["\uFEFFbuild-42\n", "build-42"],
  ["\uFEFFexport TAG=build-42\n", "build-42"],
  ["build-41\nbuild-42\n", "build-42"],
  ["20240101\n", "20240101"],
])("a tag alone, and files of other systems: %j", (text, tag) => {
  expect(parseTag(text)).toEqual({ ok: true, tag });
});

test.each([
  ["", "it holds no tag", 1],
  ["# nothing\n", "it holds no tag", 1],
  ["export OTHER=1\n", "it holds no tag", 1],
  ["\nexport TAG=$(git describe)\n", "it cannot be read: this is a command, and nothing here is executed", 2],
  ["export TAG=\n", '"" is no tag', 1],
  ["a\nbuild/42\n", '"build/42" is no tag', 2],
  ["two words\n", '"two words" is no tag', 1],
  ["-x\n", '"-x" is no tag', 1],
  [`${"x".repeat(129)}\n`, `"${"x".repeat(129)}" is no tag`, 1],
])("what is no tag is told: %j", (text, message, line) => {
  expect(parseTag(text)).toEqual({ ok: false, message, line });
});
