import { isIPv4, isIPv6 } from "node:net";
import { say } from "../sentence.ts";
import { BadValue } from "./bad-value.ts";
import { cut } from "./pair.ts";

export function isAddress(text: string): boolean {
  return !text.includes("%") && (isIPv4(text) || isIPv6(text));
}

/** An IP address in its shortest form. */
export function readAddress(text: string): string {
  const address = text.trim();
  if (!isAddress(address)) throw new BadValue(say`"${text}" is not an IP address`);
  if (isIPv4(address)) return address;

  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(short);
  if (!mapped?.[1] || !mapped[2]) return short;
  const [high, low] = [Number.parseInt(mapped[1], 16), Number.parseInt(mapped[2], 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

export function checkMacAddress(text: string): string {
  const pairsOfDigits =
    /^[0-9a-f]{2}(?:([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}(?:(?:\1[0-9a-f]{2}){2}|(?:\1[0-9a-f]{2}){14})?)$/i;
  const groupsOfFour = /^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}(?:\.[0-9a-f]{4}|(?:\.[0-9a-f]{4}){7})?$/i;
  if (pairsOfDigits.test(text) || groupsOfFour.test(text)) return text;
  throw new BadValue(say`"${text}" is not a MAC address`);
}

/** `host:address` or `host=address`; an address in brackets loses them. */
export function readExtraHost(text: string): string {
  const { before: host, after } = cut(text, text.includes("=") ? "=" : ":");
  if (after === null || host === "" || host.includes(":")) throw new BadValue(say`"${text}" is not HOST:IP`);
  const address = /^\[(.+)\]$/.exec(after)?.[1] ?? after;
  if (address !== "host-gateway" && !isAddress(address.trim()))
    throw new BadValue(say`"${after}" in "${text}" is not an IP address`);
  return `${host}:${address}`;
}

/** A domain, or `.` for none. A dot at its end is dropped. */
export function readSearchDomain(text: string): string {
  const domain = text.trim();
  if (domain === ".") return domain;
  const label = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
  const name = new RegExp(`^(${label}(?:\\.${label})*)\\.?$`).exec(domain)?.[1];
  if (name === undefined || !/[a-zA-Z]/.test(name) || name.length >= 255)
    throw new BadValue(say`"${text}" is not a domain`);
  return name;
}

/** `name` or `name:alias`; also `/name:/holder/alias`, as the engine itself writes them. Kept as it is. */
export function checkLink(text: string): string {
  if (text === "") throw new BadValue("the link is empty");
  if (text.split(":").length > 2) throw new BadValue(say`"${text}" is not NAME:ALIAS`);
  return text;
}
