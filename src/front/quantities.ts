import { SvcError } from "../svc-error.ts";
import { durationMs } from "../unit/keys/quantities.ts";

/** A time as unit files have it, in ms. */
export function readDuration(text: string, option: string): number {
  const ms = durationMs(text);
  if (ms === null)
    throw new SvcError("usage", `${option}: "${text}" is no duration`, { hint: "write 500ms, 30s or 2m" });
  return ms;
}

export function readNumber(
  text: string,
  { option, isGood, hint }: { readonly option: string; readonly isGood: (n: number) => boolean; readonly hint: string },
): number {
  const number = /^(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (!isGood(number)) throw new SvcError("usage", `${option}: "${text}" will not do`, { hint });
  return number;
}
