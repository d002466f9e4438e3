import type { CreateBody } from "./docker-run/create-request.ts";
import { durationMs } from "./keys/quantities.ts";
import type { UnitKeys } from "./keys/schema.ts";
import type { Ready } from "./unit.ts";

const usualMs = 60_000;
const usualIntervalMs = 30_000;
const usualRetries = 3;

/** From its start until it must be ready. Where nothing is written, a healthcheck of the unit's own has until it may say unhealthy. */
export function startTimeoutMs(keys: UnitKeys, ready: Ready, body: CreateBody): number {
  if (keys.start_timeout !== undefined) return durationMs(keys.start_timeout) ?? usualMs;
  const check = checkWaitedFor(ready, body);
  if (!check) return usualMs;
  const { startPeriodMs, intervalMs, retries } = check;
  return Math.max(usualMs, startPeriodMs + intervalMs * (retries + 1));
}

/** It would be stopped while the engine still lets its healthcheck fail; null: it has the time. */
export function shortStartTimeout(keys: UnitKeys, ready: Ready, body: CreateBody): string | null {
  const check = checkWaitedFor(ready, body);
  if (!check || keys.start_timeout === undefined || keys.type === "task") return null;
  if (startTimeoutMs(keys, ready, body) >= check.startPeriodMs) return null;
  return `start_timeout is shorter than the start_period of its healthcheck, ${check.startPeriodMs / 1000} s: it is stopped while its checks may still fail`;
}

type Check = { readonly startPeriodMs: number; readonly intervalMs: number; readonly retries: number };

/** What the unit itself says of the healthcheck that makes it ready, the engine's own numbers for the rest; null: there is none. */
function checkWaitedFor({ how }: Ready, { Healthcheck }: CreateBody): Check | null {
  const said = Healthcheck as { readonly [field: string]: unknown } | undefined;
  const isOff = Array.isArray(said?.Test) && said.Test[0] === "NONE";
  if (!said || isOff || (how !== "auto" && how !== "healthy")) return null;
  return {
    startPeriodMs: Number(said.StartPeriod ?? 0) / 1e6,
    intervalMs: Number(said.Interval ?? 0) / 1e6 || usualIntervalMs,
    retries: Number(said.Retries ?? 0) || usualRetries,
  };
}
