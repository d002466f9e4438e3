import { rmSync } from "node:fs";
import { assert, constantFrom, property, uniqueArray } from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { CreateRequest } from "../../../src/unit/docker-run/create-request.ts";
import { splitWords } from "../../../src/unit/docker-run/split-words.ts";
import { commandLineOf, quoteWords } from "../../../src/unit/docker-run/to-command-line.ts";
import { makeFolder, readAsDocker, readLines, requestOf, wordsOf } from "./support/lines.ts";

const folder = makeFolder();
afterAll(() => rmSync(folder.path, { recursive: true, force: true }));

// A seccomp profile is in the request by content, for which there is no flag.
const accepted = readLines().filter((line) => readAsDocker(wordsOf(line), folder).ok && !line.includes("seccomp.json"));

test("the command line of a request makes the same request", () => {
  for (const line of accepted) expectSame(wordsOf(line), line);
});

test("the command line of any mixture of flags makes the same request", () => {
  const mixture = uniqueArray(constantFrom(...accepted.filter((line) => !/^! |^--$/.test(line))), {
    minLength: 1,
    maxLength: 8,
  });
  assert(
    property(mixture, (lines) => {
      const words = [...lines.flatMap((line) => wordsOf(line).slice(0, -1)), "busybox:1"];
      if (readAsDocker(words, folder).ok) expectSame(words, lines.join(" "));
    }),
    { numRuns: Number(process.env.SVC_RUNS ?? 500) },
  );
});

test("a printed line is read back as the same words", () => {
  for (const line of accepted) {
    const words = wordsOf(line);
    expect(splitWords(quoteWords(words))).toEqual({ ok: true, words });
  }
});

function expectSame(words: readonly string[], line: string): void {
  const request = requestOf(readAsDocker(words, folder));
  if (request === null) throw new Error(`${line} is refused`);
  const again = readAsDocker(commandLineOf(request).slice(2), folder);
  expect(again.ok ? again.request : again.problems, line).toEqual(withEachVariableOnce(request));
}

/** Env files can name a variable several times; the last counts, and no flag can say the others. */
function withEachVariableOnce(request: CreateRequest): CreateRequest {
  const { Env } = request.body;
  if (!Env) return request;
  const byName = new Map(Env.map((variable) => [variable.split("=")[0], variable]));
  return { ...request, body: { ...request.body, Env: [...byName.values()] } };
}
