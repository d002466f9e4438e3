import { mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ExitRecord, UnitEvent, UnitStatus } from "../../src/control/request.ts";
import { type Host, makeHost } from "../support/host.ts";
import { until } from "../support/until.ts";

/** A host that has run for long: many units, each with a last exit and its last lines, many events, and logs that are full. */
let host: Host;

const many = Array.from({ length: 100 }, (_, index) => `unit-${index}`);
const lastLines = Array.from({ length: 50 }, (_, index) => `${index} `.padEnd(850, "x"));

function exitOf(unit: string, lines: readonly string[]): ExitRecord {
  const endedAt = new Date(Date.now() - 60_000).toISOString();
  const run = { container: "c0ffee", image: "none:1", tag: "1", startedAt: null, endedAt, ranFor: null };
  return { unit, ...run, code: 3, signal: null, oom: false, by: "itself", words: "exit 3", lastLines: lines };
}

const events = Array.from({ length: 5_000 }, (_, index): UnitEvent => {
  const time = new Date(Date.now() - 3_600_000 + index).toISOString();
  return { time, unit: null, event: "told", phase: null, because: `${index} `.padEnd(400, "x") };
});

beforeAll(async () => {
  host = await makeHost();
  await mkdir(join(host.folder, "state/history"));
  for (const short of many) {
    await host.unit(short, { enabled: false });
    const name = host.name(short);
    await writeFile(join(host.folder, `state/history/${name}.ndjson`), `${JSON.stringify(exitOf(name, lastLines))}\n`);
  }
  await writeFile(
    join(host.folder, "state/events.ndjson"),
    events.map((event) => `${JSON.stringify(event)}\n`).join(""),
  );
  await host.unit("restarted", { enabled: false });
  await host.startDaemon();
});
afterAll(() => host?.cleanup());

test("a log of half a million lines is shown whole", async () => {
  const lines = 520_000;
  const keys = { type: "task", respawn: false, log: { max_size: "100m" } };
  await host.unit("full", { ...keys, command: ["/bin/busybox", "seq", String(lines)] });
  await host.ask("start", { names: [host.name("full")] });
  const shown = await until(async () => {
    const { code, stdout, stderr } = await host.svc("logs", "PREFIX-full");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const texts = stdout.split("\n").filter((line) => line !== "" && !line.includes("Z -- "));
    return texts.length >= lines ? texts.map((line) => line.slice(21)) : null;
  });
  expect(shown.length).toBe(lines);
  expect(shown.findIndex((text, index) => text !== String(index + 1))).toBe(-1);
});
