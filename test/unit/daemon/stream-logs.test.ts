import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../../src/clock/system-clock.ts";
import type { LogLine } from "../../../src/control/request.ts";
import { streamLogs } from "../../../src/daemon/output/stream-logs.ts";
import { openUnitLog } from "../../../src/daemon/output/unit-log.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "svc-log-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("for one who follows and does not read some megabytes wait, and he is told how many lines he missed", async () => {
  const clock = systemClock();
  const log = openUnitLog({ folder, unit: "web", maxSizeBytes: 1e9, maxFiles: 1, clock });
  const hangUp = new AbortController();
  const ask = { follow: true };
  const told = streamLogs({ folder, clock, units: [{ unit: "web", log }], ask, signal: hangUp.signal });
  log.remark("begun");
  const reader = told[Symbol.asyncIterator]();
  expect((await reader.next()).value).toMatchObject({ text: "begun" });
  const run = log.openRun(false);
  for (let line = 0; line < 100; line++) {
    run.output("out", Buffer.from(`${line} `.padEnd(500_000, "x").concat("\n")));
    await log.flush();
  }
  const read: LogLine[] = [];
  while (read.at(-1)?.stream !== "svc") read.push((await reader.next()).value);
  expect(read.map((line) => line.text).join("").length).toBeLessThan(4_000_000);
  expect(read.map((line) => line.text.slice(0, 2)).slice(0, 2)).toEqual(["0 ", "1 "]);
  expect(read.at(-1)?.text).toBe(`${101 - read.length} lines were skipped: they came faster than they were read`);
  run.output("out", Buffer.from("on\n"));
  expect((await reader.next()).value).toMatchObject({ text: "on" });
  hangUp.abort();
  expect((await reader.next()).done).toBe(true);
  await log.close();
});
