import { csvLine } from "../docker-run/values/csv.ts";
import { readDuration } from "../docker-run/values/numbers.ts";
import type { Path } from "../yaml-text.ts";
import { durationMs } from "./quantities.ts";
import type { UnitKeys } from "./schema.ts";

type Say = (flag: string, value: string | number | boolean, ...path: Path) => void;
type Item<K extends keyof UnitKeys> = NonNullable<UnitKeys[K]> extends readonly (infer T)[] ? T : never;

/** The flags of keys whose values are maps, and of those that Compose writes in another way than docker. */
export function longFlags(keys: UnitKeys, say: Say): void {
  for (const [at, port] of keys.ports?.entries() ?? []) say("publish", publishOf(port), "ports", at);
  for (const [at, volume] of keys.volumes?.entries() ?? []) say(...volumeFlag(volume), "volumes", at);
  for (const [at, from] of keys.volumes_from?.entries() ?? [])
    say("volumes-from", from.replace(/^container:/, ""), "volumes_from", at);
  for (const [at, device] of keys.devices?.entries() ?? []) say("device", deviceOf(device), "devices", at);
  for (const key of ["pid", "ipc"] as const) {
    const namespace = keys[key];
    if (namespace !== undefined) say(key, namespace.replace(/^service:/, "container:"), key);
  }
  for (const key of ["cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime"] as const) {
    const value = keys[key];
    if (value !== undefined) say(key.replaceAll("_", "-"), microseconds(value), key);
  }
  if (keys.stop_grace_period !== undefined)
    say("stop-timeout", Math.ceil((durationMs(keys.stop_grace_period) ?? 0) / 1000), "stop_grace_period");
  if (keys.pull_policy !== undefined)
    say("pull", keys.pull_policy === "if_not_present" ? "missing" : keys.pull_policy, "pull_policy");
  const { entrypoint } = keys;
  // Of a list the first word stands for all until key-body.ts; an empty one takes the image's away.
  if (Array.isArray(entrypoint)) say("entrypoint", entrypoint[0] ?? "", "entrypoint");
  sayHosts(keys.extra_hosts, say);
  sayLimits(keys, say);
  sayGpus(keys.gpus, say);
  sayLogging(keys.logging, say);
  sayHealth(keys.healthcheck, say);
  sayNetworks(keys, say);
}

function publishOf(port: Item<"ports">): string {
  if (typeof port === "string") return port;
  const { target, published = "", host_ip: ip = "", protocol } = port;
  const address = ip.includes(":") && !ip.startsWith("[") ? `[${ip}]` : ip;
  return `${ip && `${address}:`}${ip || published ? `${published}:` : ""}${target}${protocol ? `/${protocol}` : ""}`;
}

/** Only --volume makes the folder on the host, as Compose does; only --mount can say the rest. */
function volumeFlag(volume: Item<"volumes">): ["volume" | "mount", string] {
  if (typeof volume === "string") return ["volume", volume];
  const { type, source, target, read_only: readOnly, bind, consistency } = volume;
  const { create_host_path: make = true, propagation, selinux, recursive } = bind ?? {};
  const isPlain = source !== undefined && !source.includes(":") && !target.includes(":");
  if (type === "bind" && make && isPlain && recursive === undefined) {
    const options = [readOnly ? "ro" : "", propagation ?? "", selinux ?? ""].filter((one) => one !== "").join(",");
    return ["volume", `${source}:${target}${options && `:${options}`}`];
  }
  return [
    "mount",
    csvLine([
      `type=${type}`,
      ...field("source", source),
      `target=${target}`,
      ...(readOnly ? ["readonly"] : []),
      ...field("consistency", consistency),
      ...field("bind-propagation", propagation),
      ...field("bind-recursive", recursive),
      ...mountOptions(volume),
    ]),
  ];
}

function mountOptions({ volume, tmpfs, image }: Exclude<Item<"volumes">, string>): readonly string[] {
  const labels = Array.isArray(volume?.labels)
    ? volume.labels
    : Object.entries(volume?.labels ?? {}).map(([name, value]) => `${name}=${value ?? ""}`);
  return [
    ...(volume?.nocopy ? ["volume-nocopy"] : []),
    ...field("volume-subpath", volume?.subpath),
    ...labels.map((label) => `volume-label=${label}`),
    ...field("tmpfs-size", tmpfs?.size),
    ...field("tmpfs-mode", tmpfs?.mode),
    ...field("image-subpath", image?.subpath),
  ];
}

function field(name: string, value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [`${name}=${value}`];
}

function deviceOf(device: Item<"devices">): string {
  if (typeof device === "string") return device;
  const { source, target = source, permissions } = device;
  return `${source}:${target}${permissions === undefined ? "" : `:${permissions}`}`;
}

/** Compose writes a time, or microseconds as a number. */
function microseconds(value: string): string {
  if (/^-?\d+$/.test(value)) return value;
  try {
    return String(readDuration(value) / 1000);
  } catch {
    // The flag refuses it, at its place.
    return value;
  }
}

