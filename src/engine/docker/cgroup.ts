import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerUsage } from "../engine.ts";

/** Above this a limit of cgroup v1 is none: it is the largest number of pages. */
const noLimitBytes = 2 ** 62;

/** What the kernel counts for a container of this host; null: it has no group here, or none where the engine puts it by itself. */
export function readCgroup(id: string, root = "/sys/fs/cgroup"): ContainerUsage | null {
  // The engine's two drivers: systemd and cgroupfs.
  for (const group of [`system.slice/docker-${id}.scope`, `docker/${id}`]) {
    const found = readUnified(join(root, group)) ?? readSplit(root, group);
    if (found) return found;
  }
  return null;
}

function readUnified(folder: string): ContainerUsage | null {
  const files = readAll(["cpu.stat", "memory.current", "memory.stat", "memory.max"].map((name) => join(folder, name)));
  if (!files) return null;
  const [cpu = "", current = "", stat = "", limit = ""] = files.texts;
  return {
    cpuMs: field(cpu, "usage_usec") / 1e3,
    atMs: files.atMs,
    memoryBytes: without(Number(current), field(stat, "inactive_file")),
    memoryLimitBytes: limit.trim() === "max" ? null : Number(limit),
  };
}

/** Version 1: a tree for each controller. */
function readSplit(root: string, group: string): ContainerUsage | null {
  const memory = join(root, "memory", group);
  const files = readAll([
    join(root, "cpuacct", group, "cpuacct.usage"),
    ...["memory.usage_in_bytes", "memory.stat", "memory.limit_in_bytes"].map((name) => join(memory, name)),
  ]);
  if (!files) return null;
  const [cpu = "", current = "", stat = "", limit = ""] = files.texts;
  return {
    cpuMs: Number(cpu) / 1e6,
    atMs: files.atMs,
    memoryBytes: without(Number(current), field(stat, "total_inactive_file")),
    memoryLimitBytes: Number(limit) > noLimitBytes ? null : Number(limit),
  };
}

/**
 * null: one of them is not there. The kernel answers from memory, within microseconds; if others had their turn between the clock
 * and the first of them, which is the CPU time, a busy host would show shares that cannot be.
 */
function readAll(paths: readonly string[]): { readonly atMs: number; readonly texts: readonly string[] } | null {
  try {
    return { atMs: performance.now(), texts: paths.map((path) => readFileSync(path, "utf8")) };
  } catch {
    return null;
  }
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
}

/** docker stats takes them off only where that leaves something. */
export function without(bytes: number, droppable: number): number {
  return droppable < bytes ? bytes - droppable : bytes;
}
