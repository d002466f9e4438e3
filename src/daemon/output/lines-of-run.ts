import type { TimedLine } from "./lines-seen-before.ts";
import { readLog } from "./read-log.ts";

/** A container's process may write before the engine takes note that it has started. */
const startMs = 2_000;

/** What one container has written last, as it stands in its unit's log: what is behind the remark about its start. */
export async function linesOfRun(
  folder: string,
  unit: string,
  run: { readonly container: string; readonly startedAt: number },
  count: number,
): Promise<readonly TimedLine[]> {
  const { container, startedAt } = run;
  const lines = await readLog(folder, unit, { since: startedAt - startMs, lines: 2 * count });
  const start = lines.findLastIndex(({ stream, text }) => stream === "svc" && text.startsWith(startWords(container)));
  const own = start === -1 ? lines.filter(({ time }) => Date.parse(time) >= startedAt - 1) : lines.slice(start + 1);
  return own.filter((line): line is typeof line & TimedLine => line.stream !== "svc").slice(-count);
}

/** How the remark begins that stands before what a container writes. */
export function startWords(container: string): string {
  return `starting ${container.slice(0, 12)}`;
}
