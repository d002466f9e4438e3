import type { Engine } from "../../engine/engine.ts";
import { readLog } from "./read-log.ts";
import type { UnitLog } from "./unit-log.ts";

/** Our times are those of receipt, a little after the engine's. */
const skewMs = 2_000;
const tailLines = 64;

/**
 * Follows a container that svc did not start in this life from where its log ends: the engine's lines are matched to the tail of
 * ours, and what comes after is appended. Where the engine keeps no log the output of the gap is lost, and that is said.
 */
export async function resumeOutput(options: {
  readonly engine: Engine;
  readonly container: { readonly id: string; readonly tty: boolean; readonly startedAt: number };
  readonly log: UnitLog;
  readonly folder: string;
  readonly unit: string;
  readonly signal: AbortSignal;
  readonly onEnd: () => void;
}): Promise<void> {
  const { engine, container, log, folder, unit, signal, onEnd } = options;
  const tail = (await readLog({ folder, unit, since: container.startedAt - 1, lines: tailLines })).filter(
    (line) => line.stream !== "svc",
  );
  const last = tail.at(-1);
  const since = last ? Date.parse(last.time) - skewMs : container.startedAt - 1;
  const readAt = Date.now();
  let early: { stream: "out" | "err"; time: string; line: Buffer }[] | null = [];
  const settle = (): void => {
    if (!early) return;
    const known = early;
    early = null;
    for (const one of known.slice(
      matchTail(
        known.map(({ line }) => line.toString()),
        tail.map((line) => line.text),
      ),
    )) {
      log.line(one.stream, one.time, one.line);
    }
  };
  try {
    // First what there is up to now, which ends; then what follows.
    await engine.logs(container.id, {
      tty: container.tty,
      since,
      follow: true,
      abort: signal,
      onLine(stream, time, line) {
        if (early && Date.parse(time) <= readAt) {
          early.push({ stream, time, line: Buffer.from(line) });
          return;
        }
        settle();
        log.line(stream, time, line);
      },
      onEnd() {
        settle();
        onEnd();
      },
    });
    // The engine sends what it has at once; silence after it means that there was no more.
    setTimeout(settle, skewMs).unref();
  } catch {
    if (signal.aborted) return onEnd();
    log.remark("the engine keeps no log of this container: what it wrote while svc was away is lost");
    const attachment = await engine.attach(container.id, {
      tty: container.tty,
      stdin: false,
      onOutput: (stream, chunk) => log.output(stream, chunk),
      onEnd,
    });
    signal.addEventListener("abort", () => attachment.close());
  }
}

/** The index behind the last place in `lines` where the end of `tail` stands; 0: nowhere. */
export function matchTail(lines: readonly string[], tail: readonly string[]): number {
  for (let end = lines.length; end > 0 && tail.length > 0; end--) {
    let matched = 0;
    while (matched < tail.length && matched < end && lines[end - 1 - matched] === tail[tail.length - 1 - matched])
      matched++;
    if (matched === tail.length || (matched > 0 && matched === end)) return end;
  }
  return 0;
}
