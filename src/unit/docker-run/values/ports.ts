import { say } from "../sentence.ts";
import { isAddress } from "./addresses.ts";
import { BadValue } from "./bad-value.ts";
import { cut } from "./pair.ts";

export type PublishedPort = { readonly port: string; readonly HostIp: string; readonly HostPort: string };

/** `[ip:][host]:container[/protocol]`, with ranges, or `published=…,target=…,protocol=…`; one answer for each container port. */
export function readPublish(text: string): readonly PublishedPort[] {
  const parts = (text.includes("=") ? inShortForm(text) : text).split(":");
  const { protocol, port } = splitProtocol(parts.pop() ?? "");
  const hostPort = parts.pop() ?? "";
  const ip = readHostIp(parts.join(":"));

  if (port === "") throw new BadValue(say`"${text}" names no port of the container`);
  const container = readPortRange(port);
  const host = hostPort === "" ? null : readPortRange(hostPort);
  const isFromRange = container.first === container.last && host !== null && host.first !== host.last;
  if (host && !isFromRange && container.last - container.first !== host.last - host.first) {
    throw new BadValue(say`the port ranges in "${text}" differ in length`);
  }
  if (!["tcp", "udp", "sctp"].includes(protocol.toLowerCase()))
    throw new BadValue(say`"${protocol}" is not tcp, udp or sctp`);

  return numbers(container).map((number, index) => ({
    port: `${number}/${protocol.toLowerCase()}`,
    HostIp: ip,
    HostPort: host === null ? "" : isFromRange ? `${host.first}-${host.last}` : String(host.first + index),
  }));
}

/** `port[-port][/protocol]`; the names of the ports. */
export function readExpose(text: string): readonly string[] {
  if (text.includes(":")) throw new BadValue(say`"${text}" is not PORT or PORT/PROTOCOL`);
  const { protocol, port } = splitProtocol(text);
  return numbers(readPortRange(port)).map((number) => `${number}/${protocol}`);
}

function inShortForm(text: string): string {
  const given = new Map<string, string>();
  for (const field of text.split(",")) {
    const { before, after } = cut(field, "=");
    if (after === null || before === "") throw new BadValue(say`"${field}" in "${text}" is not KEY=VALUE`);
    given.set(before, after);
  }
  return `${given.get("published") ?? ""}:${given.get("target") ?? ""}/${given.get("protocol") ?? "tcp"}`;
}

// Docker looks at what stands after a first slash only, and takes an empty protocol for tcp.
function splitProtocol(text: string): { readonly protocol: string; readonly port: string } {
  const [port = "", protocol] = text.split("/");
  if (port === "") return { protocol: "", port: "" };
  return { protocol: protocol || "tcp", port };
}

function readHostIp(text: string): string {
  const ip = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  if (ip !== "" && !isAddress(ip)) throw new BadValue(say`"${text}" is not an IP address`);
  return ip;
}

type PortRange = { readonly first: number; readonly last: number };

function readPortRange(text: string): PortRange {
  const [first = "", last = first] = text.split("-");
  const range = { first: readPort(first, text), last: readPort(last, text) };
  if (range.last < range.first) throw new BadValue(say`the range "${text}" ends before it begins`);
  return range;
}

function readPort(text: string, whole: string): number {
  if (!/^[0-9]+$/.test(text) || Number(text) > 65_535)
    throw new BadValue(say`"${whole}" is not a port or a range of ports`);
  return Number(text);
}

function numbers(range: PortRange): readonly number[] {
  return Array.from({ length: range.last - range.first + 1 }, (_, index) => range.first + index);
}
