import type { Clock } from "../../clock/clock.ts";
import type { Progress } from "../../control/request.ts";
import { boundTo } from "../../plan/bring-up.ts";
import { isReady, isRunning, isYetToBeAsked, ownContainer } from "../../plan/conditions.ts";
import { type Container, stateOf } from "../../plan/world.ts";
import { messageOf } from "../../svc-error.ts";
import type { Unit } from "../../unit/unit.ts";
import type { UnitFronts } from "../front/keep-fronts.ts";
import type { Supervisor } from "../supervisor.ts";
import type { Besides } from "./besides.ts";
import { otherName } from "./names.ts";

/** The front drops what is left of an old container's connections so long after the end of its grace. */
const afterGraceMs = 10_000;
/** What runs is not known before; an engine that does not answer is not waited for. */
const firstLookMs = 5_000;

export type HandOvers = {
  /** Whether a restart of the unit can be done by handing over: it is start-first, and serves now. */
  suits(unit: Unit): Promise<boolean>;
  /**
   * The next container is started beside the one that serves; once it is ready new clients are led to it, and the old one ends when
   * its clients have. Resolves when they are led there: null; else why not, and the old one goes on as if nothing had been asked.
   */
  run(unit: Unit, progress: (progress: Progress) => unknown): Promise<string | null>;
  /** How it goes with a next container that is not ready yet; null: there is none. */
  now(unit: string): string | null;
  /** What an earlier life of svc began is finished or taken back. */
  resume(): Promise<void>;
};

