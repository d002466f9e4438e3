import type Docker from "dockerode";
import { type ContainerUsage, EngineError } from "../engine.ts";
import { readCgroup, without } from "./cgroup.ts";
import { ask } from "./deadline.ts";

/**
 * The kernel's own figures where the container is one of this host; only else the engine is asked (DOCKER_HOST, rootless, a
 * --cgroup-parent). One look at 50 containers, measured on two cores with engine 20.10: from the cgroup files 4 ms in all and
 * nothing of the engine's time; by the engine's stats, one-shot and eight at a time, 7 s, and 0.36 s of its and containerd's CPU time.
 */
export function usageReader(docker: Docker, deadlineMs: number): (id: string) => Promise<ContainerUsage | null> {
  let hostMemory: Promise<number> | null = null;
  return async (id) => readCgroup(id) ?? askEngine(id);

  async function askEngine(id: string): Promise<ContainerUsage | null> {
    try {
      const container = docker.getContainer(id);
      // Without one-shot, which engines before API 1.41 do not know, each answer takes a second or two.
      const how = { stream: false as const, "one-shot": true };
      const stats = await ask(deadlineMs, (abortSignal) => container.stats({ ...how, abortSignal } as typeof how));
      return usageOf(stats, await memoryOfHost());
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) return null;
      throw error;
    }
  }

  function memoryOfHost(): Promise<number> {
    hostMemory ??= ask(deadlineMs, async () => ((await docker.info()) as { readonly MemTotal: number }).MemTotal);
    hostMemory.catch(() => {
      hostMemory = null;
    });
    return hostMemory;
  }
}

/** The engine's figures in svc's words: of what does not run it answers with the year 1 and zeros. */
export function usageOf(stats: Docker.ContainerStats, hostMemory: number): ContainerUsage | null {
  const { cpu_stats: cpu, memory_stats: memory } = stats;
  if (stats.read.startsWith("0001") || memory.usage === undefined) return null;
  const { total_inactive_file: split, inactive_file: unified } = memory.stats;
  const cpus = cpu.online_cpus || (cpu.cpu_usage.percpu_usage?.length ?? 1);
  return {
    cpuMs: cpu.cpu_usage.total_usage / 1e6,
    // The time of all CPUs together: docker stats divides by it, and multiplies by their number.
    atMs: cpu.system_cpu_usage / cpus / 1e6,
    memoryBytes: without(memory.usage, split ?? unified ?? 0),
    memoryLimitBytes: memory.limit >= hostMemory ? null : memory.limit,
  };
}
