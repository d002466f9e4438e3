import type { PullProgress } from "../engine/engine.ts";

type Pulled = Omit<PullProgress, "status">;

/** `40 %, 3 of 12 layers`: all is there only when it says 100. */
export function pullWords(pull: Pulled): string {
  return `${percentOf(pull)} %, ${pull.layersDone} of ${pull.layers} layers`;
}

export function percentOf(pull: Pulled): number {
  return Math.floor(partOf(pull) * 100);
}

/** 0 to 1. */
export function partOf({ doneBytes, totalBytes }: Pulled): number {
  return totalBytes === 0 ? 0 : Math.min(1, doneBytes / totalBytes);
}
