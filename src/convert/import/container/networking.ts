import type { Json, JsonObject } from "../../../unit/docker-run/create-request.ts";
import type { Container } from "./inspected.ts";

export type Endpoint = {
  readonly Aliases?: readonly string[] | null;
  readonly Links?: readonly string[] | null;
  readonly DriverOpts?: JsonObject | null;
  readonly IPAMConfig?: JsonObject | null;
};

/** The networks of its own that a container has joined, with what was asked for there. */
export function networkingOf(container: Container): JsonObject {
  const { Id, Name, Config: config, HostConfig: host } = container;
  const networks = Object.entries(endpointsOf(container));
  const mode = String(host.NetworkMode ?? "default");
  const own = networks.filter(([name]) => !["bridge", "host", "none"].includes(name));
  // Its first network is the one that it was made with.
  own.sort(([one], [other]) => Number(other === mode) - Number(one === mode));
  const endpoints: { [name: string]: Json } = {};
  const implied = [Id.slice(0, 12), Name.replace(/^\//, ""), String(config.Hostname ?? "")];
  for (const [name, { Aliases: aliases, IPAMConfig: addresses, DriverOpts: options }] of own) {
    const asked = (aliases ?? []).filter((one) => !implied.includes(one));
    endpoints[name] = {
      ...(asked.length === 0 ? {} : { Aliases: [...new Set(asked)] }),
      ...(addresses && Object.keys(addresses).length > 0 ? { IPAMConfig: addresses } : {}),
      ...(options && Object.keys(options).length > 0 ? { DriverOpts: options } : {}),
    };
  }
  const isAsked = own.length > 1 || Object.values(endpoints).some((one) => Object.keys(one as JsonObject).length > 0);
  return isAsked ? { NetworkingConfig: { EndpointsConfig: endpoints } } : {};
}

export function endpointsOf({ NetworkSettings: settings }: Container): { readonly [network: string]: Endpoint } {
  return (settings?.Networks ?? {}) as { readonly [network: string]: Endpoint };
}
