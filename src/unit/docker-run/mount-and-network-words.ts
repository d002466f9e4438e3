import type { Json } from "./create-request.ts";
import { csvLine } from "./values/csv.ts";

type Fields = { readonly [key: string]: Json };

export type Endpoint = {
  readonly IPAMConfig?: {
    readonly IPv4Address?: string;
    readonly IPv6Address?: string;
    readonly LinkLocalIPs?: readonly string[];
  };
  readonly Aliases?: readonly string[];
  readonly MacAddress?: string;
  readonly DriverOpts?: { readonly [key: string]: string };
  readonly GwPriority?: number;
};

/** The value of `--mount` for a mount of the Engine API. */
export function mountValue(mount: Fields): string {
  const bind = (mount.BindOptions ?? {}) as Fields;
  const volume = (mount.VolumeOptions ?? {}) as Fields;
  const driver = (volume.DriverConfig ?? {}) as Fields;
  const tmpfs = (mount.TmpfsOptions ?? {}) as Fields;
  const image = (mount.ImageOptions ?? {}) as Fields;
  return csvLine([
    `type=${mount.Type}`,
    ...said("source", mount.Source),
    ...said("target", mount.Target),
    ...(mount.ReadOnly ? ["readonly"] : []),
    ...said("consistency", mount.Consistency),
    ...said("bind-propagation", bind.Propagation),
    ...(bind.NonRecursive ? ["bind-recursive=disabled"] : []),
    ...(bind.ReadOnlyNonRecursive ? ["bind-recursive=writable"] : []),
    ...(bind.ReadOnlyForceRecursive ? ["bind-recursive=readonly"] : []),
    ...(volume.NoCopy ? ["volume-nocopy"] : []),
    ...said("volume-subpath", volume.Subpath),
    ...pairFields("volume-label", volume.Labels),
    ...said("volume-driver", driver.Name),
    ...pairFields("volume-opt", driver.Options),
    ...said("image-subpath", image.Subpath),
    ...said("tmpfs-size", tmpfs.SizeBytes),
    ...(tmpfs.Mode ? [`tmpfs-mode=${Number(tmpfs.Mode).toString(8)}`] : []),
  ]);
}

/** The first network takes its details from flags of their own, which keep upper case; each other has them in its value. */
export function endpointWords(
  networkMode: string | null,
  endpoints: { readonly [name: string]: Endpoint },
  links: readonly string[],
  macAddress: string | null,
): readonly string[] {
  const first = networkMode ?? (Object.keys(endpoints).length > 1 ? "default" : null);
  const own = endpoints[first ?? "default"] ?? {};
  const others = Object.entries(endpoints).filter(([name]) => name !== (first ?? "default"));
  // Only --mac-address sets the top of the body too.
  const details = [...detailFields(own), ...(macAddress === null ? said("mac-address", own.MacAddress) : [])];
  return [
    ...networkWord(first, details),
    ...(own.Aliases ?? []).map((alias) => `--network-alias=${alias}`),
    ...said("--ip", own.IPAMConfig?.IPv4Address),
    ...said("--ip6", own.IPAMConfig?.IPv6Address),
    ...(own.IPAMConfig?.LinkLocalIPs ?? []).map((address) => `--link-local-ip=${address}`),
    ...said("--mac-address", macAddress ?? ""),
    ...links.map((link) => `--link=${link}`),
    ...others.map(([name, endpoint]) => `--network=${networkValue(name, endpoint)}`),
  ];
}

function networkWord(first: string | null, details: readonly string[]): readonly string[] {
  if (details.length > 0) return [`--network=${csvLine([`name=${first ?? "default"}`, ...details])}`];
  return first === null ? [] : [`--network=${first}`];
}

function networkValue(name: string, endpoint: Endpoint): string {
  const fields = [
    ...(endpoint.Aliases ?? []).map((alias) => `alias=${alias}`),
    ...said("ip", endpoint.IPAMConfig?.IPv4Address),
    ...said("ip6", endpoint.IPAMConfig?.IPv6Address),
    ...said("mac-address", endpoint.MacAddress),
    ...(endpoint.IPAMConfig?.LinkLocalIPs ?? []).map((address) => `link-local-ip=${address}`),
    ...detailFields(endpoint),
  ];
  return fields.length === 0 ? name : csvLine([`name=${name}`, ...fields]);
}

function detailFields(endpoint: Endpoint): readonly string[] {
  return [...pairFields("driver-opt", endpoint.DriverOpts), ...said("gw-priority", endpoint.GwPriority)];
}

function said(key: string, value: Json | undefined): readonly string[] {
  return value ? [`${key}=${value}`] : [];
}

function pairFields(key: string, map: Json | undefined): readonly string[] {
  return Object.entries((map ?? {}) as Fields).map(([name, value]) => `${key}=${name}=${value}`);
}
