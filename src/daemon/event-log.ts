import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { UnitEvent } from "../control/request.ts";
import type { Decision } from "../plan/decide.ts";
import type { Phase } from "../unit/phase.ts";
import { writeFileSafely } from "../unit/write-file-safely.ts";

const kept = 5_000;
const restful: ReadonlySet<Phase> = new Set<Phase>(["up", "down", "done"]);

export type PhaseNow = { readonly phase: Phase; readonly because: string /** ms since 1970 */; readonly since: number };

/** Every change of a unit's phase, in one place: kept on disk, told to followers, and the source of `since`. */
export class EventLog {
  readonly #path: string;
  readonly #date: () => number;
  readonly #followers = new Set<(event: UnitEvent) => void>();
  readonly #phases = new Map<string, PhaseNow>();
  /** Since when those are up that were when svc ended last, until it is known how they are now. */
  readonly #upBefore = new Map<string, number>();
  #events: UnitEvent[] = [];
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, date: () => number) {
    this.#path = path;
    this.#date = date;
  }

  static async open(folder: string, date: () => number): Promise<EventLog> {
    const log = new EventLog(join(folder, "events.ndjson"), date);
    const all = parse(await readFile(log.#path, "utf8").catch(() => ""));
    log.#events = all.slice(-kept);
    if (all.length > kept) log.#rewrite();
    for (const event of log.#events) {
      if (event.unit === null || event.phase === null) continue;
      const since = Date.parse(event.since ?? event.time);
      log.#phases.set(event.unit, { phase: event.phase, because: event.because, since });
    }
    for (const [unit, { phase, since }] of log.#phases) if (phase === "up") log.#upBefore.set(unit, since);
    return log;
  }

  /**
   * Compares what is decided with what was, and tells the differences. A phase that was the same before a restart of svc goes on, also
   * where it has to be found out first: `isAdopted`: the unit's container ran when svc came.
   */
  observe(decisions: ReadonlyMap<string, Decision>, isAdopted: (unit: string) => boolean = () => false): void {
    for (const [unit, decision] of decisions) {
      const { phase, because } = decision;
      const before = this.#phases.get(unit);
      const upBefore = phase === "up" && isAdopted(unit) ? this.#upBefore.get(unit) : undefined;
      if (phase !== "starting" && phase !== "degraded") this.#upBefore.delete(unit);
      if (before?.phase === phase) {
        if (before.because === because) continue;
        this.#phases.set(unit, { ...before, because });
        if (isTurnToStop(decision)) this.add({ unit, event: "phase", phase, because });
        continue;
      }
      this.#phases.set(unit, { phase, because, since: upBefore ?? this.#date() });
      const same = upBefore === undefined ? {} : { since: new Date(upBefore).toISOString() };
      // That a unit which nobody asked for is down is no event.
      if (before || phase !== "down") this.add({ unit, event: "phase", phase, because, ...same });
    }
  }

  phaseOf(unit: string): PhaseNow | null {
    return this.#phases.get(unit) ?? null;
  }

  /** When it was last at rest and left it (ms since 1970); null: it is at rest, or that is longer ago than what is kept. */
  unsettledSince(unit: string): number | null {
    let since: number | null = null;
    for (let at = this.#events.length - 1; at >= 0; at--) {
      const event = this.#events[at];
      if (event?.unit !== unit || event.phase === null) continue;
      if (restful.has(event.phase)) break;
      since = Date.parse(event.time);
    }
    return since;
  }

  add(event: Omit<UnitEvent, "time">): void {
    const stamped = { time: new Date(this.#date()).toISOString(), ...event };
    this.#events.push(stamped);
    // The line end comes first too: what a crash or a full disk tore off must not swallow this one.
    const line = `\n${JSON.stringify(stamped)}\n`;
    if (this.#events.length > 2 * kept) {
      this.#events = this.#events.slice(-kept);
      this.#rewrite();
    } else {
      this.#write(() => appendFile(this.#path, line, { mode: 0o600 }));
    }
    for (const follower of this.#followers) follower(stamped);
  }

  since(date: number): readonly UnitEvent[] {
    return this.#events.filter((event) => Date.parse(event.time) >= date);
  }

  follow(follower: (event: UnitEvent) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  async flush(): Promise<void> {
    await this.#writing;
  }

  #rewrite(): void {
    const all = this.#events.map((one) => `${JSON.stringify(one)}\n`).join("");
    this.#write(() => writeFileSafely(this.#path, all, 0o600));
  }

  /** Events are kept if the disk lets us; a full disk must not stop the supervision. */
  #write(write: () => Promise<void>): void {
    this.#writing = this.#writing.then(write).catch(() => undefined);
  }
}

/** It waited for others to stop first; only now it is told why it stops itself. */
function isTurnToStop(decision: Decision): boolean {
  return "do" in decision && decision.do.call === "signal" && decision.phase === "stopping";
}

function parse(text: string): UnitEvent[] {
  const events: UnitEvent[] = [];
  for (const line of text.split("\n")) {
    try {
      const event: unknown = JSON.parse(line);
      if (typeof event === "object" && event !== null && "time" in event && "event" in event)
        events.push(event as UnitEvent);
    } catch {
      // A line that was torn by a crash.
    }
  }
  return events;
}
