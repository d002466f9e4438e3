import type { Clock } from "../clock/clock.ts";
import type { ExitRecord } from "../control/request.ts";
import type { Attachment, ContainerDetail, Engine } from "../engine/engine.ts";
import { messageOf } from "../svc-error.ts";
import type { Unit } from "../unit/unit.ts";
import type { OpenFiles } from "./open-files.ts";
import { type ExitRecords, isSameEnd } from "./output/exit-records.ts";
import { holdBack } from "./output/hold-back.ts";
import { linesOfRun, startWords } from "./output/lines-of-run.ts";
import { resumeOutput } from "./output/resume-log.ts";
import type { RunLog } from "./output/run-log.ts";
import { openUnitLog, type UnitLog } from "./output/unit-log.ts";
import type { Uncut } from "./uncut.ts";

/** How long a dead container's last output is waited for before it is looked for in the engine's own log, and how long there. */
const lastWordsMs = 3_000;
const lookedForMs = 20_000;
const lastLines = 50;
const noLogWords = "the engine keeps no log of this container: what it wrote while svc was away is lost";

type Run = {
  readonly unit: string;
  readonly log: UnitLog;
  readonly own: RunLog;
  readonly tty: boolean;
  readonly stop: () => void;
  /** The output stream has ended: the container has, or the connection was lost. */
  readonly drained: Promise<void>;
  isDrained: boolean;
  /** It is followed in the engine's own log, and not attached since before its start: some of it may be missing at its end. */
  isFromLog: boolean;
  /** Wall clock, ms. */
  startedAt: number | null;
  /** As the engine described it when it had started; null: it was not svc, in this life, that started it. */
  atStart: Beginning | null;
};

/** What the engine says of a container that has started, as far as it is asked again at its end. */
export type Beginning = Pick<
  ContainerDetail,
  "startedAt" | "finishedAt" | "oomKilled" | "memoryLimitBytes" | "stopSignal"
>;

export type RunEnd = Omit<ExitRecord, "lastLines" | "startedAt" | "endedAt" | "ranFor"> & {
  readonly startedAt: number | null;
  readonly endedAt: number;
};

export type Runs = ReturnType<typeof keepRuns>;

