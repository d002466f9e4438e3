import type { Unit } from "./unit.ts";

/** A port of the host. `ip` empty: of every address; `port` null: the engine picks one at the start, a range: one of these. */
export type PublishedPort = { readonly ip: string; readonly port: string | null; readonly protocol: string };

type Bindings = {
  readonly [port: string]: readonly { readonly HostIp?: string; readonly HostPort?: string }[];
};

export function publishedPorts({ launch }: Unit): readonly PublishedPort[] {
  const host = launch.ok ? launch.create.body.HostConfig : undefined;
  const bindings = ((host as { readonly PortBindings?: Bindings } | undefined)?.PortBindings ?? {}) satisfies Bindings;
  return Object.entries(bindings).flatMap(([port, places]) =>
    places.map(({ HostIp = "", HostPort = "" }) =>
      boundPort(port, /^(0\.0\.0\.0|::)$/.test(HostIp) ? "" : HostIp, HostPort),
    ),
  );
}

/** `port`: the container's, with its protocol. */
export function boundPort(port: string, ip: string, hostPort: string): PublishedPort {
  return {
    ip,
    port: hostPort === "" || hostPort === "0" ? null : hostPort,
    protocol: port.split("/")[1] ?? "tcp",
  };
}
