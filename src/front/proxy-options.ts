import { parseArgs } from "node:util";
import { messageOf, SvcError } from "../svc-error.ts";
import { type Address, leadsTo, readAddress, showAddress } from "./address.ts";
import type { BreakerRules } from "./breaker.ts";
import type { Place } from "./listen.ts";
import { type Environment, passedOnPlaces, placesOf } from "./places.ts";
import { readDuration, readNumber } from "./quantities.ts";

export type ProxyOptions =
  | { readonly does: "show"; readonly path: string; readonly json: boolean }
  | {
      readonly does: "serve";
      readonly places: readonly Place[];
      readonly targets: readonly Address[];
      readonly rules: BreakerRules;
      readonly dialTimeoutMs: number;
      readonly drainMs: number;
      readonly statusSocket: string | null;
    };

/** Every option, with its sentence: the parser, the help, the man page and the completion read this. */
export const proxyOptions = [
  {
    name: "listen",
    short: "l",
    value: "address",
    description: "where clients connect: localhost:8000; may be repeated",
  },
  {
    name: "remote",
    short: "r",
    value: "address",
    description: "where they are led: HOST:80; repeated, they take turns",
  },
  {
    name: "threshold",
    short: "t",
    value: "share",
    description: "the share of failures that opens a target's breaker: .05 is 5 % (default: .5)",
  },
  {
    name: "minimum-samples",
    short: null,
    value: "count",
    description: "fewer connections in 10 s open no breaker (default: 20)",
  },
  { name: "dial-timeout", short: null, value: "time", description: "how long a dial may take (default: 2s)" },
  { name: "drain", short: null, value: "time", description: "how long SIGTERM waits for connections (default: 30s)" },
  { name: "status-socket", short: null, value: "path", description: "a unix socket, 0660, that tells how it is" },
  { name: "status", short: null, value: "path", description: "show how the proxy with that status socket is" },
  { name: "json", short: null, value: null, description: "with --status: print JSON" },
] as const;

export function readProxyOptions(args: readonly string[], environment: Environment, pid: number): ProxyOptions {
  const { listen = [], remote = [], status, json = false, ...rest } = parsed(args);
  if (status !== undefined) return { does: "show", path: status, json };
  const passedOn = passedOnPlaces(environment, pid);
  const wanted = listen.map((text) => readAddress(text, "--listen"));
  const targets = remote.map((text) => readAddress(text, "--remote"));
  if (passedOn.length === 0 && wanted.length === 0) throw lacks("--listen", "-l localhost:8000");
  if (targets.length === 0) throw lacks("--remote", "-r HOST:80");
  for (const target of targets)
    if (wanted.some((address) => leadsTo(target, address)))
      throw new SvcError("usage", `--remote ${showAddress(target)} leads back to --listen`, {
        hint: "a connection would go round for ever",
      });
  return {
    does: "serve",
    places: passedOn.length > 0 ? passedOn : wanted.flatMap((address) => placesOf(address, "--listen")),
    targets,
    rules: {
      threshold: readNumber(rest.threshold ?? ".5", {
        option: "--threshold",
        isGood: (share) => share > 0 && share <= 1,
        hint: "a share above 0 and up to 1: .05 is 5 %",
      }),
      minimumSamples: readNumber(rest["minimum-samples"] ?? "20", {
        option: "--minimum-samples",
        isGood: (count) => Number.isInteger(count) && count > 0,
        hint: "a whole number above 0",
      }),
    },
    dialTimeoutMs: readDuration(rest["dial-timeout"] ?? "2s", "--dial-timeout"),
    drainMs: readDuration(rest.drain ?? "30s", "--drain"),
    statusSocket: rest["status-socket"] ?? null,
  };
}

function lacks(option: string, example: string): SvcError {
  return new SvcError("usage", `${option} is missing`, { hint: `svc proxy ${example} …; svc help proxy` });
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: grammar }).values;
  } catch (error) {
    throw new SvcError("usage", messageOf(error), { hint: "svc help proxy", cause: error });
  }
}

const text = { type: "string" } as const;
const grammar = {
  listen: { type: "string", short: "l", multiple: true },
  remote: { type: "string", short: "r", multiple: true },
  threshold: { type: "string", short: "t" },
  "minimum-samples": text,
  "dial-timeout": text,
  drain: text,
  "status-socket": text,
  status: text,
  json: { type: "boolean" },
} as const satisfies { readonly [name in (typeof proxyOptions)[number]["name"]]: object };
