import { isIP } from "node:net";
import { SvcError } from "../svc-error.ts";

export type Address = { readonly host: string; readonly port: number };

const grammar = "HOST:PORT, [IPV6]:PORT, or a PORT of this host alone";

/** `web:80`, `[::1]:80`; `80` is localhost:80. `option` is what it was given with. */
export function readAddress(text: string, option: string): Address {
  const [, bracketed, plain, digits] = /^(?:(?:\[([^\]]*)\]|([^:[\]]*)):)?(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? "localhost";
  const port = Number(digits ?? Number.NaN);
  if (Number.isNaN(port)) throw noAddress(text, option, `write ${grammar}`);
  if (port > 65_535) throw noAddress(text, option, "the highest port is 65535");
  if (host === "" || host === "*")
    throw noAddress(text, option, `write ${port} for this host alone, 0.0.0.0:${port} or [::]:${port} for all`);
  if (bracketed !== undefined && isIP(host) !== 6) throw noAddress(text, option, "in brackets stands an IPv6 address");
  if (/^[\d.]+$/.test(host) && isIP(host) !== 4)
    throw noAddress(text, option, "an IPv4 address is four numbers to 255");
  if (bracketed === undefined && !/^[a-z\d_]([\w-]*[a-z\d_])?(\.[a-z\d_]([\w-]*[a-z\d_])?)*\.?$/i.test(host))
    throw noAddress(text, option, `write ${grammar}`);
  return { host, port };
}

/** As it is written on a command line. */
export function showAddress({ host, port }: Address): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Where a connection would come back to who made it, for ever. */
export function leadsTo(target: Address, listen: Address): boolean {
  if (target.port !== listen.port) return false;
  return target.host === listen.host || (isLoopback(target.host) && (isLoopback(listen.host) || isAny(listen.host)));
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}

function isAny(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

function noAddress(text: string, option: string, hint: string): SvcError {
  return new SvcError("usage", `${option}: "${text}" is no address`, { hint });
}
