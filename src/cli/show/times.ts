import { SvcError } from "../../svc-error.ts";
import { durationMs } from "../../unit/keys/quantities.ts";

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

const dayMs = 86_400_000;

/** `10m` (ago), a date, or `14:02:07Z`, the last time that it was so late; as ms since 1970. Without a zone it is UTC. */
export function instantOf(text: string, now: number): number {
  const instant = readInstant(text, now);
  if (Number.isNaN(instant)) throw new SvcError("usage", `"${text}" is no time`, { hint: writeTime });
  if (instant < 0) throw new SvcError("usage", `"${text}" is before 1970`, { hint: writeTime });
  return instant;
}

const writeTime = "write 10m, 2h, 1d, 14:02:07Z or 2026-11-24T14:00";

/** NaN: it is none. */
function readInstant(text: string, now: number): number {
  const span = /[a-z]$/.test(text) ? durationMs(text) : null;
  if (span !== null) return now - span;
  const clock = /^(\d\d:\d\d(?::\d\d)?)Z?$/.exec(text)?.[1];
  const today = new Date(now).toISOString().slice(0, 10);
  const date = Date.parse(withZone(clock === undefined ? text : `${today}T${clock}`));
  // What would be read as a year or a month is more likely a span without its unit.
  if (/^\d+$/.test(text)) return Number.NaN;
  return clock !== undefined && date > now ? date - dayMs : date;
}

function withZone(text: string): string {
  return /[T ][\d:.]+$/.test(text) ? `${text}Z` : text;
}

/** A time as unit files have it, in ms. */
export function spanOf(text: string): number {
  const ms = durationMs(text);
  if (ms === null) throw new SvcError("usage", `"${text}" is no duration`, { hint: "write 30s, 2m or 1m30s" });
  return ms;
}
