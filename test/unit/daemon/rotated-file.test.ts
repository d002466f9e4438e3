import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../../src/clock/system-clock.ts";
import { logFiles } from "../../../src/daemon/output/log-files.ts";
import { type RotatedFile, rotatedFile } from "../../../src/daemon/output/rotated-file.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "svc-rotated-"));
  path = join(folder, "web.log");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = (maxSizeBytes = 100, maxFiles = 3): RotatedFile =>
  rotatedFile({ path, maxSizeBytes, maxFiles, clock: systemClock(), onStuck: () => undefined });

/** All lines that a reader finds, oldest first. */
async function lines(): Promise<string> {
  const texts = (await logFiles(folder, "web")).map(async (one) => {
    const bytes = await readFile(one);
    return (one.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
  });
  return (await Promise.all(texts)).reverse().join("");
}

async function writeAndClose(text: string, maxFiles = 5): Promise<void> {
  const one = file(100, maxFiles);
  expect(await one.write(Buffer.from(text))).toBe(true);
  await one.close();
}

const old = `${"old ".repeat(40)}\n`;

/** What a crash leaves at each step of putting a file away: nothing of it is lost, and nothing is there twice. */
test.each([
  ["before it was compressed", { "web.log.0": old }],
  ["while it was compressed", { "web.log.0": old, "web.log.0.gz": "half a fi" }],
  ["when it was compressed", { "web.log.0.gz": gzipSync(old) }],
  ["while the others moved up", { "web.log.0.gz": gzipSync(old), "web.log.2.gz": gzipSync("older\n") }],
  [
    "with all places taken",
    { "web.log.0": old, "web.log.1.gz": gzipSync("older\n"), "web.log.2.gz": gzipSync("oldest\n") },
  ],
])("killed %s", async (_, left) => {
  for (const [name, content] of Object.entries(left)) await writeFile(join(folder, name), content);
  await writeFile(path, `${"new ".repeat(40)}\n`);
  const before = await lines();
  await writeAndClose("a\n");
  expect(await lines()).toBe(`${before}a\n`);
  await writeAndClose("b\n");
  expect(await lines()).toBe(`${before}a\nb\n`);
  expect((await readdir(folder)).filter((name) => name.includes(".0"))).toEqual([]);
});

test("no more files are kept than was said, the newest ones", async () => {
  for (let round = 0; round < 6; round++) await writeAndClose(`${round} ${"x".repeat(100)}\n`, 2);
  const kept = [...(await lines()).matchAll(/^\d/gm)].map(([number]) => number);
  expect(kept).toEqual(["3", "4", "5"]);
  expect((await readdir(folder)).sort()).toEqual(["web.log", "web.log.1.gz", "web.log.2.gz"]);
});

test("a line that a crash cut short is kept as a remark, and the next one is whole", async () => {
  await writeFile(path, "2026-01-01T00:00:00.000Z out whole\n2026-01-01T00:00:01.000Z out cut sh");
  await writeAndClose("next\n");
  expect(await lines()).toBe(
    "2026-01-01T00:00:00.000Z out whole\n2026-01-01T00:00:01.000Z svc this line was cut short: out cut sh\nnext\n",
  );
});

test("one that somebody moves away or removes is made anew", async () => {
  const one = file(1e6);
  await one.write(Buffer.from("a\n"));
  await rename(path, join(folder, "elsewhere"));
  await expect
    .poll(
      async () => {
        await one.write(Buffer.from("b\n"));
        return readdir(folder);
      },
      { timeout: 10_000 },
    )
    .toContain("web.log");
  await one.close();
  expect(await lines()).toBe("b\n");
});

test("where it cannot be written it is tried again until it can", async () => {
  await rm(folder, { recursive: true });
  let refusals = 0;
  const one = rotatedFile({ path, maxSizeBytes: 100, maxFiles: 1, clock: systemClock(), onStuck: () => refusals++ });
  const written = one.write(Buffer.from("a\n"));
  await expect.poll(() => refusals).toBeGreaterThan(0);
  expect(one.isStuck()).toBe(true);
  await mkdir(folder);
  expect(await written).toBe(true);
  await one.close();
  expect(await lines()).toBe("a\n");
});

test("what cannot be written is given up when it is closed", async () => {
  await rm(folder, { recursive: true });
  const one = file();
  const written = one.write(Buffer.from("a\n"));
  await one.close();
  expect(await written).toBe(false);
});
