import { exitOf, exitsIn } from "./keys/exits.ts";
import { durationMs } from "./keys/quantities.ts";
import type { UnitKeys } from "./keys/schema.ts";
import { lineExpression } from "./line-expression.ts";
import type { Listen, Ready, Respawn } from "./unit.ts";

/** 10 in 5 min: an interval of seconds would never be filled, as a stop, remove, create and start takes a good part of one. */
const defaultLimit = { count: 10, windowMs: 300_000 };

/** A string: what is wrong. */
export function respawnOf(keys: UnitKeys): Respawn | string {
  const limit = limitOf(keys.respawn_limit);
  if (typeof limit === "string") return limit;
  const { normal_exit: normal = "" } = keys;
  const normalExit = (Array.isArray(normal) ? normal : exitsIn(normal)).flatMap((one) => exitOf(one) ?? []);
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

/** `wrong`: what is, with the field that it is in. */
export type ReadyRead = Ready | { readonly wrong: string; readonly field: "tcp" | "http" | "log" };

/** With a front and no healthcheck of its own, a unit is ready when the port that clients are led to answers. */
export function readyOf({ ready, healthcheck }: UnitKeys, [front]: readonly Listen[]): ReadyRead {
  if (ready === undefined && front && healthcheck === undefined) return { how: "tcp", host: null, port: front.target };
  if (ready === undefined) return { how: "auto", afterMs: 1_000 };
  if (ready === "healthy") return { how: "healthy" };
  if (ready.tcp !== undefined) {
    const [, host = null, port] = /^(?:(.*):)?(\d+)$/.exec(ready.tcp) ?? [];
    return isPort(port)
      ? { how: "tcp", host, port: Number(port) }
      : { wrong: `ready.tcp: "${ready.tcp}" is no port`, field: "tcp" };
  }
  if (ready.http !== undefined) {
    const [, host = "", port, path = "/"] = /^(?:http:\/\/)?(?:([^/:]*):)?(\d+)(\/.*)?$/.exec(ready.http) ?? [];
    if (!isPort(port)) return { wrong: `ready.http: "${ready.http}" is no port and path`, field: "http" };
    return { how: "http", host: host || null, port: Number(port), path, status: ready.status ?? null };
  }
  if (ready.log !== undefined) {
    const expression = lineExpression(ready.log);
    return typeof expression === "string"
      ? { wrong: `ready.log: "${ready.log}" ${expression}`, field: "log" }
      : { how: "log", pattern: ready.log };
  }
  return { how: "after", afterMs: durationMs(ready.after ?? 1) ?? 1_000 };
}

function isPort(text: string | undefined): boolean {
  return text !== undefined && Number(text) > 0 && Number(text) <= 65_535;
}
