import { SvcError } from "../../svc-error.ts";

/** `12 s`, `4 min`, `3 h`, `9 d` since an ISO time; `-` where it is not known. */
export function ago(iso: string, now: number): string {
  const then = Date.parse(iso);
  if (!(then > 0)) return "-";
  const seconds = Math.max(0, Math.round((now - then) / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}

/** `14:02:07Z`, of another day `2026-11-24T14:02:07Z`: UTC, as all times that svc shows. */
export function clockTime(iso: string, now: number): string {
  const time = toSeconds(iso);
  return time.slice(0, 10) === new Date(now).toISOString().slice(0, 10) ? time.slice(11) : time;
}

/** `2026-11-24T14:02:07Z` of `2026-11-24T14:02:07.123Z`. */
export function toSeconds(iso: string): string {
  return `${iso.slice(0, 19)}Z`;
}

/** `10m` (ago) or a date, as ms since 1970; without a zone it is UTC. */
export function instantOf(text: string, now: number): number {
  const match = /^(\d+)(s|m|min|h|d)$/.exec(text);
  const seconds: { readonly [unit: string]: number } = { s: 1, m: 60, min: 60, h: 3_600, d: 86_400 };
  if (match) return now - Number(match[1]) * (seconds[match[2] ?? ""] ?? 0) * 1000;
  const date = Date.parse(/[T ][\d:.]+$/.test(text) ? `${text}Z` : text);
  if (Number.isNaN(date))
    throw new SvcError("usage", `"${text}" is no time`, { hint: "write 10m, 2h, 1d or 2026-11-24T14:00" });
  return date;
}

/** `30s`, `2m`, `90` (seconds) in ms. */
export function spanOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|min|h)?$/.exec(text);
  const ms: { readonly [unit: string]: number } = { ms: 1, s: 1e3, m: 6e4, min: 6e4, h: 36e5 };
  if (!match) throw new SvcError("usage", `"${text}" is no duration`, { hint: "write 30s, 2m or 1h" });
  return Number(match[1]) * (ms[match[2] ?? "s"] ?? 1);
}
