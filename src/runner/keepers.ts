import { readFileSync, readlinkSync } from "node:fs";
import type { ContainerSummary } from "../engine/engine.ts";

/**
 * A task's container says in its labels which processes look after it: its client, and the guard that outlives the client. When
 * neither lives, nobody will end it: a later run of docker-runner does.
 */
export function keeperLabels(about: {
  readonly app: string;
  readonly run: string;
  readonly graceMs: number;
  readonly pids: readonly number[];
}): { readonly [label: string]: string } {
  const { app, run, graceMs, pids } = about;
  return {
    "svc.oneoff": app,
    [runLabel]: run,
    [graceLabel]: String(graceMs),
    [placeLabel]: thisPlace(),
    [keepersLabel]: pids.map((pid) => `${pid}:${startOf(pid) ?? ""}`).join(" "),
  };
}

/** Which run of docker-runner made it. */
export const runLabel = "svc.oneoff.run";
/** Between the signal that asks for its end and the one that kills. */
export const graceLabel = "svc.oneoff.grace";
const placeLabel = "svc.oneoff.place";
const keepersLabel = "svc.oneoff.keepers";

export function isLeftOver({ labels, state }: Pick<ContainerSummary, "labels" | "state">): boolean {
  const keepers = labels[keepersLabel];
  if (keepers === undefined) return false;
  // Another host may use this engine, or another process namespace; what lives there cannot be seen from here.
  if (labels[placeLabel] !== thisPlace()) return state === "exited" || state === "dead";
  return !keepers.split(" ").some((keeper) => lives(keeper));
}

/** A number of a process says which one it is only in this boot and this namespace. */
function thisPlace(): string {
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
}

function lives(keeper: string): boolean {
  const [pid, start] = keeper.split(":");
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  // Numbers are given out again. Where /proc hides the processes of others, the number alone must do.
  return !start || startOf(Number(pid)) === start;
}

/** When it started, in ticks since boot; "" once it has ended and only waits to be noticed; null: unknown. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? "" : (fields[19] ?? null);
  } catch {
    return null;
  }
}
