import { SvcError } from "../svc-error.ts";

/** `30s`, `500ms`, `2m`, `90` (seconds) in ms. */
export function readDuration(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?|\.\d+)(ms|s|m|min|h)?$/.exec(text);
  if (!match) throw new SvcError("usage", `${option}: "${text}" is no duration`, { hint: "write 500ms, 30s or 2m" });
  const ms: { readonly [unit: string]: number } = { ms: 1, s: 1e3, m: 6e4, min: 6e4, h: 36e5 };
  return Number(match[1]) * (ms[match[2] ?? "s"] ?? 1);
}

export function readNumber(
  text: string,
  { option, isGood, hint }: { readonly option: string; readonly isGood: (n: number) => boolean; readonly hint: string },
): number {
  const number = /^(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (!isGood(number)) throw new SvcError("usage", `${option}: "${text}" will not do`, { hint });
  return number;
}
