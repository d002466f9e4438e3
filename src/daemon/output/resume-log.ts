import type { Clock } from "../../clock/clock.ts";
import { type Engine, EngineError } from "../../engine/engine.ts";
import { linesOfRun } from "./lines-of-run.ts";
import { linesSeenBefore, type TimedLine } from "./lines-seen-before.ts";
import type { RunLog } from "./run-log.ts";
import type { UnitLog } from "./unit-log.ts";

/** Our times are those of receipt, a little after the engine's. */
const skewMs = 2_000;
const tailLines = 64;

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
  const tail = await linesOfRun(folder, unit, { container: container.id, startedAt: container.startedAt }, tailLines);
  const last = tail.at(-1);
  const since = (last ? Date.parse(last.time) : container.startedAt) - skewMs;
  const readAt = clock.date();
  // What the engine has of the time before now may be in our log already; it is judged when all of it is here.
  let early: EngineLine[] | null = [];
  const settle = (): void => {
    if (!early) return;
    const found = early;
    early = null;
    const seen = linesSeenBefore(found, tail);
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
        if (early && Date.parse(time) <= readAt) {
          early.push({ stream, time, text: line.toString(), line: Buffer.from(line), isWhole });
          return;
        }
        settle();
        run.line(stream, time, line, isWhole);
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
    // The engine sends what it has at once; silence after it means that there was no more.
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
