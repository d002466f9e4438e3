import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Json } from "../../../src/unit/docker-run/create-request.ts";
import { flags, otherNames } from "../../../src/unit/docker-run/flags.ts";
import { parseFlags } from "../../../src/unit/docker-run/parse-flags.ts";
import { goldenFolder, makeFolder, readAsDocker, readLines, requestOf, wordsOf } from "./support/lines.ts";
import { normalise } from "./support/normalise.ts";
import { type Answer, askCli, cliMajor } from "./support/recording-engine.ts";

// The answers of the docker CLI are kept beside the lines; UPDATE_GOLDEN=1 asks the CLI for them anew.
const answersFile = join(goldenFolder, "answers.json");
const folder = makeFolder();
const lines = readLines();

afterAll(() => rmSync(folder.path, { recursive: true, force: true }));

test("every flag of docker run is in some line", () => {
  const seen = new Set(lines.flatMap((line) => parseFlags(wordsOf(line)).flags.map((flag) => flag.name)));
  expect(flags.map((flag) => flag.name).filter((name) => !seen.has(name))).toEqual([]);
  const older = Object.keys(otherNames).filter((name) => !lines.some((line) => line.includes(`--${name}`)));
  expect(older).toEqual([]);
});

test.skipIf(cliMajor() !== 28)("the docker CLI still answers as was recorded", async () => {
  const answers = new Map<string, Json>();
  const waiting = [...lines.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      answers.set(next[1], comparable(await askCli(wordsOf(next[1]), `${next[0]}.sock`, folder)));
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  const found = Object.fromEntries(lines.map((line) => [line, answers.get(line) ?? null]));

  if (process.env.UPDATE_GOLDEN) writeFileSync(answersFile, show(found));
  expect(found).toEqual(readAnswers());
});

test("the same flags give the same request as from the docker CLI", () => {
  const recorded = readAnswers();
  const ours = Object.fromEntries(
    lines.map((line) => [line, comparable(requestOf(readAsDocker(wordsOf(line), folder)))]),
  );
  const refused = Object.values(recorded).filter((answer) => answer === null).length;
  console.log(`${lines.length} flag lines compared with the docker CLI, ${refused} of them refused by it`);

  expect(ours).toEqual(recorded);
  expect(lines.length).toBeGreaterThanOrEqual(300);
});

function comparable(answer: Answer): Json {
  if (answer === null) return null;
  return JSON.parse(JSON.stringify(normalise(answer)).replaceAll(folder.path, "/folder")) as Json;
}

function readAnswers(): { readonly [line: string]: Json } {
  return JSON.parse(readFileSync(answersFile, "utf8")) as { readonly [line: string]: Json };
}

function show(answers: { readonly [line: string]: Json }): string {
  const rows = Object.entries(answers).map(([line, answer]) => `${JSON.stringify(line)}: ${JSON.stringify(answer)}`);
  return `{\n${rows.join(",\n")}\n}\n`;
}
