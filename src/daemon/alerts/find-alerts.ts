import type { Decision } from "../../plan/decide.ts";
import { hasReachedLimit } from "../../plan/restart-limit.ts";
import { badTag } from "../../plan/trial.ts";
import { stateOf, type World } from "../../plan/world.ts";
import type { AlertName, Unit } from "../../unit/unit.ts";

/** What is remembered of a unit from one look to the next. */
export type Memory = {
  readonly isInTrouble: boolean;
  readonly isLooping: boolean;
  /** Since when it is up, an instant; null: it is not. */
  readonly upSince: number | null;
  /** When it died last; undefined: it was not looked at yet. */
  readonly diedAt: number | null | undefined;
  /** The tag with which it was up last; undefined: it was not seen up. */
  readonly tag: string | null | undefined;
};

export const steadyAfterMs = 10_000;

export const noMemory: Memory = {
  isInTrouble: false,
  isLooping: false,
  upSince: null,
  diedAt: undefined,
  tag: undefined,
};

/**
 * What people are to be told of one unit since the last look. It fails once, however often it is tried again, and recovers once it
 * has been up for 10 s: one that comes up and dies and comes up again says `failed` once, and `crashloop` when its limit is reached.
 */
export function findAlerts(
  unit: Unit,
  decision: Decision,
  before: Memory,
  { world, now }: { readonly world: World; readonly now: number },
): { readonly memory: Memory; readonly alerts: readonly AlertName[] } {
  const alerts: AlertName[] = [];
  const { respawns, trouble, finished, wish, container } = stateOf(world, unit.name);
  const diedAt = respawns.at(-1) ?? null;
  // What an engine that is away does to its containers is not their failure.
  if (world.engine.state !== "up") return { memory: before, alerts };
  if (wish.want === "down") return { memory: { ...noMemory, diedAt, tag: before.tag }, alerts };

  const isUp = decision.phase === "up" || decision.phase === "done";
  const upSince = isUp ? (before.upSince ?? now) : null;
  const hasDied = before.diedAt !== undefined && diedAt !== null && diedAt !== before.diedAt;
  const isHeld = decision.phase === "backoff" || decision.phase === "failed" || trouble !== null;
  const fails = hasDied || isHeld || finished?.ok === false;
  const isSteady = upSince !== null && (unit.type === "task" || now - upSince >= steadyAfterMs);
  let { isInTrouble, isLooping, tag } = before;

  if (fails && !isInTrouble) {
    alerts.push("failed");
    isInTrouble = true;
  }
  const loops = (hasReachedLimit(respawns, unit.respawn) || badTag(unit, world) !== null) && !isUp;
  if (loops && !isLooping) alerts.push("crashloop");
  isLooping ||= loops;
  if (isSteady && isInTrouble) {
    alerts.push("recovered");
    isInTrouble = false;
    isLooping = false;
  }
  if (isUp && container?.unit === unit.name) {
    if (tag !== undefined && tag !== container.made.tag) alerts.push("deployed");
    tag = container.made.tag;
  }
  return { memory: { isInTrouble, isLooping, upSince, diedAt, tag }, alerts };
}
