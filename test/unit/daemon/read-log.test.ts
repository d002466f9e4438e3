import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readLog } from "../../../src/daemon/output/read-log.ts";

/** Three files, 30 000 numbered lines, a second each; the newest file is larger than one block. */
let folder: string;
const startAt = Date.parse("2026-01-01T00:00:00.000Z");
const timeOf = (index: number): number => startAt + index * 1_000;
const lineOf = (index: number): string => `${new Date(timeOf(index)).toISOString()} out line ${index}\n`;
const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => lineOf(from + index)).join("");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "svc-log-"));
  await writeFile(join(folder, "web.log.2.gz"), gzipSync(numbered(0, 10_000)));
  await writeFile(join(folder, "web.log.1.gz"), gzipSync(numbered(10_000, 20_000)));
  await writeFile(join(folder, "web.log"), numbered(20_000, 30_000));
  await writeFile(join(folder, "web@1.log"), lineOf(1));
  await writeFile(join(folder, "odd.log"), `${new Date(startAt).toISOString()} err a\rb\u2028c\0d\nno time\n`);
});
afterAll(() => rm(folder, { recursive: true }));

async function texts(unit: string, ask: Parameters<typeof readLog>[2]): Promise<readonly string[]> {
  return (await readLog(folder, unit, ask)).map((line) => line.text);
}

test("all that is kept, in order, over all files", async () => {
  const all = await texts("web", {});
  expect([all.length, all[0], all.at(-1)]).toEqual([30_000, "line 0", "line 29999"]);
  expect(new Set(all).size).toBe(30_000);
});

test("the last lines, in the newest file or beyond it", async () => {
  expect(await texts("web", { lines: 2 })).toEqual(["line 29998", "line 29999"]);
  const many = await texts("web", { lines: 15_000 });
  expect([many.length, many[0]]).toEqual([15_000, "line 15000"]);
  expect(await texts("web", { lines: 0 })).toEqual([]);
});

test("lines since an instant, and lines that match", async () => {
  expect((await texts("web", { since: timeOf(9_998) })).length).toBe(20_002);
  expect(await texts("web", { since: timeOf(29_999) })).toEqual(["line 29999"]);
  expect(await texts("web", { grep: /line 1234\d$/, lines: 3 })).toEqual(["line 12347", "line 12348", "line 12349"]);
});

test("a line is what stands between two line feeds, whatever else is in it", async () => {
  expect(await texts("odd", {})).toEqual(["a\rb\u2028c\0d"]);
});

test("a unit without a log has written nothing", async () => {
  expect(await texts("none", {})).toEqual([]);
});
