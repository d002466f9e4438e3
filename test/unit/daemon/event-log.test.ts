import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EventLog } from "../../../src/daemon/event-log.ts";
import type { Decision } from "../../../src/plan/decision.ts";

let folder: string;
let log: EventLog;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "svc-events-"));
  log = await EventLog.open(folder, () => 1_000);
});
afterEach(async () => {
  await log.flush();
  await rm(folder, { recursive: true });
});

const anew = async (date: number): Promise<void> => {
  await log.flush();
  log = await EventLog.open(folder, () => date);
};
const told = (): readonly string[] => log.since(0).map(({ phase, because }) => `${phase}: ${because}`);
const decided = (...decisions: readonly Decision[]): void => {
  for (const decision of decisions) log.observe(new Map([["site", decision]]));
};

test("a change of phase is told once, however its reason changes", () => {
  const waiting = (because: string): Decision => ({ wait: true, phase: "waiting", because, until: null });
  decided(waiting("it needs db"), waiting("it needs db, which is down"), { rest: true, phase: "up", because: "ready" });
  expect(told()).toEqual(["waiting: it needs db", "up: ready"]);
});

test("a line that a crash tore swallows no event after it", async () => {
  decided({ rest: true, phase: "up", because: "ready" });
  await log.flush();
  await appendFile(join(folder, "events.ndjson"), '{"time":"1970-01-01T00:00:01.000Z","unit":"si');
  await anew(2_000);
  decided({ rest: true, phase: "down", because: "operator asked for it" });
  decided({ rest: true, phase: "up", because: "ready" });
  await anew(3_000);
  expect(told()).toEqual(["up: ready", "down: operator asked for it", "up: ready"]);
});

test("one that stops after others: why it stops itself is told when its turn comes", () => {
  decided(
    { wait: true, phase: "stopping", because: "worker, which needs it, stops first", until: null, dueTo: "worker" },
    { do: { call: "signal", id: "1", why: "replaced" }, phase: "stopping", because: "mail was replaced" },
    { wait: true, phase: "stopping", because: "it has 10 s to end", until: 5 },
  );
  expect(told()).toEqual(["stopping: worker, which needs it, stops first", "stopping: mail was replaced"]);
});

test("one that is stopped at once is told of once", () => {
  const signal = { call: "signal", id: "1", why: "unwanted" } as const;
  decided({ do: signal, phase: "stopping", because: "operator asked for it to be down" });
  expect(told()).toEqual(["stopping: operator asked for it to be down"]);
});

test("one that ran when svc came is up since it came up, however often svc came", async () => {
  const up: Decision = { rest: true, phase: "up", because: "it is ready" };
  const asking: Decision = { wait: true, phase: "starting", because: "nothing answers on its port 80 yet", until: 9 };
  decided(up);
  for (const date of [5_000, 7_000]) {
    await anew(date);
    for (const decision of [asking, up]) log.observe(new Map([["site", decision]]), () => true);
    expect(log.phaseOf("site")).toMatchObject({ phase: "up", since: 1_000 });
  }
  // Another container is up since then.
  await anew(8_000);
  for (const decision of [asking, up]) log.observe(new Map([["site", decision]]), () => false);
  expect(log.phaseOf("site")).toMatchObject({ phase: "up", since: 8_000 });
});

test("one that ran when svc came, and was degraded since, is up since then", async () => {
  const up: Decision = { rest: true, phase: "up", because: "it is ready" };
  const degraded: Decision = { rest: true, phase: "degraded", because: "db, which it needs, is not ready" };
  decided(up);
  await anew(5_000);
  for (const decision of [up, degraded, up]) log.observe(new Map([["site", decision]]), () => true);
  expect(log.phaseOf("site")).toMatchObject({ phase: "up", since: 5_000 });
});
