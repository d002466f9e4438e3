import { isIP } from "node:net";
import type { CreateRequest } from "./docker-run/create-request.ts";
import { durationMs } from "./keys/quantities.ts";
import type { UnitKeys } from "./keys/schema.ts";
import type { Listen, UnitBreaker } from "./unit.ts";
import type { UnitFile } from "./unit-file.ts";
import type { UnitProblem } from "./unit-problem.ts";

type Tell = (problem: Omit<UnitProblem, "unit">) => void;
type Read = UnitFile & { readonly keys: UnitKeys };
type Said = NonNullable<UnitKeys["listen"]>[number];

const usual = { drain: "30s", dial_timeout: "2s", threshold: ".5", minimum_samples: 20 };

/** The front of a unit, by its keys `listen` and `update`; what does not go together is told. */
export function listenOf({ keys, wrongKeys, place }: Read, tell: Tell): readonly Listen[] {
  const all = keys.listen ?? [];
  const wrong = (path: readonly (string | number)[], message: string, hint: string): void =>
    tell({ severity: "error", code: "bad-value", ...place(path, "value"), message, hint });
  if (keys.update === "start-first" && all.length === 0 && !wrongKeys.includes("listen"))
    wrong(
      ["update"],
      "update: start-first needs listen, by which clients reach the container that is current",
      example,
    );
  if (keys.type === "task" && all.length > 0) wrong(["listen"], "a task has no clients", "take listen out");
  return all.flatMap((one, at) => {
    const path = Array.isArray(keys.listen) && all.length > 1 ? ["listen", at] : ["listen"];
    const read = readOne(one);
    if (!isWrong(read)) return [read];
    for (const words of read) wrong(path, words, "write 8000, 127.0.0.1:8000 or 0.0.0.0:80:8000; svc help unit listen");
    return [];
  });
}

const example = "listen: 8000";

/** The breakers of a unit. */
export function breakersOf({ keys, place }: Read, tell: Tell): readonly UnitBreaker[] {
  return Object.entries(keys.breakers ?? {}).flatMap(([name, { listen, to, ...rest }]) => {
    const read = readOne({ ...fromShort(listen), ...rest });
    const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]\s]+)):(\d+)$/.exec(to) ?? [];
    const wrong = (field: string, message: string, hint: string): void =>
      tell({ severity: "error", code: "bad-value", ...place(["breakers", name, field], "value"), message, hint });
    const host = bracketed ?? plain;
    const isPlace = host !== undefined && isPort(port);
    if (!isPlace) wrong("to", `breakers.${name}: "${to}" is no host and port`, "write db.example.org:5432");
    if (isWrong(read))
      for (const words of read) wrong("listen", `breakers.${name}: ${words}`, "svc help unit breakers");
    if (!isPlace || isWrong(read)) return [];
    const { address, port: listens, dialTimeoutMs, threshold, minimumSamples } = read;
    const rules = { dialTimeoutMs, threshold, minimumSamples };
    return [{ name, address, port: listens, ...rules, to: { host, port: Number(port) } }];
  });
}

/** What the flags of a unit with a front say that cannot be: it has an address of its own, and a second one may stand beside it. */
export function checkFront({ keys, place }: Read, { body }: CreateRequest, tell: Tell): void {
  if (keys.listen === undefined) return;
  const host = body.HostConfig as { readonly NetworkMode?: string; readonly PortBindings?: Bindings } | undefined;
  const mode = host?.NetworkMode ?? "bridge";
  const wrong = (message: string, hint: string): void =>
    tell({ severity: "error", code: "bad-value", ...place(["listen"], "value"), message, hint });
  if (mode === "host" || mode === "none" || mode.startsWith("container:"))
    wrong(`listen leads to the container's own address, and with network ${mode} it has none`, "take one of them out");
  if (keys.update !== "start-first") return;
  const fixed = Object.values(host?.PortBindings ?? {})
    .flat()
    .find(({ HostPort }) => Number(HostPort) > 0);
  if (fixed)
    wrong(
      `update: start-first runs two containers for a while, and only one can publish port ${fixed.HostPort}`,
      "take the published port out: listen is how clients reach it",
    );
}

type Bindings = { readonly [port: string]: readonly { readonly HostPort?: string }[] };

/** A list: all that is wrong. */
function readOne(said: Said): Listen | readonly string[] {
  const { published, target, host_ip, ...rest } = typeof said === "string" ? fromShort(said) : said;
  const { drain, dial_timeout, threshold, minimum_samples } = { ...usual, ...withoutUndefined(rest) };
  const address = host_ip ?? "localhost";
  const share = Number(threshold);
  const ports = new Set([published, target ?? published]);
  const wrong = [...ports].filter((port) => !isPort(port)).map((port) => `listen: "${port}" is no port`);
  if (address !== "localhost" && isIP(address) === 0) wrong.push(`listen: "${address}" is no address of this host`);
  if (!(share > 0 && share <= 1)) wrong.push(`listen: threshold ${threshold} is no share above 0 and up to 1`);
  if (minimum_samples < 1) wrong.push(`listen: minimum_samples ${minimum_samples} is no number above 0`);
  if (wrong.length > 0) return wrong;
  return {
    address,
    port: Number(published),
    target: Number(target ?? published),
    drainMs: durationMs(drain) ?? 30_000,
    dialTimeoutMs: durationMs(dial_timeout) ?? 2_000,
    threshold: share,
    minimumSamples: minimum_samples,
  };
}

function isWrong(read: Listen | readonly string[]): read is readonly string[] {
  return Array.isArray(read);
}

function fromShort(text: string): Exclude<Said, string> {
  const [, bracketed, plain, published = text, target] =
    /^(?:(?:\[([^\]]*)\]|([a-z\d.]*[a-z.][a-z\d.]*)):)?(\d+)(?::(\d+))?$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  return { published, ...(target ? { target } : {}), ...(host ? { host_ip: host } : {}) };
}

function withoutUndefined<T extends object>(all: T): { [key in keyof T]: NonNullable<T[key]> } {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as never;
}

function isPort(text: string | undefined): boolean {
  return text !== undefined && /^\d+$/.test(text) && Number(text) > 0 && Number(text) <= 65_535;
}
