import type { PullProgress } from "../../control/request.ts";
import { partOf, pullWords } from "../../runner/pull-words.ts";

/** `[########............] 40 %, 3 of 12 layers` */
export function pullBar(pull: PullProgress): string {
  const bar = "#".repeat(Math.round(partOf(pull) * 20)).padEnd(20, ".");
  return `[${bar}] ${pullWords(pull)}`;
}
