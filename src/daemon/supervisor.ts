import type { Clock } from "../clock/clock.ts";
import type { Call } from "../plan/call.ts";
import { type Decision, decide, nextLook } from "../plan/decide.ts";
import type { Answer, Fact } from "../plan/fact.ts";
import { observe } from "../plan/observe.ts";
import { emptyWorld, type World } from "../plan/world.ts";

export type RunCall = (unit: string, call: Call) => Promise<Answer>;

/**
 * The loop. Facts go in; what they mean is decided in `plan`; calls go out, and their answers come back as facts. Between two
 * facts nothing happens, but for the one timer. Listeners are told after every pass and look at `world` and `decisions`.
 */
export class Supervisor {
  world: World = emptyWorld;
  decisions: ReadonlyMap<string, Decision> = new Map();
  readonly #clock: Clock;
  readonly #runCall: RunCall;
  readonly #listeners = new Set<() => void>();
  readonly #inbox: Fact[] = [];
  #passing = false;
  #cancelTimer: () => void = () => undefined;

  constructor(clock: Clock, runCall: RunCall) {
    this.#clock = clock;
    this.#runCall = runCall;
  }

  /** Folds the facts in and acts on them before it returns. */
  tell(...facts: readonly Fact[]): void {
    this.#inbox.push(...facts);
    if (this.#passing) return;
    this.#passing = true;
    try {
      do this.#pass();
      while (this.#inbox.length > 0);
    } finally {
      this.#passing = false;
    }
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls back after every pass, until the returned function is called. */
  onPass(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves with the first answer that is not null; asked now and after every pass. Rejects when the signal aborts. */
  until<T>(ask: () => T | null, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const answer = ask();
        if (answer === null) return;
        stop();
        resolve(answer);
      };
      const abort = (): void => {
        stop();
        reject(signal?.reason);
      };
      const forget = this.onPass(look);
      const stop = (): void => {
        forget();
        signal?.removeEventListener("abort", abort);
      };
      signal?.addEventListener("abort", abort);
      if (signal?.aborted) abort();
      else look();
    });
  }

  #pass(): void {
    const now = this.#clock.now();
    for (const fact of this.#inbox.splice(0)) this.world = observe(this.world, fact, now);
    this.decisions = decide(this.world, now);
    const calls: [string, Call][] = [];
    for (const [unit, decision] of this.decisions) if ("do" in decision) calls.push([unit, decision.do]);
    for (const [unit, call] of calls) this.world = observe(this.world, { fact: "called", unit, call }, now);
    for (const [unit, call] of calls) this.#start(unit, call);
    this.#arm(nextLook(this.decisions), now);
  }

  #start(unit: string, call: Call): void {
    this.#runCall(unit, call).then(
      (answer) => this.#answered(unit, call, answer),
      (thrown: unknown) => {
        const message = thrown instanceof Error ? thrown.message : String(thrown);
        this.#answered(unit, call, { ok: false, kind: "other", message });
      },
    );
  }

  #answered(unit: string, call: Call, answer: Answer): void {
    this.tell({ fact: "answered", unit, call, answer, luck: Math.random() });
  }

  #arm(at: number | null, now: number): void {
    this.#cancelTimer();
    this.#cancelTimer = at === null ? () => undefined : this.#clock.after(at - now, () => this.tell());
  }
}
