import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { CreateRequest } from "../../../../src/unit/docker-run/create-request.ts";
import { createRequestFromFlags, type FlagResult } from "../../../../src/unit/docker-run/create-request-from-flags.ts";
import { splitWords } from "../../../../src/unit/docker-run/split-words.ts";
import type { Folder } from "./recording-engine.ts";

export const goldenFolder = resolve(import.meta.dirname, "../../../golden/docker-run");

/** The flag lines of lines.txt. A line that begins with `! ` is a whole command line, any other is given an image. */
export function readLines(): readonly string[] {
  const text = readFileSync(join(goldenFolder, "lines.txt"), "utf8");
  return [...new Set(text.split("\n").filter((line) => line !== "" && !line.startsWith("#")))];
}

export function wordsOf(line: string): readonly string[] {
  const split = splitWords(line.startsWith("! ") ? line.slice(2) : `${line} busybox:1`);
  if (!split.ok) throw new Error(`${line}: ${split.message}`);
  return split.words;
}

/** A folder with the files that the lines speak of. */
export function makeFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "docker-run-"));
  mkdirSync(join(path, "site"));
  const files = {
    "plain.env": '# a comment\n\nA=1\n  B=two words \nC="quoted"\nFROM_HOST\nNOT_THERE\nD=x=y\r\n',
    "more.env": "A=2\nE=\n",
    "export.env": "export A=1\n",
    "noname.env": "=1\n",
    "labels.list": "one=1\n# none\n  two\nthree=a b\n",
    "seccomp.json": '{\n  "defaultAction": "SCMP_ACT_ALLOW",\n  "names": ["a b", "c\\"d"], "n": 1.50\n}\n',
    "broken.json": '{ "a": \n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return { path, environment: { FROM_HOST: "host value", EMPTY_ON_HOST: "" } };
}

/** What our own reading makes of words, as the docker CLI is to. */
export function readAsDocker(words: readonly string[], folder: Folder): FlagResult {
  return createRequestFromFlags(words, {
    image: null,
    command: [],
    hostEnvironment: { ...folder.environment, HOME: folder.path },
    workingDirectory: folder.path,
    readFile: (path) => readFileSync(resolve(folder.path, path), "utf8"),
    use: "docker",
  });
}

export function requestOf(result: FlagResult): CreateRequest | null {
  return result.ok ? result.request : null;
}
