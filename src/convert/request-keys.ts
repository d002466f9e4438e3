import type { CreateRequest, JsonObject } from "../unit/docker-run/create-request.ts";
import { type ParsedFlag, parseFlags } from "../unit/docker-run/parse-flags.ts";
import { commandLineOf } from "../unit/docker-run/to-command-line.ts";
import { healthOf } from "./health.ts";
import { commandValue, type Value } from "./import/draft.ts";
import { keysOfFlags } from "./import/flags/flag-keys.ts";
import { networksOf } from "./network-keys.ts";

export type RequestKeys = {
  readonly keys: { [key: string]: Value };
  /** The flags of docker run that say the same, and the key that says each. */
  readonly flags: readonly ParsedFlag[];
  readonly keyOf: (flag: ParsedFlag) => string;
};

/** The keys of a unit file, or of a compose service, that make this request. */
export function keysOfRequest(request: CreateRequest): RequestKeys {
  // An entrypoint of several words and a health command as a list have no flag.
  const { Entrypoint: entrypoint, Healthcheck: healthcheck, ...others } = request.body;
  const isOne = Array.isArray(entrypoint) && entrypoint.length === 1;
  const networks = networksOf(request.body);
  const body = {
    ...(networks === null ? others : withoutNetworks(others as CreateRequest["body"])),
    ...(isOne ? { Entrypoint: entrypoint } : {}),
  } as CreateRequest["body"];
  const words = commandLineOf({ ...request, body }).slice(2);
  const { flags: all, rest } = parseFlags(words);
  // A service runs as with --detach anyway.
  const flags = all.filter(({ name }) => name !== "detach");
  const { keys: said, keyOf } = keysOfFlags(flags);
  const keys: { [key: string]: Value } = { image: request.body.Image };
  for (const [key, value] of Object.entries(said)) keys[key] = sizes.has(key) ? sizeText(value) : value;
  if (networks !== null) keys.networks = networks;
  const command = words.slice(rest + 1);
  if (command.length > 0) keys.command = commandValue(command);
  if (Array.isArray(entrypoint) && !isOne) keys.entrypoint = entrypoint as Value;
  const health = healthOf(healthcheck as JsonObject | undefined);
  if (health !== null) keys.healthcheck = health;
  return { keys, flags, keyOf };
}

function withoutNetworks({ NetworkingConfig: _, HostConfig: host, ...others }: CreateRequest["body"]): object {
  const { NetworkMode: __, ...rest } = host ?? {};
  return { ...others, HostConfig: rest };
}

const sizes = new Set(["mem_limit", "mem_reservation", "memswap_limit", "shm_size"]);

/** `512m` for the engine's bytes, where it is a whole number of them. */
function sizeText(value: Value): Value {
  const bytes = Number(value);
  const unit = [30, 20, 10].find((power) => bytes > 0 && bytes % 2 ** power === 0);
  return unit === undefined ? value : `${bytes / 2 ** unit}${{ 30: "g", 20: "m", 10: "k" }[unit]}`;
}
