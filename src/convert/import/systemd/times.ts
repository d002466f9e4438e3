import { durationMs } from "../../../unit/keys/quantities.ts";

/** A systemd time as svc writes it: `1min 30s`, `90`; null: infinity or none. */
export function timeOf(text: string): string | null {
  const words = text
    .trim()
    .replace(/\b(seconds?|sec)\b/g, "s")
    .replace(/(?<=\d)\s*(seconds?|sec)\b/g, "s")
    .replace(/(?<=\d)\s*(minutes?|min)\b/g, "m")
    .replace(/(?<=\d)\s*(hours?|hr)\b/g, "h")
    .replace(/(?<=\d)\s*(days?)\b/g, "d")
    .replace(/(?<=\d)\s*msec\b/g, "ms")
    .replace(/\s+/g, "");
  const ms = durationMs(words);
  if (ms === null) return null;
  return /^\d+(\.\d+)?$/.test(words) ? `${words}s` : words;
}
