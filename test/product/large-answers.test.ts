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

test("units whose last runs wrote much are listed, and their logs are shown", async () => {
  for (const words of [["list"], ["status"], ["logs"], ["status", ...many.map((short) => `PREFIX-${short}`)]])
    expect(await host.svc(...words)).toMatchObject({ code: 0, stderr: "" });
  for (const command of ["list", "status"]) {
    const { stdout } = await host.svc(command, "--json");
    const found = (JSON.parse(stdout) as UnitStatus[]).find((one) => one.name === host.name("unit-7"));
    expect(found?.lastExit).toMatchObject({ code: 3, by: "itself", words: "exit 3" });
    expect(found?.lastExit).not.toHaveProperty("lastLines");
  }
  expect(await host.ask("history", { unit: host.name("unit-7") })).toMatchObject([{ lastLines }]);
});

test("an answer of many megabytes comes whole", async () => {
  await host.unit("wide", { description: "x".repeat(6_000_000) });
  const { stdout } = await host.svc("status", "PREFIX-wide", "--json");
  expect((JSON.parse(stdout) as UnitStatus[])[0]?.description.length).toBe(6_000_000);
});

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

test("what a unit wrote without a line end leaves its history as it was, and of it the beginning", async () => {
  const endless = "/bin/busybox head -c 6000000 /dev/zero | /bin/busybox tr '\\000' x; exit 3";
  const name = host.name("endless");
  await host.write("state/history/PREFIX-endless.ndjson", `${JSON.stringify(exitOf(name, ["before"]))}\n`);
  await host.unit("endless", { respawn: false, command: ["sh", "-c", endless] });
  await host.ask("start", { names: [name] });
  await host.reaches("PREFIX-endless", { phase: "failed" });
  const records = await host.ask("history", { unit: name });
  expect(records.map((one) => one.code)).toEqual([3, 3]);
  const kept = records.at(-1)?.lastLines ?? [];
  expect(kept.every((line) => line.startsWith("xxx") && line.length < 5_000)).toBe(true);
  expect(kept.length).toBeGreaterThan(0);
  expect(await host.svc("list")).toMatchObject({ code: 0 });
});

test("who follows events and pauses in those of before misses none of what happens meanwhile", async () => {
  const name = host.name("restarted");
  await host.ask("start", { names: [name] });
  const ask = JSON.stringify({ follow: true });
  const reader = connect(host.env.SVC_SOCKET ?? "");
  let told = "";
  await new Promise<void>((resolve) => {
    reader.once("data", (chunk) => {
      reader.pause();
      told += chunk;
      resolve();
    });
    reader.write(`POST /v1/events HTTP/1.0\r\nContent-Length: ${ask.length}\r\n\r\n${ask}`);
  });
  await host.ask("restart", { names: [name] });
  reader.on("data", (chunk) => {
    told += chunk;
  });
  reader.resume();
  const stopping = `"unit":"${name}","event":"phase","phase":"stopping"`;
  await until(() => told.split(stopping).length === 2 && told.split(stopping)[1]?.includes('"phase":"up"'), {
    within: 20_000,
    seen: () => told.slice(-2_000),
  });
  for (const { because } of [events[0], events[2_500], events[4_999]].flatMap((event) => event ?? []))
    expect(told.split(`"${because}"`).length).toBe(2);
  reader.destroy();
});
