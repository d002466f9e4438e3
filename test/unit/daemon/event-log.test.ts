import { mkdtemp, rm } from "node:fs/promises";
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

const told = (): readonly string[] => log.since(0).map(({ phase, because }) => `${phase}: ${because}`);
const decided = (...decisions: readonly Decision[]): void => {
  for (const decision of decisions) log.observe(new Map([["site", decision]]));
};

test("a change of phase is told once, however its reason changes", () => {
  const waiting = (because: string): Decision => ({ wait: true, phase: "waiting", because, until: null });
  decided(waiting("it needs db"), waiting("it needs db, which is down"), { rest: true, phase: "up", because: "ready" });
  expect(told()).toEqual(["waiting: it needs db", "up: ready"]);
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
