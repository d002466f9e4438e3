import { keyFlags } from "../../unit/keys/key-flags.ts";
import type { UnitKeys } from "../../unit/keys/schema.ts";

/** What the engine is asked for says these too, though no flag does; Compose's `restart` means nothing to svc. */
const inRequest: readonly (keyof UnitKeys)[] = [
  "app",
  "image",
  "env_file",
  "env_format",
  "tag_file",
  "options",
  "command",
  "entrypoint",
  "healthcheck",
  "networks",
  "restart",
];

/** `KEY: …` for each key that neither the request to the engine says nor, by `said`, the format: a new one among them. */
export function lostKeys(keys: UnitKeys, said: readonly string[], format: string): readonly string[] {
  const known = new Set([...keyFlags(keys).map(({ path }) => path[0]), ...inRequest, ...said]);
  return Object.entries(keys)
    .filter(([name, value]) => !known.has(name) && !isNothing(value))
    .map(([name, value]) => lostKey(name, value, format));
}

export function lostKey(name: string, value: unknown, format: string): string {
  return `${name}: ${JSON.stringify(value)} has no counterpart in ${format}`;
}

function isNothing(value: unknown): boolean {
  return value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}
