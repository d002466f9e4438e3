import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { parseSaved } from "../../../src/daemon/saved-state.ts";
import { readEnvText } from "../../../src/unit/app-files/env-file.ts";
import { parseTag } from "../../../src/unit/app-files/tag-file.ts";
import { buildUnit } from "../../../src/unit/build-unit.ts";
import { createRequestFromFlags } from "../../../src/unit/docker-run/create-request-from-flags.ts";
import { splitWords } from "../../../src/unit/docker-run/split-words.ts";
import { FileReader } from "../../../src/unit/file-reader.ts";
import { readUnitFile } from "../../../src/unit/unit-file.ts";
import { mutated } from "../../support/mutations.ts";
import { readLines } from "../docker-run/support/lines.ts";
import { keyTable } from "../unit/support/key-table.ts";

/**
 * Whatever stands in a file, svc says what is wrong with it, and where: it does not throw, and does not hang.
 * `SVC_RUNS=1000000 npx vitest run test/unit/fuzz` is the long run.
 */
const runs = Number(process.env.SVC_RUNS ?? 1_000);
const timeout = 60_000 + runs * 20;
const root = join(import.meta.dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "svc-fuzz-"));
afterAll(() => rmSync(folder, { recursive: true }));

const filesIn = (path: string): readonly string[] =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(root, path, entry.name), "utf8"));
const unitFiles = [...filesIn("units"), ...keyTable.map(({ yaml }) => yaml)];
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are for the shell.
const envFiles = [
  ...filesIn("units/default"),
  "export A=1 B=$A\nC=\"x ${A} \\\n y\"\nD='it'\\''s'\n# end\n",
  'IMAGE=app\nOPTS="-e A=1 --link db:db \\\n -p 80:80"\nEXTRA=--memory=64m\n',
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: these were for the shell.
const folders = { units: folder, defaultDir: folder, wwwDir: folder };

test("unit files", { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(mutated(unitFiles), async (text) => {
      const read = readUnitFile("site@3", "/units/site@.yml", text);
      const { keys } = read;
      const built = keys
        ? await buildUnit({
            name: "site@3",
            file: "/units/site@.yml",
            read: { ...read, keys },
            folders,
            reader: new FileReader(),
          })
        : null;
      const problems = [...read.problems, ...(built?.problems ?? [])];
      for (const { line, column, message } of problems) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(text.split("\n").length + 1);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(message).not.toBe("");
      }
      expect(built?.unit ?? problems.length).not.toBe(0);
    }),
    { numRuns: runs },
  );
});

test.each(["sh", "docker", "dotenv"] as const)("env files, read as %s", { timeout }, (format) => {
  fc.assert(
    fc.property(mutated(envFiles), (text) => {
      const { assignments, problems } = readEnvText(text, format);
      const lines = text.split("\n").length;
      for (const { line, column } of [...assignments, ...problems]) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines);
        expect(column).toBeGreaterThanOrEqual(1);
      }
    }),
    { numRuns: runs },
  );
});

test("TAG files", { timeout }, () => {
  fc.assert(
    fc.property(
      mutated(["export TAG=build-42\n", "TAG='v1.2'\n", "build-42\n", "# c\nOTHER=1\nTAG=x; export TAG\n"]),
      (text) => {
        const tag = parseTag(text);
        expect(tag.ok ? tag.tag : tag.message).not.toBe("");
        if (tag.ok) expect(tag.tag).toMatch(/^[\w.-]+$/);
      },
    ),
    { numRuns: runs },
  );
});

test("OPTS", { timeout }, () => {
  const readFile = (): string => {
    throw new Error("there are no files here");
  };
  fc.assert(
    fc.property(mutated(readLines()), (text) => {
      const split = splitWords(text);
      if (!split.ok) {
        expect(split.offset).toBeLessThanOrEqual(text.length);
        return;
      }
      const context = {
        image: "app",
        command: [],
        use: "service",
        hostEnvironment: {},
        workingDirectory: "/",
        readFile,
      } as const;
      const result = createRequestFromFlags(split.words, context);
      if (result.ok) expect(JSON.stringify(result.request)).toContain('"app"');
      else expect(result.problems.length).toBeGreaterThan(0);
    }),
    { numRuns: runs },
  );
});

test("state files", { timeout }, () => {
  const saved = readFileSync(join(root, "test/saved/state-1.json"), "utf8");
  fc.assert(
    fc.property(mutated([saved, "{}", "[]", '{"version":1,"units":{"a":{"wish":{}}}}']), (text) => {
      const found = parseSaved(text);
      if (found instanceof Error) {
        expect(found.message).not.toBe("");
        return;
      }
      for (const { wish, respawns, restarts } of found.units.values()) {
        expect(["up", "down"]).toContain(wish.want);
        expect([wish.generation, restarts, ...respawns].every((one) => typeof one === "number")).toBe(true);
      }
    }),
    { numRuns: runs },
  );
});
