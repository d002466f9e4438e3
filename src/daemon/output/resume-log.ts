import type { Clock } from "../../clock/clock.ts";
import { type Engine, EngineError } from "../../engine/engine.ts";
import { linesSeenBefore, type TimedLine } from "./lines-seen-before.ts";
import { readLog } from "./read-log.ts";
import type { RunLog } from "./run-log.ts";
import type { UnitLog } from "./unit-log.ts";

/** Our times are those of receipt, a little after the engine's. */
const skewMs = 2_000;
const tailLines = 64;
/** Where the clock was set back it is not known when our log ends: as much as this is looked through. */
const setBackWithinMs = 86_400_000;

type EngineLine = TimedLine & { readonly line: Buffer; readonly isWhole: boolean };

/**
 * Follows a container that svc did not start in this life from where its log ends: the engine's lines are matched to the tail of
 * ours, and what comes after is appended. Where the engine keeps no log the output of the gap is lost, and that is said.
 */
export async function resumeOutput(options: {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly container: { readonly id: string; readonly tty: boolean; readonly startedAt: number };
  readonly log: UnitLog;
  readonly run: RunLog;
  readonly folder: string;
  readonly unit: string;
  readonly signal: AbortSignal;
  readonly onEnd: () => void;
}): Promise<void> {
  const { engine, clock, container, log, run, folder, unit, signal, onEnd } = options;
  await log.flush();
  const now = clock.date();
  const beganAt = container.startedAt > now ? 0 : container.startedAt - 1;
  const ours = await readLog(folder, unit, { since: beganAt, lines: 2 * tailLines });
  const tail = ours.filter((line): line is TimedLine & typeof line => line.stream !== "svc");
  const since = resumesAt(tail, { now, beganAt });
  // What the engine has may be in our log already; it is judged when all of it is here. A time after now proves nothing: the clock may
  // have been set back.
  let early: EngineLine[] | null = [];
  const settle = (): void => {
    if (!early) return;
    const found = early;
    early = null;
    const seen = linesSeenBefore(found, tail, now);
    for (const one of found) if (!seen.has(one)) run.line(one.stream, one.time, one.line, one.isWhole);
  };
  try {
    // A line that was cut when the stream was lost is whole in the engine's log.
    run.forgetPartialLines();
    await engine.logs(container.id, {
      tty: container.tty,
      since,
      follow: true,
      abort: signal,
      onLine(stream, time, line, isWhole) {
        if (early) early.push({ stream, time, text: line.toString(), line: Buffer.from(line), isWhole });
        else run.line(stream, time, line, isWhole);
      },
      onRest(stream, rest) {
        settle();
        run.output(stream, rest);
      },
      onEnd() {
        settle();
        onEnd();
      },
    });
    // The engine sends what it has at once.
    clock.after(skewMs, settle);
  } catch (error) {
    if (signal.aborted || (error instanceof EngineError && error.kind === "no-such-container")) return onEnd();
    log.remark("the engine keeps no log of this container: what it wrote while svc was away is lost");
    const attachment = await engine.attach(container.id, {
      tty: container.tty,
      stdin: false,
      onOutput: (stream, chunk) => run.output(stream, chunk),
      onEnd,
    });
    signal.addEventListener("abort", () => attachment.close());
  }
}

/** The engine sends only lines of that time or later, and no such line if it is still to come. */
function resumesAt(
  tail: readonly TimedLine[],
  { now, beganAt }: { readonly now: number; readonly beganAt: number },
): number {
  const times = tail.map(({ time }) => Date.parse(time));
  if (times.some((time) => time > now)) return Math.max(beganAt, now - setBackWithinMs);
  const last = times.at(-1);
  return last === undefined ? beganAt : last - skewMs;
}
