import type { CreateBody, Json, JsonObject } from "../docker-run/create-request.ts";
import { type Endpoint, networksOf } from "./long-flags.ts";
import type { UnitKeys } from "./schema.ts";

/** Whether a flag's value in the request is the one that came from the keys: not when EXTRA says otherwise. */
export type IsFromKeys = (flag: string) => boolean;

/** The body with what keys can say and flags cannot: entrypoints of several words, health commands as lists, more networks. */
export function withKeyBody(body: CreateBody, keys: UnitKeys, isFromKeys: IsFromKeys): CreateBody {
  const { entrypoint, healthcheck } = keys;
  const test = healthcheck?.test;
  const words = Array.isArray(entrypoint) && entrypoint.length > 1 && isFromKeys("entrypoint");
  const health = Array.isArray(test) && test[0] !== "NONE" && !healthcheck?.disable && isFromKeys("health-cmd");
  const networking = isFromKeys("network") ? networkingOf(body, keys) : {};
  return {
    ...body,
    ...(words ? { Entrypoint: entrypoint } : {}),
    ...(health ? { Healthcheck: { ...(body.Healthcheck as JsonObject), Test: test } } : {}),
    ...networking,
    ...(keys.auto_remove ? { HostConfig: { ...body.HostConfig, AutoRemove: true } } : {}),
  };
}

function networkingOf(body: CreateBody, keys: UnitKeys): Partial<CreateBody> {
  const joined = networksOf(keys);
  const endpoints: { [name: string]: Json } = { ...(body.NetworkingConfig?.EndpointsConfig as JsonObject | undefined) };
  for (const [at, { name, endpoint }] of joined.entries()) {
    // The first has its addresses and names from flags.
    const fields = { ...(at === 0 ? {} : addresses(endpoint)), ...driver(endpoint) };
    if (Object.keys(fields).length > 0) endpoints[name] = { ...(endpoints[name] as JsonObject | undefined), ...fields };
  }
  return Object.keys(endpoints).length === 0 ? {} : { NetworkingConfig: { EndpointsConfig: endpoints } };
}

function addresses(endpoint: Endpoint): JsonObject {
  const { aliases, ipv4_address: ip, ipv6_address: ip6, link_local_ips: local, mac_address: mac } = endpoint;
  const config = {
    ...(ip === undefined ? {} : { IPv4Address: ip }),
    ...(ip6 === undefined ? {} : { IPv6Address: ip6 }),
    ...(local === undefined || local.length === 0 ? {} : { LinkLocalIPs: local }),
  };
  return {
    ...(Object.keys(config).length === 0 ? {} : { IPAMConfig: config }),
    ...(aliases === undefined || aliases.length === 0 ? {} : { Aliases: aliases }),
    ...(mac === undefined ? {} : { MacAddress: mac }),
  };
}

function driver({ driver_opts: options, interface_name: name, gw_priority: priority }: Endpoint): JsonObject {
  const all = { ...options, ...(name === undefined ? {} : { "com.docker.network.endpoint.ifname": name }) };
  return {
    ...(Object.keys(all).length === 0 ? {} : { DriverOpts: all }),
    ...(priority === undefined || priority === 0 ? {} : { GwPriority: priority }),
  };
}
