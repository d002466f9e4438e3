import { signalOf } from "../signals.ts";

/** `3`, an exit code, or `TERM`, a signal, by its full name; null: neither. The end by a real-time signal is known by its code. */
export function exitOf(text: string): number | string | null {
  if (/^\d+$/.test(text)) return Number(text) <= 255 ? Number(text) : null;
  const signal = signalOf(text);
  return typeof signal === "number" ? 128 + signal : signal;
}

/** The words of a text of exits: `0 1 TERM`. */
export function exitsIn(text: string | number): readonly string[] {
  return String(text)
    .split(/[\s,]+/)
    .filter(Boolean);
}