function sayHosts(hosts: UnitKeys["extra_hosts"], say: Say): void {
  if (Array.isArray(hosts)) for (const [at, host] of hosts.entries()) say("add-host", host, "extra_hosts", at);
  else {
    for (const [name, addresses] of Object.entries(hosts ?? {}))
      for (const [at, address] of addresses.entries()) say("add-host", `${name}=${address}`, "extra_hosts", name, at);
  }
}

function sayLimits({ ulimits, blkio_config: disks }: UnitKeys, say: Say): void {
  for (const [name, limit] of Object.entries(ulimits ?? {})) {
    const value = typeof limit === "number" ? limit : `${limit.soft}:${limit.hard}`;
    say("ulimit", `${name}=${value}`, "ulimits", name);
  }
  if (disks?.weight !== undefined) say("blkio-weight", disks.weight, "blkio_config", "weight");
  for (const [at, { path, weight }] of disks?.weight_device?.entries() ?? [])
    say("blkio-weight-device", `${path}:${weight}`, "blkio_config", "weight_device", at);
  for (const name of ["device_read_bps", "device_write_bps", "device_read_iops", "device_write_iops"] as const) {
    for (const [at, { path, rate }] of disks?.[name]?.entries() ?? [])
      say(name.replaceAll("_", "-"), `${path}:${rate}`, "blkio_config", name, at);
  }
}

function sayGpus(gpus: UnitKeys["gpus"], say: Say): void {
  if (typeof gpus === "string") say("gpus", gpus, "gpus");
  const asked = typeof gpus === "string" ? [] : (gpus ?? []);
  for (const [at, { driver, count, device_ids: ids, capabilities: wanted, options }] of asked.entries()) {
    // Docker asks for "gpu" by itself.
    const capabilities = wanted?.filter((one) => one !== "gpu") ?? [];
    const pairs = Object.entries(options ?? {}).map(([name, value]) => `${name}=${value}`);
    const words = [
      ...field("driver", driver),
      ...field("count", count),
      ...(ids ? [`device=${ids.join(",")}`] : []),
      ...(capabilities.length > 0 ? [`capabilities=${capabilities.join(",")}`] : []),
      ...(pairs.length > 0 ? [`options=${csvLine(pairs)}`] : []),
    ];
    say("gpus", csvLine(words.length > 0 ? words : ["1"]), "gpus", at);
  }
}

function sayLogging(logging: UnitKeys["logging"], say: Say): void {
  if (logging?.driver !== undefined) say("log-driver", logging.driver, "logging", "driver");
  for (const [name, value] of Object.entries(logging?.options ?? {}))
    say("log-opt", `${name}=${value}`, "logging", "options", name);
}

function sayHealth(check: UnitKeys["healthcheck"], say: Say): void {
  if (!check) return;
  const test = Array.isArray(check.test) ? check.test : check.test && ["CMD-SHELL", check.test];
  if (check.disable || test?.[0] === "NONE")
    say("no-healthcheck", true, "healthcheck", check.disable ? "disable" : "test");
  if (check.disable || test?.[0] === "NONE") return;
  // Of a list the words stand for it until key-body.ts.
  if (test) say("health-cmd", test.slice(1).join(" "), "healthcheck", "test");
  for (const name of ["interval", "timeout", "start_period", "start_interval"] as const) {
    const value = check[name];
    if (value !== undefined) say(`health-${name.replace("_", "-")}`, `${durationMs(value)}ms`, "healthcheck", name);
  }
  if (check.retries !== undefined) say("health-retries", check.retries, "healthcheck", "retries");
}

/** The first network takes its details from flags of their own; those of the others are in key-body.ts. */
function sayNetworks(keys: UnitKeys, say: Say): void {
  const mode = keys.network_mode?.replace(/^service:/, "container:");
  if (mode !== undefined) say("network", mode, "network_mode");
  const joined = networksOf(keys);
  for (const { name, step } of joined) say("network", name, "networks", step);
  const [first] = joined;
  if (!first) return;
  const { aliases, ipv4_address: ip, ipv6_address: ip6, link_local_ips: local, mac_address: mac } = first.endpoint;
  const path = ["networks", first.step] as const;
  for (const [at, alias] of aliases?.entries() ?? []) say("network-alias", alias, ...path, "aliases", at);
  if (ip !== undefined) say("ip", ip, ...path, "ipv4_address");
  if (ip6 !== undefined) say("ip6", ip6, ...path, "ipv6_address");
  for (const [at, address] of local?.entries() ?? []) say("link-local-ip", address, ...path, "link_local_ips", at);
  if (mac !== undefined) say("mac-address", mac, ...path, "mac_address");
}

export type Endpoint = NonNullable<Extract<UnitKeys["networks"], { readonly [name: string]: unknown }>[string]>;

/** The networks in the order in which they are joined: as written, but for their priorities. */
export function networksOf({ networks }: UnitKeys): readonly {
  readonly name: string;
  readonly step: string | number;
  readonly endpoint: Endpoint;
}[] {
  if (Array.isArray(networks)) return networks.map((name, step) => ({ name, step, endpoint: {} }));
  return Object.entries(networks ?? {})
    .map(([name, endpoint]) => ({ name, step: name, endpoint: (endpoint ?? {}) as Endpoint }))
    .sort((one, other) => (other.endpoint.priority ?? 0) - (one.endpoint.priority ?? 0));
}
