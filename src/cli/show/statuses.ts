import { type inspect, styleText } from "node:util";
import type { UnitFront, UnitStatus } from "../../control/request.ts";
import type { Phase } from "../../unit/phase.ts";
import { table } from "./table.ts";
import { ago } from "./times.ts";

export const phaseColours = {
  down: "gray",
  waiting: "yellow",
  pulling: "cyan",
  starting: "cyan",
  up: "green",
  degraded: "yellow",
  stopping: "cyan",
  backoff: "red",
  failed: "red",
  done: "green",
  invalid: "red",
} as const satisfies { readonly [phase in Phase]: keyof typeof inspect.colors };

export function showPhase(phase: Phase, colour: boolean): string {
  return colour ? styleText(phaseColours[phase], phase, { validateStream: false }) : phase;
}

/** A line a unit. */
export function showList(all: readonly UnitStatus[], colour: boolean, now: number): string {
  const rows = all.map((one) => [
    one.name,
    showPhase(one.phase, colour),
    ago(one.since, now),
    one.tag ?? "-",
    String(one.restarts),
    [
      one.because,
      ...(one.stale.length > 0 ? [`stale: ${one.stale.join(", ")}`] : []),
      ...(one.logProblem ? [`its log cannot be written: ${one.logProblem}`] : []),
    ].join("; "),
  ]);
  return table([["UNIT", "PHASE", "SINCE", "TAG", "RESTARTS", "BECAUSE"], ...rows]);
}

/** One unit, in full. */
export function showStatus(one: UnitStatus, colour: boolean, now: number): string {
  const rows: string[][] = [
    ["phase", `${showPhase(one.phase, colour)} for ${ago(one.since, now)} (${one.since}): ${one.because}`],
    ["wanted", `${one.wanted}, by ${one.wantedBy}${one.enabled ? "; starts at boot" : "; does not start at boot"}`],
    ["image", `${one.image ?? "-"}${one.digest ? ` (${one.digest.slice(0, 19)})` : ""}`],
    ["tag", one.tag ?? "-"],
    ["container", one.container?.slice(0, 12) ?? "-"],
    ["restarts", String(one.restarts)],
  ];
  for (const front of one.listen) rows.push(["listens on", frontWords(front)]);
  for (const front of one.breakers) rows.push([`breaker ${front.name}`, frontWords(front)]);
  if (one.stale.length > 0)
    rows.push([
      "stale",
      `${one.stale.join(", ")}; ${one.refused === null ? `svc restart ${one.name} brings it in` : `a restart is refused until that is mended; svc why ${one.name} tells how`}`,
    ]);
  if (one.logProblem) rows.push(["log", `it cannot be written: ${one.logProblem}`]);
  if (one.needs.length > 0) rows.push(["needs", one.needs.join(", ")]);
  if (one.neededBy.length > 0) rows.push(["needed by", one.neededBy.join(", ")]);
  if (one.lastExit)
    rows.push(["last exit", `${one.lastExit.words}, ${ago(one.lastExit.endedAt, now)} ago (${one.lastExit.by})`]);
  const title = one.description ? `${one.name}: ${one.description}` : one.name;
  return `${title}\n${table(rows.map(([name = "", text = ""]) => [`  ${name}`, text]))}`;
}

function frontWords({ listen, problem, target, draining }: UnitFront): string {
  if (problem !== null) return `not on ${listen}: ${problem}`;
  const old = draining > 0 ? `; ${draining} to containers that were replaced` : "";
  if (target === null) return `${listen}, leads nowhere: clients are refused${old}`;
  const { state, failures, successes } = target.breaker;
  const failed = failures > 0 ? `, ${failures} of the last ${failures + successes} failed` : "";
  return `${listen}, ${target.connections} ${target.connections === 1 ? "connection" : "connections"} to ${target.address}${old}; breaker ${state}${failed}`;
}
