import type { Cause } from "../../control/request.ts";
import type { Phase } from "../../unit/phase.ts";
import { clockTime } from "./times.ts";

/** One sentence from the unit to the root cause, then the same step by step with all that is known, then what to do next. */
export function showWhy(chain: readonly Cause[], now: number): string {
  const lines = [`${sentence(chain, now)}.`, ""];
  for (const [depth, cause] of chain.entries()) {
    const indent = "  ".repeat(depth);
    lines.push(`${indent}${depth === 0 ? "" : "└ "}${head(cause, now)}`);
    for (const detail of details(cause, now)) lines.push(`${indent}${depth === 0 ? "" : "  "}  ${detail}`);
  }
  const hint = chain.findLast((cause) => cause.hint !== null)?.hint;
  if (hint) lines.push("", `next: ${hint}`);
  return `${lines.join("\n")}\n`;
}

function sentence(chain: readonly Cause[], now: number): string {
  const parts = chain.map((cause, at) => {
    const own = at === chain.length - 1 ? root(cause, now) : state(cause, now);
    if (at === 0) return own;
    return cause.tie === null ? `because ${own}` : `because it ${cause.tie} ${cause.unit}; ${own}`;
  });
  return parts.join(" ");
}

/** `postfix is in back-off (3 of 10) since 14:02:10`. */
function state({ unit, phase, since, failures }: Cause, now: number): string {
  if (phase === null) return `${unit} is unknown`;
  const fails = failures !== null && phase !== "up";
  // Past its limit the reason tells of it.
  const counted =
    fails && !isPastLimit(failures) ? ` (${failures.count}${failures.limit ? ` of ${failures.limit}` : ""})` : "";
  const from = fails ? failures.since : since;
  const words = fails && phase === "starting" ? "is being started again" : phaseWords[phase];
  return `${unit} ${words}${counted}${from ? ` since ${clockTime(from, now)}` : ""}`;
}

function isPastLimit({ count, limit }: NonNullable<Cause["failures"]>): boolean {
  return limit !== null && count > limit;
}

/** The last of the chain: with its reason, and what changed before. */
function root(cause: Cause, now: number): string {
  const { unit, phase, because, change, failures } = cause;
  if (unit === null) return because;
  const why = failures && (phase === "backoff" || phase === "starting") ? failures.words : because;
  const after = change ? `, after ${change.what.join(", ")} at ${clockTime(change.at, now)}` : "";
  return `${state(cause, now)}: ${why}${after}`;
}

function head(cause: Cause, now: number): string {
  if (cause.unit === null) return `${cause.because}${cause.since ? `, since ${clockTime(cause.since, now)}` : ""}`;
  return `${cause.unit}: ${cause.phase ?? "unknown"}${cause.since ? ` since ${clockTime(cause.since, now)}` : ""}: ${cause.because}`;
}

function details({ failures, lastExit, change, stale }: Cause, now: number): readonly string[] {
  const lines: string[] = [];
  if (change) lines.push(`changed at ${clockTime(change.at, now)}: ${change.what.join(", ")}`);
  if (failures)
    lines.push(
      `failures since ${clockTime(failures.since, now)}: ${failures.count}${failures.limit ? ` (${failures.limit} are allowed)` : ""}`,
    );
  if (lastExit) lines.push(`last exit at ${clockTime(lastExit.at, now)}: ${lastExit.words} (${exitBy[lastExit.by]})`);
  if (stale.length > 0) lines.push(`a restart would bring in: ${stale.join(", ")}`);
  return lines;
}

const exitBy = {
  asked: "svc stopped it",
  external: "somebody ended it through the engine",
  itself: "by itself",
  unknown: "nobody saw it",
} as const;

const phaseWords: { readonly [phase in Phase]: string } = {
  down: "is down",
  waiting: "is waiting",
  pulling: "is pulling its image",
  starting: "is starting",
  up: "is up",
  degraded: "is degraded",
  stopping: "is stopping",
  backoff: "is in back-off",
  failed: "has failed",
  done: "is done",
  invalid: "is invalid",
};
