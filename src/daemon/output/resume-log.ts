import type { Clock } from "../../clock/clock.ts";
import { type Engine, EngineError } from "../../engine/engine.ts";
import { linesOfRun } from "./lines-of-run.ts";
import { linesSeenBefore, type TimedLine } from "./lines-seen-before.ts";
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
 * ours, and what comes after is appended. `no log`: the engine keeps none that can be read, and nothing was done.
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
}): Promise<"followed" | "no log"> {
  const { engine, clock, container, log, run, folder, unit, signal, onEnd } = options;
  await log.flush();
  const now = clock.date();
  const beganAt = container.startedAt > now ? 0 : container.startedAt;
  const tail = await linesOfRun(folder, unit, { container: container.id, startedAt: beganAt }, tailLines);
  const { from, knownUntil } = resumesAt(tail, { now, beganAt });
  // What the engine has may be in our log already, up to some line; it is judged when all of that is here.
  let early: EngineLine[] | null = [];
  const settle = (): void => {
    if (!early) return;
    const found = early;
    early = null;
    const seen = linesSeenBefore(found, tail, now);
    for (const one of found) if (!seen.has(one)) run.line(one.stream, one.time, one.line, one.isWhole);
  };
  // A line that was cut when the stream was lost is whole in the engine's log.
  let isAnew = false;
  const beginAnew = (): void => {
    if (!isAnew) run.forgetPartialLines();
    isAnew = true;
  };
  try {
    await engine.logs(container.id, {
      tty: container.tty,
      since: from,
      follow: true,
      abort: signal,
      onLine(stream, time, line, isWhole) {
        beginAnew();
        if (Date.parse(time) > knownUntil) settle();
        if (early) early.push({ stream, time, text: line.toString(), line: Buffer.from(line), isWhole });
        else run.line(stream, time, line, isWhole);
      },
      onRest(stream, rest) {
        beginAnew();
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
    return "followed";
  } catch (error) {
    const isOver = signal.aborted || (error instanceof EngineError && error.kind === "no-such-container");
    if (!isOver) return "no log";
    onEnd();
    return "followed";
  }
}

/**
 * From when on the engine is asked, which sends only lines of that time or later; and until when a line of its may be in our log. A
 * time of ours that is after now proves nothing: the clock was set back.
 */
function resumesAt(
  tail: readonly TimedLine[],
  { now, beganAt }: { readonly now: number; readonly beganAt: number },
): { readonly from: number; readonly knownUntil: number } {
  const times = tail.map(({ time }) => Date.parse(time));
  const last = times.at(-1);
  if (last === undefined) return { from: Math.max(0, beganAt - skewMs), knownUntil: Number.NEGATIVE_INFINITY };
  if (times.some((time) => time > now))
    return { from: Math.max(beganAt - skewMs, now - setBackWithinMs), knownUntil: Number.POSITIVE_INFINITY };
  return { from: last - skewMs, knownUntil: last + skewMs };
}
