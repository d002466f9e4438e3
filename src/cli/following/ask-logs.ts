import type { Ask, LogLine } from "../../control/request.ts";
import { askThroughReexec } from "./ask-through-reexec.ts";
import { shownBefore } from "./shown-before.ts";

/** What was written while nobody followed has the engine's time, which is a little before that of what svc saw itself. */
const skewMs = 2_000;

/** What units wrote. When the daemon is replaced meanwhile it goes on where it was: no line is lost, none is told twice. */
export async function askLogs(
  socket: string,
  asked: Ask<"logs">,
  onLine: (line: LogLine) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { lines, ...body } = asked;
  const askedAt = Date.now();
  const shown = shownBefore(skewMs);
  /** ms since 1970, of each unit. */
  const firstAt = new Map<string, number>();
  let since = Number.POSITIVE_INFINITY;
  await askThroughReexec(socket, "logs", { first: asked, rest, onProgress: take, signal });

  function rest(): Ask<"logs"> {
    shown.begin();
    const newest = shown.newest();
    if (newest === null && lines !== 0) return asked;
    since = Math.max(asked.since ?? 0, newest === null ? askedAt : newest - skewMs);
    return { ...body, since };
  }

  function take(line: LogLine): void {
    const time = Date.parse(line.time);
    const text = JSON.stringify(line);
    if (shown.comesAgain(text) || isBeforeTheFirst(line.unit, time)) return;
    if (!firstAt.has(line.unit)) firstAt.set(line.unit, time);
    shown.add(text, time);
    onLine(line);
  }

  /** It was not asked for: only some of the last lines were. Those of one moment come in one piece. */
  function isBeforeTheFirst(unit: string, time: number): boolean {
    if (lines === undefined || time < since) return false;
    const first = firstAt.get(unit);
    return first === undefined ? lines === 0 && time < askedAt : time <= first;
  }
}
