import type { Supervisor } from "../supervisor.ts";

/** Notes that a deploy of the app is under way, until what it gives back is called; there may be several at once. */
export type UnderWay = (app: string) => () => void;

/** Tells the supervisor, which leaves the say about the app's tag to a deploy as long as there is one. */
export function deploysUnderWay(supervisor: Supervisor): UnderWay {
  const counts = new Map<string, number>();
  return (app) => {
    change(app, 1);
    return () => change(app, -1);
  };

  function change(app: string, by: 1 | -1): void {
    const before = counts.get(app) ?? 0;
    counts.set(app, before + by);
    if (before === 0 || before + by === 0) supervisor.tell({ fact: "deploying", app, isUnderWay: before === 0 });
  }
}
