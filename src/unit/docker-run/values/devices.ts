import { posix } from "node:path";
import { say } from "../sentence.ts";
import { BadValue } from "./bad-value.ts";
import { readCsv } from "./csv.ts";
import { readDecimal, readSize } from "./numbers.ts";
import { cut, pairs } from "./pair.ts";

export type Device = {
  readonly PathOnHost: string;
  readonly PathInContainer: string;
  readonly CgroupPermissions: string;
};

/** `vendor.com/class=name`, a device that a vendor's specification describes. */
export function isVendorDevice(text: string): boolean {
  const vendor = "[a-zA-Z](?:[a-zA-Z0-9_.-]*[a-zA-Z0-9])?";
  const kind = "[a-zA-Z](?:[a-zA-Z0-9_-]*[a-zA-Z0-9])?";
  const name = "[a-zA-Z0-9](?:[a-zA-Z0-9_.:-]*[a-zA-Z0-9])?";
  return new RegExp(`^${vendor}/${kind}=${name}$`).test(text);
}

/** `host[:container][:rwm]`. */
export function readDevice(text: string): Device {
  const parts = text.split(":");
  const [host = "", second, third] = parts;
  if (parts.length > 3 || host === "") throw new BadValue(say`"${text}" is not HOST:CONTAINER:MODE`);
  if (third !== undefined && !isDeviceMode(third))
    throw new BadValue(say`"${third}" is not a mode: some of r, w, m, each once`);

  const hasModeOnly = third === undefined && second !== undefined && isDeviceMode(second);
  const inContainer = second === undefined || hasModeOnly ? host : second;
  if (!inContainer.startsWith("/")) throw new BadValue(say`"${inContainer}" is not an absolute path`);

  // Docker tidies only the path that stands last before a mode, and takes what comes of it for host and container alike.
  const tidy = third === undefined ? tidyPath(inContainer) : inContainer;
  return {
    PathOnHost: second === undefined || hasModeOnly ? tidy : host,
    PathInContainer: tidy,
    CgroupPermissions: third ?? (hasModeOnly ? second : "rwm"),
  };
}

export function checkDeviceRule(text: string): string {
  if (/^[acb] ([0-9]+|\*):([0-9]+|\*) [rwm]{1,3}$/.test(text)) return text;
  throw new BadValue(say`"${text}" is not a rule such as "c 42:* rwm"`);
}

export type DeviceWeight = { readonly Path: string; readonly Weight: number };
export type DeviceRate = { readonly Path: string; readonly Rate: number };

export function readDeviceWeight(text: string): DeviceWeight {
  const { path, rest } = splitDevicePath(text);
  const weight = readDecimal(rest, 65_535n);
  if (weight > 0 && (weight < 10 || weight > 1000)) throw new BadValue(say`${rest} is not a weight from 10 to 1000`);
  return { Path: path, Weight: weight };
}

export function readDeviceBytes(text: string): DeviceRate {
  const { path, rest } = splitDevicePath(text);
  return { Path: path, Rate: readSize(rest) };
}

export function readDeviceOperations(text: string): DeviceRate {
  const { path, rest } = splitDevicePath(text);
  return { Path: path, Rate: readDecimal(rest, 2n ** 64n - 1n) };
}

export type GpuRequest = {
  readonly Driver: string;
  readonly Count: number;
  readonly DeviceIDs: readonly string[] | null;
  readonly Capabilities: readonly (readonly string[])[];
  readonly Options: { readonly [key: string]: string };
};

/** `all`, a number, or fields such as `"device=0,1",capabilities=utility`. */
export function readGpus(text: string): GpuRequest {
  const given = new Map<string, string>();
  for (const field of readCsv(text)) {
    const { before, after } = cut(field, "=");
    const key = after === null ? "count" : before;
    if (given.has(key)) throw new BadValue(say`"${text}" says ${key} twice`);
    if (!["driver", "count", "device", "capabilities", "options"].includes(key))
      throw new BadValue(say`unknown key "${key}" in "${text}"`);
    given.set(key, after ?? before);
  }
  const count = given.get("count");
  const devices = given.get("device")?.split(",") ?? null;
  return {
    Driver: given.get("driver") ?? "",
    Count: count === undefined ? (devices ? 0 : 1) : readGpuCount(count),
    DeviceIDs: devices,
    Capabilities: [[...(given.get("capabilities")?.split(",") ?? []), "gpu"]],
    Options: pairs(given.has("options") ? readCsv(given.get("options") ?? "") : []),
  };
}

function readGpuCount(text: string): number {
  if (text === "all") return -1;
  if (!/^[+-]?[0-9]+$/.test(text)) throw new BadValue(say`"${text}" is neither all nor a number of GPUs`);
  return Number(text);
}

function splitDevicePath(text: string): { readonly path: string; readonly rest: string } {
  const { before, after } = cut(text, ":");
  if (after === null || !before.startsWith("/dev/")) throw new BadValue(say`"${text}" is not /dev/NAME:VALUE`);
  return { path: before, rest: after };
}

function isDeviceMode(text: string): boolean {
  return /^[rwm]+$/.test(text) && new Set(text).size === text.length;
}

function tidyPath(path: string): string {
  const tidy = posix.normalize(path);
  return tidy.length > 1 && tidy.endsWith("/") ? tidy.slice(0, -1) : tidy;
}
