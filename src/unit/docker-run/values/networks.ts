import type { Json } from "../create-request.ts";
import { say } from "../sentence.ts";
import { checkMacAddress } from "./addresses.ts";
import { BadValue } from "./bad-value.ts";
import { readCsv } from "./csv.ts";
import { readInteger } from "./numbers.ts";
import { cut } from "./pair.ts";

/** One network that the container joins, with what it is to be there. */
export type Attachment = {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly links: readonly string[];
  readonly ip: string;
  readonly ip6: string;
  readonly macAddress: string;
  readonly linkLocal: readonly string[];
  readonly driverOptions: { readonly [key: string]: string };
  readonly gatewayPriority: number;
};

const nothing: Omit<Attachment, "name"> = {
  aliases: [],
  links: [],
  ip: "",
  ip6: "",
  macAddress: "",
  linkLocal: [],
  driverOptions: {},
  gatewayPriority: 0,
};

/** A name, or fields: `name=front,alias=web,ip=10.0.0.2`. Docker lowers the case of all of the latter. */
export function readNetwork(text: string): Attachment {
  if (!/\w+=\w+/.test(text)) return { ...nothing, name: text };

  const driverOptions: { [key: string]: string } = {};
  const aliases: string[] = [];
  const linkLocal: string[] = [];
  let attachment: Attachment = { ...nothing, name: "", aliases, linkLocal, driverOptions };
  for (const field of readCsv(text)) {
    const { before, after } = cut(field.toLowerCase(), "=");
    const value = (after ?? "").trim();
    if (after === null || before === "") throw new BadValue(say`"${field}" is not KEY=VALUE`);
    const key = before.trim();
    if (key === "name") attachment = { ...attachment, name: value };
    else if (key === "alias") aliases.push(value);
    else if (key === "ip") attachment = { ...attachment, ip: value };
    else if (key === "ip6") attachment = { ...attachment, ip6: value };
    else if (key === "mac-address") attachment = { ...attachment, macAddress: value };
    else if (key === "link-local-ip") linkLocal.push(value);
    else if (key === "driver-opt") addDriverOption(driverOptions, value);
    else if (key === "gw-priority") attachment = { ...attachment, gatewayPriority: readInteger(value) };
    else throw new BadValue(say`unknown key "${before}" in "${text}"`);
  }
  if (attachment.name === "") throw new BadValue(say`"${text}" has no name=NETWORK`);
  return attachment;
}

function addDriverOption(options: { [key: string]: string }, text: string): void {
  const { before, after } = cut(text, "=");
  if (after === null || before === "") throw new BadValue(say`"${text}" is not KEY=VALUE`);
  options[before.trim()] = after.trim();
}

export function isUserDefined(network: string): boolean {
  return !["default", "bridge", "host", "none"].includes(network) && !network.startsWith("container:");
}

/** The endpoints by network name. What `plain` says (`--network-alias`, `--ip`, …) is said of the first network. */
export function readEndpoints(
  networks: readonly Attachment[],
  plain: Omit<Attachment, "name">,
): { [name: string]: Json } {
  const endpoints = new Map<string, { [key: string]: Json }>();
  const joined = networks.length === 0 ? [{ ...nothing, name: "default" }] : networks;
  for (const [index, network] of joined.entries()) {
    if (endpoints.has(network.name)) throw new BadValue(say`the network ${network.name} is named twice`);
    endpoints.set(network.name, endpoint(index === 0 ? merge(network, plain) : network));
  }
  const kinds = new Set(networks.map((network) => isUserDefined(network.name)));
  if (kinds.size === 2) throw new BadValue("a network of one's own and a built-in one do not go together");

  const isPlain = endpoints.size === 1 && [...endpoints.values()].every((fields) => Object.keys(fields).length === 0);
  return isPlain ? {} : Object.fromEntries(endpoints);
}

function merge(network: Attachment, plain: Omit<Attachment, "name">): Attachment {
  return {
    ...network,
    aliases: list(network.aliases, plain.aliases, "alias", "--network-alias"),
    links: isUserDefined(network.name) ? plain.links : [],
    linkLocal: list(network.linkLocal, plain.linkLocal, "link-local-ip", "--link-local-ip"),
    ip: word(network.ip, plain.ip, "ip", "--ip"),
    ip6: word(network.ip6, plain.ip6, "ip6", "--ip6"),
    macAddress: word(network.macAddress, plain.macAddress, "mac-address", "--mac-address"),
  };
}

function list(own: readonly string[], plain: readonly string[], key: string, flag: string): readonly string[] {
  if (own.length > 0 && plain.length > 0) throw new BadValue(`${key}= in --network and ${flag} do not go together`);
  return plain.length > 0 ? plain : own;
}

function word(own: string, plain: string, key: string, flag: string): string {
  if (own !== "" && plain !== "") throw new BadValue(`${key}= in --network and ${flag} do not go together`);
  return plain || own;
}

function endpoint(network: Attachment): { [key: string]: Json } {
  if (network.name.trim() === "") throw new BadValue("the network has no name");
  if (!isUserDefined(network.name) && network.aliases.length > 0) {
    throw new BadValue(say`an alias needs a network of one's own, not ${network.name}`);
  }
  if (network.macAddress !== "") checkMacAddress(network.macAddress);
  const addresses = {
    ...(network.ip === "" ? {} : { IPv4Address: network.ip }),
    ...(network.ip6 === "" ? {} : { IPv6Address: network.ip6 }),
    ...(network.linkLocal.length === 0 ? {} : { LinkLocalIPs: network.linkLocal }),
  };
  return {
    ...(Object.keys(addresses).length === 0 ? {} : { IPAMConfig: addresses }),
    ...(network.links.length === 0 ? {} : { Links: network.links }),
    ...(network.aliases.length === 0 ? {} : { Aliases: network.aliases }),
    ...(network.macAddress === "" ? {} : { MacAddress: network.macAddress }),
    ...(Object.keys(network.driverOptions).length === 0 ? {} : { DriverOpts: network.driverOptions }),
    ...(network.gatewayPriority === 0 ? {} : { GwPriority: network.gatewayPriority }),
  };
}
