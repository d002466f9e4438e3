import { expect, test } from "vitest";
import { turns } from "../../../src/daemon/turns.ts";
import { cpuPercent, usageMeter } from "../../../src/daemon/usage-meter.ts";
import type { ContainerUsage } from "../../../src/engine/engine.ts";

const used = (cpuMs: number, atMs: number): ContainerUsage => ({
  cpuMs,
  atMs,
  memoryBytes: 1000,
  memoryLimitBytes: null,
});

test("100 is one core; one reading, or a counter that was begun anew, gives no share", () => {
  expect(cpuPercent(used(100, 1000), used(350, 1500))).toBe(50);
  expect(cpuPercent(used(0, 0), used(4000, 1000))).toBe(400);
  expect(cpuPercent(null, used(350, 1500))).toBe(null);
  expect(cpuPercent(used(400, 1000), used(3, 1500))).toBe(null);
  expect(cpuPercent(used(400, 1000), used(400, 1000))).toBe(null);
});

test("what ends, or cannot be read, has no figures, and the others have theirs", async () => {
  let round = 0;
  const engine = {
    async usage(id: string) {
      if (id === "gone") return null;
      if (id === "refused" && round === 2) throw new Error("refused");
      return used(round * 10, round * 1000);
    },
  };
  const meter = usageMeter({ engine, reads: turns(4), mayRead: () => true });
  round = 1;
  await meter.look(["web", "gone", "refused", "left"]);
  expect(meter.of("web")).toMatchObject({ cpuPercent: null, memoryBytes: 1000 });
  round = 2;
  await meter.look(["web", "gone", "refused"]);
  expect(meter.of("web")).toMatchObject({ cpuPercent: 1, memoryBytes: 1000 });
  expect([meter.of("gone"), meter.of("refused"), meter.of("left")]).toEqual([null, null, null]);
});

test("200 containers are read a few at a time, a look never runs twice at once, and with the watcher the reading ends", async () => {
  let [busy, most, reads, watched] = [0, 0, 0, true];
  const engine = {
    async usage() {
      reads++;
      if (reads > 200) watched = false;
      busy++;
      most = Math.max(most, busy);
      await new Promise(setImmediate);
      busy--;
      return used(0, 0);
    },
  };
  const meter = usageMeter({ engine, reads: turns(4), mayRead: () => watched });
  const ids = Array.from({ length: 200 }, (_, index) => `c${index}`);
  await Promise.all([meter.look(ids), meter.look(ids), meter.look(ids)]);
  expect([reads, most]).toEqual([200, 4]);
  await meter.look(ids);
  expect(reads).toBeLessThanOrEqual(204);
});
