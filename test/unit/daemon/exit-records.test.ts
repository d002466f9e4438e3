import { appendFile, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ExitRecord } from "../../../src/control/request.ts";
import { exitRecords } from "../../../src/daemon/output/exit-records.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "svc-exits-"));
});
afterEach(() => rm(folder, { recursive: true }));

function exit(code: number, line = "bye"): ExitRecord {
  return {
    unit: "web@1",
    container: `c${code}`,
    image: "web:1",
    tag: "1",
    startedAt: null,
    endedAt: new Date(code * 1_000).toISOString(),
    ranFor: null,
    code,
    signal: null,
    oom: false,
    by: "itself",
    words: `exit ${code}`,
    lastLines: Array.from({ length: 50 }, () => line),
  };
}

const file = (): string => join(folder, "history", "web%401.ndjson");
const codes = (records: readonly ExitRecord[]): readonly (number | null)[] => records.map((one) => one.code);

test("exits are kept, newest last, for root alone, and known again after a restart of svc", async () => {
  const records = await exitRecords(folder);
  await Promise.all([records.append(exit(1)), records.append(exit(2)), records.append(exit(3))]);
  expect(codes(await records.read("web@1"))).toEqual([1, 2, 3]);
  expect(codes(await records.read("web@1", 2))).toEqual([2, 3]);
  expect(await records.read("web@1", 0)).toEqual([]);
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  expect((await exitRecords(folder)).last("web@1")).toEqual(exit(3));
});

test("the same end is kept once, also when it is told again after a restart of svc; a second end of a container is another", async () => {
  const run = { ...exit(1), startedAt: new Date(500).toISOString() };
  const records = await exitRecords(folder);
  await Promise.all([records.append(run), records.append({ ...run, startedAt: null })]);
  const again = await exitRecords(folder);
  await again.append(run);
  expect(await again.read("web@1")).toEqual([run]);
  await again.append({ ...exit(2), container: run.container, startedAt: new Date(1_500).toISOString() });
  expect(codes(await again.read("web@1"))).toEqual([1, 2]);
});

test("a record that a crash tore is passed over and swallows no other", async () => {
  const records = await exitRecords(folder);
  await records.append(exit(1));
  await appendFile(file(), '{"unit":"web@1","co');
  const again = await exitRecords(folder);
  expect(again.last("web@1")).toEqual(exit(1));
  await again.append(exit(2));
  expect(codes(await again.read("web@1"))).toEqual([1, 2]);
});

test("a file that has grown large is cut back to the newest", async () => {
  const records = await exitRecords(folder);
  for (let code = 1; code <= 50; code++) await records.append(exit(code, "x".repeat(2_000)));
  const kept = codes(await records.read("web@1"));
  expect(kept.at(-1)).toBe(50);
  expect(kept.length).toBeLessThan(50);
  expect((await readFile(file())).length).toBeLessThan(5 << 20);
});

test("a run whose last lines are megabytes takes the place of no other, and is known after a restart of svc", async () => {
  const records = await exitRecords(folder);
  await records.append(exit(1));
  await records.append(exit(2, "\0".repeat(1 << 20)));
  expect(codes(await records.read("web@1"))).toEqual([1, 2]);
  const last = (await exitRecords(folder)).last("web@1");
  expect(last).toMatchObject({ code: 2 });
  expect(last?.lastLines.every((line) => line.startsWith("\0\0") && line.length < 2_100)).toBe(true);
});

test("cut back, a file keeps its newest record, however large an older svc made that", async () => {
  const records = await exitRecords(folder);
  const large = { ...exit(1), lastLines: ["x".repeat(5 << 20)] };
  await appendFile(file(), `${JSON.stringify(large)}\n`);
  await records.append(exit(2));
  expect(codes(await records.read("web@1"))).toEqual([2]);
});
