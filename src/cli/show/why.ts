import type { Cause } from "../../control/request.ts";
import type { Phase } from "../../unit/phase.ts";
import { clockTime } from "./times.ts";

/** Of each unit one sentence from it to the root cause, then the same step by step with all that is known, then what to do next. */
export function showWhy(chain: readonly Cause[], now: number): string {
  const lines = [`${sentence(chain, now)}.`];
  const steps: string[] = [];
  for (const [depth, cause] of chain.entries()) {
    const isRoot = depth === chain.length - 1;
    const indent = "  ".repeat(depth);
    // The sentence has said all that is in the first line of a root.
    if (chain.length > 1) steps.push(`${indent}${depth === 0 ? "" : "└ "}${head(cause, isRoot, now)}`);
    for (const detail of details(cause, isRoot, now)) steps.push(`${indent}${depth === 0 ? "" : "  "}  ${detail}`);
  }
  if (steps.length > 0) lines.push("", ...steps);
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
  const from = fails && phase !== "failed" ? failures.since : since;
  const words = fails && phase === "starting" ? "is being started again" : phaseWords[phase];
  return `${unit} ${words}${counted}${from ? ` since ${clockTime(from, now)}` : ""}`;
}

function isPastLimit({ count, limit }: NonNullable<Cause["failures"]>): boolean {
  return limit !== null && count > limit;
}

/** The last of the chain: with its reason, and what changed before. */
function root(cause: Cause, now: number): string {
  const { unit, phase, because, change, failures, replacedAt, lastExit } = cause;
  if (unit === null) return because;
  if (replacedAt !== null)
    return `${unit} was replaced at ${clockTime(replacedAt, now)}${lastExit ? `, after ${lastExit.words}` : ""}`;
  const why = failures && (phase === "backoff" || phase === "starting") ? failures.words : because;
  const after = change ? `, after ${change.what.join(", ")} at ${clockTime(change.at, now)}` : "";
  return `${state(cause, now)}: ${why}${after}`;
}

function head({ unit, phase, since, because }: Cause, isRoot: boolean, now: number): string {
  if (unit === null) return `${because}${since ? `, since ${clockTime(since, now)}` : ""}`;
  if (isRoot) return `${unit}: ${phase ?? "unknown"}`;
  return `${unit}: ${phase ?? "unknown"}${since ? ` since ${clockTime(since, now)}` : ""}: ${because}`;
}

/** Of a root without what the sentence has said. */
function details(cause: Cause, isRoot: boolean, now: number): readonly string[] {
  const { failures, lastExit, change, stale, refused, logProblem, nextTryAt, lastLines, phase } = cause;
  const lines: string[] = [];
  if (change && !isRoot) lines.push(`changed at ${clockTime(change.at, now)}: ${change.what.join(", ")}`);
  if (failures && (!isRoot || phase === "up"))
    lines.push(
      `failures since ${clockTime(failures.since, now)}: ${failures.count}${failures.limit ? ` (${failures.limit} are allowed)` : ""}`,
    );
  if (lastExit) {
    const reason = lastExit.because === null ? "" : `: ${lastExit.because}`;
    lines.push(`last exit at ${clockTime(lastExit.at, now)}: ${lastExit.words} (${exitBy[lastExit.by]}${reason})`);
  }
  if (lastLines.length > 0) lines.push("what it wrote last:", ...lastLines.map((line) => `  ${line}`));
  if (nextTryAt) lines.push(`next try at ${clockTime(nextTryAt, now)}`);
  if (logProblem) lines.push(`its log cannot be written: ${logProblem}`);
  if (stale.length > 0)
    lines.push(
      refused === null ? `a restart would bring in: ${stale.join(", ")}` : `a restart would be refused: ${refused}`,
    );
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
