import type { Cause, ExitRecord, UnitStatus } from "../../control/request.ts";
import { tieBetween } from "../../graph/ties.ts";
import { isSteady, ownContainer } from "../../plan/conditions.ts";
import type { Decision } from "../../plan/decide.ts";
import { isMet } from "../../plan/dependencies.ts";
import { stateOf, type World } from "../../plan/world.ts";
import { failuresOf } from "./failures.ts";
import { hintFor } from "./hint-for.ts";
import { recentChange } from "./recent-change.ts";

const shownLines = 5;

/** What a story is told from: all as it is at `now` (CLOCK_MONOTONIC) and `date` (since 1970), in ms. */
export type Witness = {
  readonly world: World;
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly statusOf: (unit: string) => UnitStatus | null;
  /** Newest last. */
  readonly recordsOf: (unit: string) => Promise<readonly ExitRecord[]>;
  /** ms since 1970; null: it is at rest. */
  readonly unsettledSince: (unit: string) => number | null;
  /** Of a run that svc ended; null: that is not known any more. */
  readonly whyStopped: (unit: string, run: ExitRecord) => string | null;
  readonly canRevert: (unit: string) => Promise<boolean>;
  /** The command that shows what is wrong with unit files. */
  readonly check: string;
  readonly now: number;
  readonly date: number;
};

/**
 * From a unit to why it is as it is: each step is due to the next one, and the last is the root cause. There is one chain, for
 * of two things that hold a unit up the second matters when the first is mended. An engine that does not answer ends every chain.
 */
export async function whyChain(name: string, witness: Witness): Promise<readonly Cause[]> {
  const chain: Cause[] = [];
  const seen = new Set<string>();
  let tie: string | null = null;
  let before: string | null = null;
  for (let unit: string | null = name; unit !== null && !seen.has(unit); ) {
    seen.add(unit);
    chain.push({ ...(await causeOf(unit, tie, witness)), replacedAt: replacedAt(unit, before, witness) });
    const next: string | null = witness.decisions.get(unit)?.dueTo ?? needInTheWay(unit, witness);
    tie = next === null ? null : tieBetween(unit, next, witness.world.units);
    before = unit;
    unit = next;
  }
  const { engine } = witness.world;
  if (engine.state === "away") chain.push(engineAway(witness.date - (witness.now - engine.since)));
  return chain;
}

/** What an engine refuses to start may be refused for what it needs: of that more is known than the engine's words. */
function needInTheWay(name: string, { world, now }: Witness): string | null {
  const unit = world.units.get(name);
  if (!unit || stateOf(world, name).trouble?.kind !== "cannot-start") return null;
  return unit.needs.find((need) => need.required && !isMet(need, world, now))?.unit ?? null;
}

/** `holder` is tied to the container before this one, and this one is well. */
function replacedAt(name: string, holder: string | null, { world, decisions, now, date }: Witness): string | null {
  const [unit, tied] = [world.units.get(name), holder === null ? undefined : world.units.get(holder)];
  const current = unit ? ownContainer(unit, world) : null;
  const bound = tied ? ownContainer(tied, world)?.bound[name] : undefined;
  if (!current || bound === undefined || bound === current.id || decisions.get(name)?.phase !== "up") return null;
  return new Date(date - (now - current.startedAt)).toISOString();
}

async function causeOf(name: string, tie: string | null, witness: Witness): Promise<Omit<Cause, "replacedAt">> {
  const status = witness.statusOf(name);
  const records = await witness.recordsOf(name);
  const failures = failuresOf(name, witness);
  const last = records.at(-1);
  const about = {
    unit: name,
    phase: status?.phase ?? null,
    since: status && Date.parse(status.since) > 0 ? status.since : null,
    because: status ? becauseOf(status) : "it has no unit file",
    tie,
    failures,
    lastExit: last ? lastExitOf(last, witness) : null,
    lastLines: hasDied(name, witness) && last ? last.lastLines.slice(-shownLines) : [],
    nextTryAt: nextTryAt(name, witness),
    change: status && isInTrouble(status, witness) ? recentChange(status, records, witness) : null,
    stale: status?.stale ?? [],
    refused: status?.refused ?? null,
    logProblem: status?.logProblem ?? null,
  };
  return { ...about, hint: status ? await hintFor(status, about, witness) : "svc list shows all units" };
}

function becauseOf({ phase, because, wantedBy, enabled }: UnitStatus): string {
  if (phase !== "down" || wantedBy !== "nobody" || !enabled) return because;
  return `${because} yet; it is enabled: svc starts it when the host boots, or svc itself is started anew`;
}

function lastExitOf(last: ExitRecord, { whyStopped }: Witness): Cause["lastExit"] {
  const because = last.by === "asked" ? whyStopped(last.unit, last) : null;
  return { words: last.words, at: last.endedAt, by: last.by, because };
}

/** A change is worth telling of one that fails by itself, not of one that runs well, waits for another or is down as it was asked to be. */
function isInTrouble({ name, phase, wanted }: UnitStatus, witness: Witness): boolean {
  if (wanted === "down" || phase === "done" || witness.decisions.get(name)?.dueTo !== undefined) return false;
  return phase === "degraded" || isFailing(name, witness);
}

/** It died or was refused, and has not been well for a while since. */
function isFailing(name: string, { world, now }: Witness): boolean {
  const unit = world.units.get(name);
  if (!unit || isSteady(unit, world, now)) return false;
  const { respawns, trouble, finished } = stateOf(world, name);
  return respawns.length > 0 || trouble !== null || finished?.ok === false;
}

/** And is not merely refused: that run wrote nothing. */
function hasDied(name: string, witness: Witness): boolean {
  return isFailing(name, witness) && stateOf(witness.world, name).trouble === null;
}

function nextTryAt(name: string, { world, decisions, now, date }: Witness): string | null {
  const decision = decisions.get(name);
  const isHeld =
    decision?.phase === "backoff" || (decision?.phase === "waiting" && stateOf(world, name).trouble !== null);
  if (!decision || !isHeld || !("until" in decision) || typeof decision.until !== "number") return null;
  return new Date(date + (decision.until - now)).toISOString();
}

function engineAway(since: number): Cause {
  return {
    unit: null,
    phase: null,
    since: new Date(since).toISOString(),
    because: "the engine does not answer",
    tie: null,
    failures: null,
    lastExit: null,
    lastLines: [],
    nextTryAt: null,
    change: null,
    stale: [],
    refused: null,
    logProblem: null,
    replacedAt: null,
    hint: "systemctl status docker; journalctl -u docker -n 50",
  };
}
