import { posix } from "node:path";
import type { Json } from "../create-request.ts";
import { say } from "../sentence.ts";
import { BadValue } from "./bad-value.ts";
import { readCsv } from "./csv.ts";
import { readBoolean, readDecimal, readSize } from "./numbers.ts";
import { cut } from "./pair.ts";

type Options = { [key: string]: Json };
type Group = "bind" | "volume" | "tmpfs" | "image";
type Mount = { fields: Options; groups: Map<Group, Options> };

/** The fields of `--mount`, as the Engine API has them. */
export function readMount(text: string, workingDirectory: string): { readonly [key: string]: Json } {
  const mount: Mount = { fields: { Type: "volume" }, groups: new Map() };
  for (const field of readCsv(text)) setField(mount, field, workingDirectory);
  checkMount(mount);

  const options = [...mount.groups].map(([name, group]) => [groupFields[name], withoutEmpty(group)] as const);
  return { ...mount.fields, ...withoutEmpty(Object.fromEntries(options)) };
}

const groupFields = {
  bind: "BindOptions",
  volume: "VolumeOptions",
  tmpfs: "TmpfsOptions",
  image: "ImageOptions",
} as const;

// `volume-nocopy=false` is an option of volumes that asks for nothing.
function withoutEmpty(options: Options): Options {
  const isEmpty = (value: Json) => typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(options).filter(([, value]) => !isEmpty(value)));
}

const switches = ["readonly", "ro", "volume-nocopy", "bind-nonrecursive"];

function setField(mount: Mount, field: string, workingDirectory: string): void {
  const { before, after } = cut(field, "=");
  const key = before.toLowerCase();
  if (after === null && !switches.includes(key)) throw new BadValue(say`"${field}" is not KEY=VALUE`);
  const value = after ?? "true";

  switch (key) {
    case "type":
      mount.fields.Type = value.toLowerCase();
      return;
    case "source":
    case "src":
      mount.fields.Source = value.startsWith(".") ? posix.resolve(workingDirectory, value) : value;
      return;
    case "target":
    case "dst":
    case "destination":
      mount.fields.Target = value;
      return;
    case "readonly":
    case "ro":
      setSwitch(mount.fields, "ReadOnly", value);
      return;
    case "consistency":
      mount.fields.Consistency = value.toLowerCase();
      return;
    case "bind-propagation":
      group(mount, "bind").Propagation = value.toLowerCase();
      return;
    case "bind-nonrecursive":
      setSwitch(group(mount, "bind"), "NonRecursive", value);
      return;
    case "bind-recursive":
      setRecursion(mount, value);
      return;
    case "volume-nocopy":
      setSwitch(group(mount, "volume"), "NoCopy", value);
      return;
    case "volume-subpath":
      group(mount, "volume").Subpath = value;
      return;
    case "volume-label":
      addPair(group(mount, "volume"), "Labels", value);
      return;
    case "volume-driver":
      within(group(mount, "volume"), "DriverConfig").Name = value;
      return;
    case "volume-opt":
      addPair(within(group(mount, "volume"), "DriverConfig"), "Options", value);
      return;
    case "image-subpath":
      group(mount, "image").Subpath = value;
      return;
    case "tmpfs-size":
      group(mount, "tmpfs").SizeBytes = readSize(value);
      return;
    case "tmpfs-mode":
      group(mount, "tmpfs").Mode = readOctal(value);
      return;
    default:
      throw new BadValue(say`unknown key "${before}" in the mount`);
  }
}

function setRecursion(mount: Mount, value: string): void {
  const fields: { readonly [value: string]: string | null } = {
    enabled: null,
    disabled: "NonRecursive",
    writable: "ReadOnlyNonRecursive",
    readonly: "ReadOnlyForceRecursive",
  };
  const field = fields[value];
  if (field === undefined)
    throw new BadValue(say`bind-recursive=${value} is none of enabled, disabled, writable, readonly`);
  if (field !== null) group(mount, "bind")[field] = true;
}

function checkMount({ fields, groups }: Mount): void {
  const type = fields.Type;
  if (type === "") throw new BadValue("the mount's type is empty");
  for (const name of groups.keys()) {
    if (name !== type) throw new BadValue(say`${name}-* options do not go with type=${String(type)}`);
  }
  const bind = groups.get("bind") ?? {};
  if ((bind.ReadOnlyNonRecursive || bind.ReadOnlyForceRecursive) && fields.ReadOnly !== true) {
    throw new BadValue("bind-recursive=writable and =readonly need readonly too");
  }
  if (bind.ReadOnlyForceRecursive && bind.Propagation !== "rprivate") {
    throw new BadValue("bind-recursive=readonly needs bind-propagation=rprivate too");
  }
  if (!fields.Target) throw new BadValue("the mount has no target");
}

function group(mount: Mount, name: Group): Options {
  const options = mount.groups.get(name) ?? {};
  mount.groups.set(name, options);
  return options;
}

function within(options: Options, name: string): Options {
  const inner = (options[name] ?? {}) as Options;
  options[name] = inner;
  return inner;
}

function addPair(options: Options, name: string, text: string): void {
  const { before, after } = cut(text, "=");
  const map = within(options, name);
  if (before !== "") map[before] = after ?? "";
}

function setSwitch(options: Options, name: string, value: string): void {
  if (readBoolean(value)) options[name] = true;
  else delete options[name];
}

function readOctal(text: string): number {
  if (!/^[0-7]+$/.test(text)) throw new BadValue(say`"${text}" is not a mode such as 1777`);
  return readDecimal(String(Number.parseInt(text, 8)), 4_294_967_295n);
}