/** Restarts without a gap (`update: start-first`). The rules for each single container are those of every unit. */
export function handOvers(parts: {
  readonly supervisor: Supervisor;
  readonly besides: Besides;
  readonly fronts: UnitFronts;
  readonly clock: Clock;
  readonly rename: (id: string, name: string) => Promise<void>;
  readonly tell: (unit: string, event: "handed-over" | "not-handed-over", because: string) => void;
  readonly warn: (message: string) => void;
  readonly save: () => Promise<unknown>;
}): HandOvers {
  const { supervisor, besides, fronts, clock } = parts;
  /** Old containers that still have clients: when they are gone. */
  const leaving = new Map<string, Promise<void>>();
  /** Of each unit the hand-overs that were asked for, one after the other. */
  const queues = new Map<string, Promise<unknown>>();
  /** What becomes of the next container, while it is not ready. */
  const trials = new Map<string, string>();
  const { promise: resumed, resolve: isResumed } = Promise.withResolvers<void>();
  return {
    async suits(unit) {
      if (unit.update !== "start-first") return false;
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const cancel = clock.after(firstLookMs, resolve);
      await Promise.race([resumed, late]);
      cancel();
      return isServing(unit);
    },
    run,
    resume,
    now: (unit) => trials.get(unit) ?? null,
  };

  /** Of one that svc has only just found it is not known yet whether it is ready; clients are led to it as before. */
  function isServing(unit: Unit): boolean {
    const container = ownContainer(unit, supervisor.world);
    if (container?.stopping !== null) return false;
    return isYetToBeAsked(unit, container, clock.now()) || isReady(unit, supervisor.world, clock.now());
  }

  function run(unit: Unit, progress: (progress: Progress) => unknown): Promise<string | null> {
    const turn = (queues.get(unit.name) ?? resumed).catch(() => undefined).then(() => runNow(unit, progress));
    queues.set(unit.name, turn);
    return turn;
  }

  async function runNow(unit: Unit, progress: (progress: Progress) => unknown): Promise<string | null> {
    const before = leaving.get(unit.name);
    const because = "the container before the one that serves still has clients";
    if (before) progress({ unit: unit.name, phase: "up", because });
    await before;
    const old = ownContainer(unit, supervisor.world);
    if (!old) return "the container that served is gone";
    const next = await bringUpNext(unit, old, progress).finally(() => trials.delete(unit.name));
    if (typeof next === "string") {
      parts.tell(unit.name, "not-handed-over", next);
      return next;
    }
    await takeOver(unit, old, next);
    return null;
  }

  /** A string: why it is not ready. */
  async function bringUpNext(
    unit: Unit,
    old: Container,
    progress: (progress: Progress) => unknown,
  ): Promise<{ readonly container: Container; readonly leave: () => void } | string> {
    const { wish } = stateOf(supervisor.world, unit.name);
    const generation = Math.max(wish.generation, old.generation) + 1;
    const trial = besides.open(
      { ...unit, container: otherName(unit, old) },
      { bound: boundTo(unit, supervisor.world) },
    );
    let shown = "";
    let cause: string | null = null;
    const forget = trial.supervisor.onPass(() => {
      const decision = trial.supervisor.decisions.get(unit.name);
      if (!decision) return;
      if (decision.phase === "stopping") cause ??= decision.because;
      trials.set(unit.name, decision.because);
      const because = `beside the one that serves: ${decision.because}`;
      if (shown !== because) progress({ unit: unit.name, phase: decision.phase, because });
      shown = because;
    });
    trial.supervisor.tell({
      fact: "wished",
      unit: unit.name,
      wish: { want: "up", by: "operator", generation },
      anew: true,
    });
    const over = new AbortController();
    const overtaken = supervisor.until(() => overtakenBy(unit.name, wish.generation), over.signal);
    const ended = trial.supervisor.until(() => endOfTrial(unit, trial.supervisor, cause), over.signal);
    overtaken.catch(() => undefined);
    ended.catch(() => undefined);
    const outcome = await Promise.race([overtaken, ended]);
    over.abort();
    forget();
    if (typeof outcome !== "string") return { container: outcome, leave: trial.leave };
    void trial.end();
    return outcome;
  }

  function overtakenBy(name: string, generation: number): string | null {
    const { world } = supervisor;
    const { wish } = stateOf(world, name);
    if (world.shuttingDown) return "svc is shutting down";
    if (world.engine.state === "away") return "the engine does not answer";
    if (wish.want === "down") return `meanwhile ${wish.by} asked for it to be down`;
    return wish.generation === generation ? null : "meanwhile another restart was asked for";
  }

  function endOfTrial({ name }: Unit, trial: Supervisor, cause: string | null): Container | string | null {
    const unit = trial.world.units.get(name);
    const decision = trial.decisions.get(name);
    if (!unit || !decision) return null;
    const { trouble, finished } = stateOf(trial.world, name);
    const container = ownContainer(unit, trial.world);
    if (isReady(unit, trial.world, clock.now()) && container) return container;
    if (trouble) return trouble.message;
    if (finished) return cause ?? finished.words;
    return decision.phase === "failed" || decision.phase === "backoff" ? (cause ?? decision.because) : null;
  }

  /** From here on there is no way back: the next one is the unit's, and the old one stands beside it until it is gone. */
  async function takeOver(
    unit: Unit,
    old: Container,
    next: { readonly container: Container; readonly leave: () => void },
  ): Promise<void> {
    const { container } = next;
    const oldSide = besides.open({ ...unit, container: old.name }, { container: old });
    next.leave();
    supervisor.tell({ fact: "handed-over", unit: unit.name, container });
    // The old one must not end before svc, if it ends now, would find the next one as the one that was asked for.
    await parts.save();
    const tag = container.made.tag === old.made.tag ? "" : `, tag ${old.made.tag} -> ${container.made.tag}`;
    parts.tell(unit.name, "handed-over", `handed over to a new container${tag}`);
    await fronts.problemOf(unit);
    letGo(unit, old, oldSide);
  }

  function letGo(unit: Unit, old: Container, side: ReturnType<Besides["open"]>): void {
    const gone = (async () => {
      await clientsGone(unit, old);
      await side.end();
      await takeName(unit);
    })()
      .catch((error: unknown) => parts.warn(`${unit.name}: its old container: ${messageOf(error)}`))
      .finally(() => leaving.delete(unit.name));
    leaving.set(unit.name, gone);
  }

  /** All clients of the old one have gone by themselves, or had their time, or it is not to be waited for. */
  async function clientsGone(unit: Unit, old: Container): Promise<void> {
    const drainMs = Math.max(0, ...unit.listen.map((listen) => listen.drainMs));
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(drainMs, resolve);
    const over = new AbortController();
    const unwanted = supervisor.until(() => {
      const { world } = supervisor;
      return world.shuttingDown || stateOf(world, unit.name).wish.want === "down" || null;
    }, over.signal);
    unwanted.catch(() => undefined);
    const drained = fronts.drained(unit, old.id, drainMs + unit.stopGraceMs + afterGraceMs);
    await Promise.race([drained.catch(() => late), late, unwanted]);
    cancel();
    over.abort();
  }

  /** The one that serves gets the unit's name once the old one is gone. */
  async function takeName(unit: Unit): Promise<void> {
    const container = ownContainer(unit, supervisor.world);
    if (!isRunning(container) || container.name === unit.container) return;
    await parts.rename(container.id, unit.container);
    // The next one must not be given a name that only seems to be free.
    await besides.look();
  }

  async function resume(): Promise<void> {
    const units = [...supervisor.world.units.values()].filter(({ update }) => update === "start-first");
    await Promise.all(units.map(resumeOne));
    isResumed();
  }

  async function resumeOne(unit: Unit): Promise<void> {
    try {
      await finishWhatWasBegun(unit);
    } catch (error) {
      parts.warn(`${unit.name}: ${messageOf(error)}`);
    }
  }

  async function finishWhatWasBegun(unit: Unit): Promise<void> {
    const current = ownContainer(unit, supervisor.world);
    if (!isRunning(current)) return;
    const side = besides.open({ ...unit, container: otherName(unit, current) }, {});
    await besides.look();
    const other = ownContainer(unit, side.supervisor.world);
    if (!isRunning(other)) {
      await side.end();
      return takeName(unit);
    }
    // Whichever of the two it is that goes: before, all that come are led to the current one.
    await fronts.problemOf(unit);
    letGo(unit, other, side);
  }
}
