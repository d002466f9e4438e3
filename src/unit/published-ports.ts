import type { Unit } from "./unit.ts";

/** A port of the host. `ip` empty: of every address; `port` null: the engine picks one at the start. */
export type PublishedPort = { readonly ip: string; readonly port: string | null; readonly protocol: string };

/** Those, and the ports where svc listens for it. */
export function portsOfHost(unit: Unit): readonly PublishedPort[] {
  const listens = unit.listen.map(({ address, port }) => ({
    ip: address === "localhost" ? "127.0.0.1" : address === "0.0.0.0" || address === "::" ? "" : address,
    port: String(port),
    protocol: "tcp",
  }));
  return [...publishedPorts(unit), ...listens];
}

type Bindings = {
  readonly [port: string]: readonly { readonly HostIp?: string; readonly HostPort?: string }[];
};

export function publishedPorts({ launch }: Unit): readonly PublishedPort[] {
  const host = launch.ok ? launch.create.body.HostConfig : undefined;
  const bindings = ((host as { readonly PortBindings?: Bindings } | undefined)?.PortBindings ?? {}) satisfies Bindings;
  return Object.entries(bindings).flatMap(([port, places]) =>
    places.map(({ HostIp = "", HostPort = "" }) => ({
      ip: HostIp === "0.0.0.0" || HostIp === "::" ? "" : HostIp,
      port: HostPort === "" || HostPort === "0" ? null : HostPort,
      protocol: port.split("/")[1] ?? "tcp",
    })),
  );
}
