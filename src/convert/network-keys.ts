import type { CreateBody, Json, JsonObject } from "../unit/docker-run/create-request.ts";
import type { Value } from "./import/draft.ts";

/** The key `networks` for a request's networks of its own; null: it has none. Flags could not say names in upper case. */
export function networksOf({
  HostConfig: host = {},
  NetworkingConfig: networking,
  MacAddress: mac,
}: CreateBody): Value | null {
  const mode = String(host.NetworkMode ?? "default");
  if (/^(default|bridge|host|none|container:.*)$/.test(mode)) return null;
  const endpoints = (networking?.EndpointsConfig ?? {}) as { readonly [name: string]: JsonObject };
  const names = [mode, ...Object.keys(endpoints).filter((name) => name !== mode)];
  const all = names.map(
    (name) => [name, endpointOf(endpoints[name] ?? {}, name === mode && mac !== undefined)] as const,
  );
  const isPlain = all.every(([, endpoint]) => endpoint === null);
  return isPlain ? names : Object.fromEntries(all);
}

/** `hasKey`: the key mac_address says the address. */
function endpointOf(endpoint: JsonObject, hasKey: boolean): Value {
  const addresses = (endpoint.IPAMConfig ?? {}) as JsonObject;
  const fields = {
    ...given("aliases", endpoint.Aliases),
    ...given("ipv4_address", addresses.IPv4Address),
    ...given("ipv6_address", addresses.IPv6Address),
    ...given("link_local_ips", addresses.LinkLocalIPs),
    ...(hasKey ? {} : given("mac_address", endpoint.MacAddress)),
    ...given("driver_opts", endpoint.DriverOpts),
    ...given("gw_priority", endpoint.GwPriority),
  };
  return Object.keys(fields).length === 0 ? null : fields;
}

function given(key: string, value: Json | undefined): { readonly [key: string]: Value } {
  const isNothing = !value || (typeof value === "object" && Object.keys(value).length === 0);
  return isNothing ? {} : { [key]: value as Value };
}
