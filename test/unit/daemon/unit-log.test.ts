import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../../src/clock/system-clock.ts";
import { openUnitLog } from "../../../src/daemon/output/unit-log.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "svc-log-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("what is rotated is compressed and kept, oldest with the highest number, and no line is lost", async () => {
  const log = openUnitLog({ folder, unit: "web", maxSizeBytes: 5_000, maxFiles: 100, clock: systemClock() });
  const run = log.openRun(false);
  for (let chunk = 0; chunk < 50; chunk++) {
    run.output("out", Buffer.from(numbered(chunk * 100, chunk * 100 + 100)));
    await log.flush();
  }
  await log.close();
  expect((await readdir(folder)).length).toBeGreaterThan(3);
  expect(textsOf(await allOf())).toBe(numbered(0, 5_000));
});

test("lines that the disk does not take in time are dropped, and the log says how many", async () => {
  const log = openUnitLog({ folder, unit: "web", maxSizeBytes: 1e9, maxFiles: 1, clock: systemClock() });
  const lines = 250_000;
  log.openRun(false).output("out", Buffer.from(numbered(0, lines)));
  await log.close();
  const text = await allOf();
  const dropped = [...text.matchAll(/ svc (\d+) lines were dropped/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
  expect(dropped).toBeGreaterThan(0);
  expect(textsOf(text).split("\n").length - 1 + dropped).toBe(lines);
});

test("of long lines, and of one that never ends, the beginnings are held, and the file has every byte", async () => {
  const log = openUnitLog({ folder, unit: "web", maxSizeBytes: 1e9, maxFiles: 1, clock: systemClock() });
  const run = log.openRun(false);
  let written = 0;
  for (let line = 0; line < 200; line++) {
    run.output("out", Buffer.from(`${line} `.padEnd(100_000, "x").concat(line < 100 ? "\n" : "\r")));
    written += 100_000;
    if (line % 10 === 0) await log.flush();
  }
  run.end();
  const held = run.lastLines(1_000);
  expect(held.join("").length).toBeLessThan(300_000);
  expect(held.length).toBeGreaterThan(10);
  expect(held[0]).toMatch(/^\d\d xxx/);
  await log.close();
  const text = (await allOf()).replaceAll(/\n?\d{4}-[\d:.T-]+Z out\+? /g, "");
  expect(text.replaceAll(/[\r\n]/g, "").length).toBe(written);
});

test("two containers that write at once do not get into each other's lines", async () => {
  const log = openUnitLog({ folder, unit: "web", maxSizeBytes: 1e9, maxFiles: 1, clock: systemClock() });
  const [old, next] = [log.openRun(false), log.openRun(true)];
  old.output("out", Buffer.from("one half of the old, "));
  next.output("out", Buffer.from("one half of the next, "));
  old.output("out", Buffer.from("and the other\nthe old ends in the mi"));
  next.output("out", Buffer.from("and the other\r\n"));
  old.end();
  await log.close();
  expect(textsOf(await allOf())).toBe(
    "one half of the old, and the other\none half of the next, and the other\nthe old ends in the mi\n",
  );
  expect(old.lastLines(9)).toEqual(["one half of the old, and the other", "the old ends in the mi"]);
  expect(log.lastLines(9)).toEqual(["one half of the next, and the other"]);
});

test("every byte of a line is kept, however the output is cut into chunks; of a terminal's line ends only the line feed", async () => {
  const text = Buffer.concat([
    Buffer.from("grüße\n\na\rb\r\n"),
    Buffer.from([0xff, 0, 0x80, 10]),
    Buffer.from("🦀 last\n"),
  ]);
  for (const tty of [false, true]) {
    for (let cut = 1; cut < text.length; cut++) {
      const log = openUnitLog({
        folder,
        unit: `web${cut}${tty}`,
        maxSizeBytes: 1e9,
        maxFiles: 1,
        clock: systemClock(),
      });
      const heard: string[] = [];
      log.onLine((line) => heard.push(line.text));
      const run = log.openRun(tty);
      for (let at = 0; at < text.length; at += cut) run.output("out", text.subarray(at, at + cut));
      await log.close();
      const lines = ["grüße", "", tty ? "a\rb" : "a\rb\r", "\ufffd\0\ufffd", "🦀 last"];
      expect(heard).toEqual(lines);
      expect(log.lastLines(2)).toEqual(lines.slice(-2));
      expect(log.lastLines(100)).toEqual(lines);
      const bytes = await readFile(join(folder, `web${cut}${tty}.log`));
      const kept = bytes.toString("latin1").replaceAll(/^\S+ out /gm, "");
      expect(kept).toBe(text.toString("latin1").replaceAll("\r\n", tty ? "\n" : "\r\n"));
    }
  }
});

function numbered(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, index) => `line ${from + index}\n`).join("");
}

function textsOf(log: string): string {
  return [...log.matchAll(/^\S+ out (.*\n)/gm)].map(([, text]) => text).join("");
}

async function allOf(): Promise<string> {
  const age = (name: string): number => Number(/\.(\d+)\.gz$/.exec(name)?.[1] ?? 0);
  const names = (await readdir(folder)).filter((name) => name.startsWith("web.log")).sort((a, b) => age(b) - age(a));
  const texts = names.map(async (name) => {
    const bytes = await readFile(join(folder, name));
    return (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
  });
  return (await Promise.all(texts)).join("");
}
