import type { Progress } from "../../control/request.ts";
import { isReady, ownContainer } from "../../plan/conditions.ts";
import { stateOf } from "../../plan/world.ts";
import type { Unit } from "../../unit/unit.ts";
import type { Daemon } from "../context.ts";

export type Gate = { readonly minHealthyMs: number; readonly deadlineMs: number };

/** null: all of them have been ready for long enough; else the unit that was not, and why. */
export type Failure = { readonly unit: string; readonly because: string } | null;

/**
 * Waits until every unit has been ready, with the container of its present wish, for `minHealthyMs` on end; gives up at the deadline,
 * or as soon as one of them fails. A unit that dies begins anew only in the supervisor: for a deploy it has failed.
 */
export async function passGate(
  units: readonly Unit[],
  { minHealthyMs, deadlineMs }: Gate,
  progress: (progress: Progress) => unknown,
  { supervisor, clock }: Daemon,
): Promise<Failure> {
  const shown = new Map<string, string>();
  const readySince = new Map<string, number>();
  const deadline = clock.now() + deadlineMs;
  let cancel: () => void = () => undefined;
  const { promise, resolve } = Promise.withResolvers<Failure>();
  const forget = supervisor.onPass(look);
  look();
  return promise.finally(() => {
    forget();
    cancel();
  });

  function look(): void {
    const verdict = judge(clock.now());
    cancel();
    if ("until" in verdict) cancel = clock.after(Math.max(1, verdict.until - clock.now()), look);
    else resolve(verdict.failure);
  }

  /** `until`: nothing is certain before then unless something happens. */
  function judge(now: number): { readonly failure: Failure } | { readonly until: number } {
    for (const unit of units) {
      show(unit.name);
      const failure = failureOf(unit.name);
      if (failure) return { failure };
      if (isThere(unit, now)) readySince.set(unit.name, readySince.get(unit.name) ?? now);
      else readySince.delete(unit.name);
    }
    const missing = units.find(({ name }) => !readySince.has(name));
    if (!missing) {
      const steadyAt = Math.max(now, ...[...readySince.values()].map((since) => since + minHealthyMs));
      return steadyAt <= now ? { failure: null } : { until: steadyAt };
    }
    if (now < deadline) return { until: deadline };
    const because = supervisor.decisions.get(missing.name)?.because ?? "it is gone";
    return { failure: { unit: missing.name, because: `not ready within ${deadlineMs / 1000} s: ${because}` } };
  }

  function isThere(unit: Unit, now: number): boolean {
    const { world } = supervisor;
    const current = world.units.get(unit.name) ?? unit;
    const isCurrent = ownContainer(current, world)?.generation === stateOf(world, unit.name).wish.generation;
    return isCurrent && isReady(current, world, now);
  }

  function failureOf(name: string): Failure {
    const { restarts, trouble, finished } = stateOf(supervisor.world, name);
    const phase = supervisor.decisions.get(name)?.phase;
    const because = supervisor.decisions.get(name)?.because ?? "it is gone";
    if (trouble) return { unit: name, because: trouble.message };
    if (restarts > 0) return { unit: name, because: stateOf(supervisor.world, name).lastExit?.words ?? because };
    if (phase === "failed" || phase === "backoff" || finished?.ok === false) return { unit: name, because };
    return null;
  }

  function show(unit: string): void {
    const decision = supervisor.decisions.get(unit);
    if (!decision) return;
    const { phase, because } = decision;
    if (shown.get(unit) === phase) return;
    shown.set(unit, phase);
    progress({ unit, phase, because });
  }
}
