import type { Outcome, Progress } from "../../control/request.ts";
import type { Fact } from "../../plan/fact.ts";
import { SvcError } from "../../svc-error.ts";
import type { Daemon } from "../context.ts";
import { waitFor } from "./wait-for.ts";

export type Reply = { readonly progress: (progress: Progress) => unknown; readonly signal: AbortSignal };

/** What a command comes to: the units that it is about, what the loop is to be told, and what is waited for. */
export type Wishes = {
  readonly names: readonly string[];
  readonly facts: readonly Fact[];
  readonly goal: "up" | "down";
};

/** Tells the loop what is wished, puts it on the disk, and then, if the one who asked wants it, waits until it is so. */
export async function wishAndWait(
  what: Wishes & {
    readonly ask: { readonly wait?: boolean; readonly timeoutMs?: number };
    readonly reply: Reply;
  },
  daemon: Daemon,
): Promise<Outcome> {
  const { names, facts, goal, ask, reply } = what;
  daemon.supervisor.tell(...facts);
  const unsaved = await daemon.save();
  const { signal, progress } = reply;
  const wait = ask.wait ?? true;
  const notWhileAway = ask.timeoutMs === undefined;
  const outcome = await waitFor(
    { names, goal, wait, timeoutMs: ask.timeoutMs, signal, progress, asked: true, notWhileAway },
    daemon,
  );
  if (wait && notWhileAway) refuseWhileAway(daemon, "what was asked is kept, and done when it is back");
  if (unsaved === null) return outcome;
  return { ...outcome, warnings: [`${unsaved}; it is done, but will be forgotten if svc ends before it can be`] };
}

export function refuseWhileAway({ supervisor }: Daemon, consequence: string): void {
  if (supervisor.world.engine.state !== "away") return;
  throw new SvcError("engine-away", `the engine does not answer; ${consequence}`, {
    hint: "docker version and systemctl status docker tell more",
  });
}
