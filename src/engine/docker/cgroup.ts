import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ContainerUsage } from "../engine.ts";

/** Above this a limit of cgroup v1 is none: it is the largest number of pages. */
const noLimitBytes = 2 ** 62;

/** What the kernel counts for a container of this host; null: it has no group here, or none where the engine puts it by itself. */
export async function readCgroup(id: string, root = "/sys/fs/cgroup"): Promise<ContainerUsage | null> {
  // The engine's two drivers: systemd and cgroupfs.
  for (const group of [`system.slice/docker-${id}.scope`, `docker/${id}`]) {
    const found = (await readUnified(join(root, group))) ?? (await readSplit(root, group));
    if (found) return found;
  }
  return null;
}

async function readUnified(folder: string): Promise<ContainerUsage | null> {
  const texts = await readAll(
    ["cpu.stat", "memory.current", "memory.stat", "memory.max"].map((name) => join(folder, name)),
  );
  if (!texts) return null;
  const [cpu = "", current = "", stat = "", limit = ""] = texts;
  return {
    cpuMs: field(cpu, "usage_usec") / 1e3,
    atMs: performance.now(),
    memoryBytes: without(Number(current), field(stat, "inactive_file")),
    memoryLimitBytes: limit.trim() === "max" ? null : Number(limit),
  };
}

/** Version 1: a tree for each controller. */
async function readSplit(root: string, group: string): Promise<ContainerUsage | null> {
  const memory = join(root, "memory", group);
  const texts = await readAll([
    join(root, "cpuacct", group, "cpuacct.usage"),
    ...["memory.usage_in_bytes", "memory.stat", "memory.limit_in_bytes"].map((name) => join(memory, name)),
  ]);
  if (!texts) return null;
  const [cpu = "", current = "", stat = "", limit = ""] = texts;
  return {
    cpuMs: Number(cpu) / 1e6,
    atMs: performance.now(),
    memoryBytes: without(Number(current), field(stat, "total_inactive_file")),
    memoryLimitBytes: Number(limit) > noLimitBytes ? null : Number(limit),
  };
}

/** null: one of them is not there. */
function readAll(paths: readonly string[]): Promise<readonly string[] | null> {
  return Promise.all(paths.map((path) => readFile(path, "utf8"))).catch(() => null);
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
}

/** docker stats takes them off only where that leaves something. */
export function without(bytes: number, droppable: number): number {
  return droppable < bytes ? bytes - droppable : bytes;
}
