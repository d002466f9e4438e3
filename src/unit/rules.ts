import { durationMs } from "./quantities.ts";
import type { UnitKeys } from "./schema.ts";
import type { Ready, Respawn } from "./unit.ts";

/** 10 in 5 min: an interval of seconds would never be filled, as a stop, remove, create and start takes a good part of one. */
const defaultLimit = { count: 10, windowMs: 300_000 };

/** A string: what is wrong. */
export function respawnOf(keys: UnitKeys): Respawn | string {
  const limit = limitOf(keys.respawn_limit);
  if (typeof limit === "string") return limit;
  const normal =
    keys.normal_exit === undefined
      ? []
      : Array.isArray(keys.normal_exit)
        ? keys.normal_exit
        : String(keys.normal_exit).split(/[\s,]+/);
  const normalExit = normal
    .filter(Boolean)
    .map((one) => (/^\d+$/.test(one) ? Number(one) : one.toUpperCase().replace(/^(SIG)?/, "SIG")));
  return { enabled: keys.respawn ?? true, normalExit, limit, onLimit: keys.on_limit ?? "delay" };
}

/** `10 in 5m`, upstart's `10 5` (seconds), `unlimited`. */
function limitOf(text: string | undefined): Respawn["limit"] | string {
  if (text === undefined) return defaultLimit;
  if (text === "unlimited" || text === "0") return null;
  const match = /^(\d+)\s+(?:in\s+)?(\S+)$/.exec(text.trim());
  const windowMs = match ? durationMs(match[2] ?? "") : null;
  if (!match || windowMs === null || windowMs === 0) return `respawn_limit: "${text}" is no limit`;
  return { count: Number(match[1]), windowMs };
}

/** A string: what is wrong. */
export function readyOf(keys: UnitKeys): Ready | string {
  const { ready } = keys;
  if (ready === undefined) return { how: "auto", afterMs: 1_000 };
  if (ready === "healthy") return { how: "healthy" };
  if ("tcp" in ready) {
    const match = /^(?:(.*):)?(\d+)$/.exec(ready.tcp);
    return match ? { how: "tcp", host: match[1] ?? null, port: Number(match[2]) } : `ready: "${ready.tcp}" is no port`;
  }
  if ("http" in ready) {
    const match = /^(?:http:\/\/)?(?:([^/:]*):)?(\d+)(\/.*)?$/.exec(ready.http);
    if (!match) return `ready: "${ready.http}" is no port and path`;
    return {
      how: "http",
      host: match[1] || null,
      port: Number(match[2]),
      path: match[3] ?? "/",
      status: ready.status ?? null,
    };
  }
  if ("log" in ready) {
    try {
      new RegExp(ready.log);
      return { how: "log", pattern: ready.log };
    } catch {
      return `ready: "${ready.log}" is no regular expression`;
    }
  }
  const afterMs = durationMs(ready.after);
  return afterMs === null ? `ready: "${ready.after}" is no duration` : { how: "after", afterMs };
}
