import type { JsonObject } from "../unit/docker-run/create-request.ts";
import type { Value } from "./import/draft.ts";

const times = {
  interval: "Interval",
  timeout: "Timeout",
  start_period: "StartPeriod",
  start_interval: "StartInterval",
};

/** The key `healthcheck` for the engine's own form of it, with times in nanoseconds. */
export function healthOf(check: JsonObject | undefined): Value | null {
  if (check === undefined) return null;
  const [how, ...words] = (check.Test ?? []) as readonly string[];
  if (how === "NONE") return { disable: true };
  const test = how === "CMD-SHELL" ? (words[0] ?? "") : how === undefined ? null : [how, ...words];
  const spans = Object.entries(times).flatMap(([key, field]) => {
    const nanoseconds = Number(check[field] ?? 0);
    return nanoseconds === 0 ? [] : [[key, spanOf(nanoseconds)] as const];
  });
  const retries = Number(check.Retries ?? 0);
  return {
    ...(test === null ? {} : { test }),
    ...Object.fromEntries(spans),
    ...(retries === 0 ? {} : { retries }),
  };
}

export function spanOf(nanoseconds: number): string {
  const ms = nanoseconds / 1e6;
  if (ms % 1000 !== 0) return `${ms}ms`;
  const seconds = ms / 1000;
  return seconds % 60 === 0 && seconds > 60 ? `${seconds / 60}m` : `${seconds}s`;
}
