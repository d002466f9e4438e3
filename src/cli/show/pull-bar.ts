import type { PullProgress } from "../../control/request.ts";

/** `[########............] 40 %, 3 of 12 layers` */
export function pullBar(pull: PullProgress): string {
  const part = partOf(pull);
  const bar = "#".repeat(Math.round(part * 20)).padEnd(20, ".");
  return `[${bar}] ${Math.round(part * 100)} %, ${pull.layersDone} of ${pull.layers} layers`;
}

/** 0 to 1. */
export function partOf({ doneBytes, totalBytes }: PullProgress): number {
  return totalBytes === 0 ? 0 : Math.min(1, doneBytes / totalBytes);
}
