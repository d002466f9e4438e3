import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type Docker from "dockerode";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readCgroup } from "../../../src/engine/docker/cgroup.ts";
import { usageOf } from "../../../src/engine/docker/usage.ts";

/** The kernel's files and the engine's answer, as they are: one host runs with one kind of them. */
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "svc-cgroup-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function write(folder: string, files: { readonly [name: string]: string }): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, folder, name)), { recursive: true });
    await writeFile(join(root, folder, name), text);
  }
}

test("version 2, with the systemd driver: memory without inactive files, `max` is no limit", async () => {
  const stat = "anon 5000\nfile 3000\nactive_file 999\ninactive_file 2000\n";
  const cpu = "usage_usec 1234567\nuser_usec 1000000\nsystem_usec 234567\n";
  const files = { "cpu.stat": cpu, "memory.current": "10000\n", "memory.stat": stat, "memory.max": "max\n" };
  await write("system.slice/docker-a1.scope", files);
  await write("docker/a2", { ...files, "memory.max": "20000\n" });
  const figures = { cpuMs: 1234.567, memoryBytes: 8000, atMs: expect.any(Number) };
  expect(readCgroup("a1", root)).toEqual({ ...figures, memoryLimitBytes: null });
  expect(readCgroup("a2", root)).toEqual({ ...figures, memoryLimitBytes: 20000 });
  expect(readCgroup("a3", root)).toBe(null);
});

test("version 1: the whole tree's inactive files, the largest number of pages is no limit", async () => {
  const memory = {
    "memory.usage_in_bytes": "10000\n",
    "memory.stat": "inactive_file 1\ntotal_inactive_file 4000\n",
    "memory.limit_in_bytes": "9223372036854771712\n",
  };
  await write("memory/docker/b1", memory);
  expect(readCgroup("b1", root)).toBe(null);
  await write("cpuacct/docker/b1", { "cpuacct.usage": "2500000000\n" });
  const figures = { cpuMs: 2500, memoryBytes: 6000, atMs: expect.any(Number) };
  expect(readCgroup("b1", root)).toEqual({ ...figures, memoryLimitBytes: null });
  await write("memory/docker/b1", { "memory.limit_in_bytes": "67108864\n" });
  expect(readCgroup("b1", root)).toEqual({ ...figures, memoryLimitBytes: 67108864 });
});

test("the engine's answer: the time of all CPUs is the clock, the host's memory is no limit, the year 1 is nothing", () => {
  const stats = {
    read: "2026-11-25T03:00:00.5Z",
    cpu_stats: { cpu_usage: { total_usage: 3e9 }, system_cpu_usage: 8e12, online_cpus: 4 },
    memory_stats: { usage: 10000, limit: 50000, stats: { inactive_file: 2500 } },
  } as unknown as Docker.ContainerStats;
  const figures = { cpuMs: 3000, atMs: 2_000_000, memoryBytes: 7500 };
  expect(usageOf(stats, 50000)).toEqual({ ...figures, memoryLimitBytes: null });
  expect(usageOf(stats, 90000)).toEqual({ ...figures, memoryLimitBytes: 50000 });
  expect(usageOf({ ...stats, read: "0001-01-01T00:00:00Z" }, 90000)).toBe(null);
});