/** The output and the end of every run: what a container writes goes to its unit's log, how it ended to the records. */
export function keepRuns(options: {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly logFolder: string;
  readonly records: ExitRecords;
  readonly files: OpenFiles;
  readonly warn: (message: string) => void;
  /** No other program takes the place of this one before an end that was seen is recorded. */
  readonly count: Uncut["count"];
  /** Done after each end of a run, before that is recorded: if svc is killed meanwhile it is done again. */
  readonly afterEnd: (end: RunEnd, unit: Unit) => Promise<unknown>;
}) {
  const { engine, clock, records } = options;
  const logs = new Map<string, UnitLog>();
  const runs = new Map<string, Run>();
  const recordings = new Map<string, Promise<void>>();
  return {
    logOf,
    logOfRun: (id: string): RunLog | null => runs.get(id)?.own ?? null,
    lastLine,
    logProblem: (unit: string): string | null => logs.get(unit)?.problem() ?? null,
    attach,
    resume,
    began,
    atStart,
    release,
    forget,
    ended,
    recorded,
    recordedSoFar,
    isFollowed,
    close,
  };

  function logOf(unit: Unit): UnitLog {
    const open = logs.get(unit.name);
    if (open) return open;
    const log = openUnitLog({
      folder: options.logFolder,
      unit: unit.name,
      maxSizeBytes: unit.log.maxSizeBytes,
      maxFiles: unit.log.maxFiles,
      clock,
      tell: (message) => options.warn(`${unit.name}: ${message}`),
    });
    logs.set(unit.name, log);
    return log;
  }

  /** null: nothing was written in this life of svc. */
  function lastLine(unit: string): string | null {
    return logs.get(unit)?.lastLines(1)[0] ?? null;
  }

  function isFollowed(id: string): boolean {
    return runs.get(id)?.isDrained === false;
  }

  /** Before the start, so that no byte is lost. */
  async function attach(unit: Unit, id: string, tty: boolean): Promise<void> {
    const log = logOf(unit);
    const own = log.openRun(tty);
    const tag = unit.launch.ok && unit.launch.tag ? `, tag ${unit.launch.tag}` : "";
    log.remark(`${startWords(id)}${tag}`);
    const { promise: drained, resolve } = Promise.withResolvers<void>();
    let slowDown: () => void = () => undefined;
    const attachment: Attachment = await engine.attach(id, {
      tty,
      stdin: false,
      onOutput(stream, chunk) {
        own.output(stream, chunk);
        slowDown();
      },
      onEnd: resolve,
    });
    slowDown = holdBack(log, clock, attachment);
    const stop = (): void => attachment.close();
    keep(id, {
      unit: unit.name,
      log,
      own,
      tty,
      stop,
      drained,
      isDrained: false,
      isFromLog: false,
      startedAt: null,
      atStart: null,
    });
  }

  function keep(id: string, run: Run): void {
    runs.set(id, run);
    void run.drained.then(() => {
      run.isDrained = true;
    });
  }

  /** A container that runs and whose output is not followed, or not any more: it goes on where the log ends. */
  function resume(unit: Unit, detail: ContainerDetail): void {
    const run = runs.get(detail.id);
    if (run && !run.isDrained) return;
    if (!options.files.hasRoom()) {
      options.warn(`the output of ${unit.name} is not followed: svc may open only ${options.files.limit} files`);
      return;
    }
    const log = logOf(unit);
    const own = run?.own ?? log.openRun(detail.tty);
    const abort = new AbortController();
    const { promise: drained, resolve } = Promise.withResolvers<void>();
    const resumed: Run = {
      unit: unit.name,
      log,
      own,
      tty: detail.tty,
      stop: () => abort.abort(),
      drained,
      isDrained: false,
      isFromLog: true,
      startedAt: detail.startedAt,
      atStart: null,
    };
    keep(detail.id, resumed);
    const following = { startedAt: detail.startedAt ?? clock.date(), signal: abort.signal, onEnd: resolve };
    followLog(detail.id, resumed, following)
      .then((how) =>
        how === "no log" ? attachAnew(detail.id, resumed, { abort: abort.signal, onEnd: resolve }) : null,
      )
      .catch((error: unknown) => {
        options.warn(`the output of ${unit.name} cannot be followed: ${messageOf(error)}`);
        resolve();
      });
  }

  /** In the engine's own log, from where the unit's ends. */
  function followLog(
    id: string,
    { tty, log, own, unit }: Run,
    how: { readonly startedAt: number; readonly signal: AbortSignal; readonly onEnd: () => void },
  ): ReturnType<typeof resumeOutput> {
    const container = { id, tty, startedAt: how.startedAt };
    const { signal, onEnd } = how;
    return resumeOutput({ engine, clock, container, log, run: own, folder: options.logFolder, unit, signal, onEnd });
  }

  /** Where the engine keeps no log that can be read. */
  async function attachAnew(
    id: string,
    run: Run,
    { abort, onEnd }: { readonly abort: AbortSignal; readonly onEnd: () => void },
  ): Promise<void> {
    run.own.end();
    run.log.remark(noLogWords);
    run.isFromLog = false;
    const onOutput = (stream: "out" | "err", chunk: Buffer): void => run.own.output(stream, chunk);
    const attachment = await engine.attach(id, { tty: run.tty, stdin: false, onOutput, onEnd });
    abort.addEventListener("abort", () => attachment.close());
  }

  function began(id: string, detail: ContainerDetail | null): void {
    const run = runs.get(id);
    if (!run) return;
    run.startedAt = detail?.startedAt ?? clock.date();
    if (!detail) return;
    const { startedAt, finishedAt, oomKilled, memoryLimitBytes, stopSignal } = detail;
    run.atStart = { startedAt, finishedAt, oomKilled, memoryLimitBytes, stopSignal };
  }

  function atStart(id: string): Beginning | null {
    return runs.get(id)?.atStart ?? null;
  }

  function release(id: string): void {
    runs.get(id)?.stop();
  }

  /** It came to nothing, and is removed. It may have run for a moment all the same: what it wrote is waited for. */
  async function forget(id: string, reason: string): Promise<void> {
    const run = runs.get(id);
    if (!run) return;
    await isDrainedInTime(run);
    run.own.end();
    run.log.remark(`it did not start: ${reason}`);
    runs.delete(id);
  }

  /** Records the end of a run, once; its last words are waited for, but not for ever. `tty`: of one that was found ended; null: its end was seen. */
  function ended(end: RunEnd, unit: Unit | null, tty: boolean | null): Promise<void> {
    const already = recordings.get(end.container);
    if (already) return already;
    const recording = record(end, unit, tty).catch((error: unknown) => {
      options.warn(`the exit of ${end.unit} cannot be recorded: ${messageOf(error)}`);
    });
    const counted = options.count(`the exit record of ${end.unit}`, recording);
    recordings.set(end.container, counted);
    return counted;
  }

  async function record(end: RunEnd, unit: Unit | null, tty: boolean | null): Promise<void> {
    const followed = runs.get(end.container);
    const startedAtMs = end.startedAt ?? followed?.startedAt ?? null;
    const startedAt = startedAtMs === null ? null : new Date(startedAtMs).toISOString();
    if (isSameEnd({ container: end.container, startedAt }, records.last(end.unit))) return;
    const run = followed ?? (unit && tty !== null ? unseen(unit, tty, startedAtMs) : null);
    // One that was attached until its end was seen has all of it.
    if (run && (!(await isDrainedInTime(run)) || run.isFromLog || tty !== null)) await catchUp(end.container, run);
    const log = run?.log ?? (unit ? logOf(unit) : null);
    run?.own.end();
    const lines = run ? await lastLinesOf(end.container, run) : [];
    log?.remark(end.words);
    runs.delete(end.container);
    if (unit) await options.afterEnd(end, unit);
    await records.append({
      ...end,
      startedAt,
      endedAt: new Date(end.endedAt).toISOString(),
      ranFor: startedAtMs === null ? null : Math.max(0, (end.endedAt - startedAtMs) / 1000),
      lastLines: lines,
    });
  }

  /** One that ended while svc was away. */
  function unseen(unit: Unit, tty: boolean, startedAt: number | null): Run {
    const log = logOf(unit);
    const own = log.openRun(tty);
    const over = { stop: () => undefined, drained: Promise.resolve(), isDrained: true };
    return { unit: unit.name, log, own, tty, ...over, isFromLog: true, startedAt, atStart: null };
  }

  /** What was written of a run in an earlier life of svc stands in the file alone. */
  async function lastLinesOf(container: string, { unit, log, own, ...run }: Run): Promise<readonly string[]> {
    if (!run.isFromLog) return own.lastLines(lastLines);
    await log.flush();
    const written = { container, startedAt: run.startedAt ?? 0 };
    return (await linesOfRun(options.logFolder, unit, written, lastLines)).map(({ text }) => text);
  }

  function isDrainedInTime(run: Run): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = clock.after(lastWordsMs, () => {
        run.stop();
        resolve(false);
      });
      void run.drained.then(() => {
        cancel();
        resolve(true);
      });
    });
  }

  /** An engine that has too much to do sends late, and the container is to be removed: what is missing is read from its log. */
  async function catchUp(id: string, run: Run): Promise<void> {
    const abort = new AbortController();
    const cancel = clock.after(lookedForMs, () => abort.abort());
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const { log } = run;
    const startedAt = run.startedAt ?? clock.date() - lookedForMs;
    const following = followLog(id, run, { startedAt, signal: abort.signal, onEnd: resolve });
    const how = await following.catch(() => "no log");
    if (how === "no log") resolve();
    if (how === "no log" && run.isFromLog) log.remark(noLogWords);
    await ended;
    cancel();
    if (abort.signal.aborted) log.remark("its last output did not come in time; some of it may be missing here");
  }

  /** Resolves when the end of that container, if one was seen, is on disk. */
  async function recorded(id: string): Promise<void> {
    await recordings.get(id);
    recordings.delete(id);
  }

  /** Resolves when every end that was seen is on disk. */
  async function recordedSoFar(): Promise<void> {
    await Promise.all(recordings.values());
  }

  async function close(): Promise<void> {
    await recordedSoFar();
    for (const run of runs.values()) run.stop();
    await Promise.all([...logs.values()].map((log) => log.close()));
  }
}
