import { readFileSync } from "node:fs";
import { must } from "../support/real-engine.ts";

/** The memory of a process in KB: shared pages by the share of it (`Pss`), or in full (`Rss`). */
export function memoryOf(pid: number, what: "Pss" | "Rss"): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(new RegExp(`^${what}:\\s+(\\d+) kB`, "m").exec(text)?.[1]);
}

/** The CPU time that a process has taken, with all its threads, in ms. */
export function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  const [user = 0, system = 0] = fields.slice(11, 13).map(Number);
  const ticksASecond = 100;
  return ((user + system) * 1_000) / ticksASecond;
}

/** How long the command takes, from its start to its end, in ms. It must succeed. */
export async function timed(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const begun = performance.now();
  await must(command, args, env);
  return performance.now() - begun;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
