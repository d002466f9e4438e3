import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../../src/clock/system-clock.ts";
import { streamLogs } from "../../../src/daemon/output/stream-logs.ts";
import { openUnitLog, type UnitLog } from "../../../src/daemon/output/unit-log.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "svc-log-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.each([
  [undefined, ["1", "2", "3", "4", "5"]],
  [2, ["3", "4", "5"]],
  [4, ["1", "2", "3", "4", "5"]],
  [0, ["2", "3", "4", "5"]],
])("lines that are written while the last %s are read come once", async (lines, expected) => {
  const clock = systemClock();
  const log = openUnitLog({ folder, unit: "web", maxSizeBytes: 1e9, maxFiles: 1, clock });
  const run = log.openRun(false);
  run.output("out", Buffer.from("1\n"));
  await log.flush();
  const writing: UnitLog = {
    ...log,
    async flush() {
      run.output("out", Buffer.from("2\n3\n4\n"));
      await log.flush();
    },
  };
  const hangUp = new AbortController();
  const ask = { follow: true, ...(lines === undefined ? {} : { lines }) };
  const told: string[] = [];
  const units = [{ unit: "web", log: writing }];
  for await (const { text } of streamLogs({ folder, clock, units, ask, signal: hangUp.signal })) {
    told.push(text);
    if (text === "4") run.output("out", Buffer.from("5\n"));
    if (text === "5") hangUp.abort();
  }
  expect(told).toEqual(expected);
  await log.close();
});
