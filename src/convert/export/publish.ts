import type { CreateRequest, JsonObject } from "../../unit/docker-run/create-request.ts";
import type { Listen } from "../../unit/unit.ts";

/** The request with the ports published where svc's own front would listen for the unit. */
export function publish({ body, ...request }: CreateRequest, listen: readonly Listen[]): CreateRequest {
  if (listen.length === 0) return { ...request, body };
  const bindings: { [port: string]: readonly JsonObject[] } = {
    ...(body.HostConfig?.PortBindings as { readonly [port: string]: readonly JsonObject[] } | undefined),
  };
  for (const one of listen) {
    const port = `${one.target}/tcp`;
    bindings[port] = [...(bindings[port] ?? []), { HostIp: addressOf(one), HostPort: String(one.port) }];
  }
  const exposed = Object.fromEntries(Object.keys(bindings).map((port) => [port, {}]));
  return {
    ...request,
    body: {
      ...body,
      ExposedPorts: { ...(body.ExposedPorts as JsonObject | undefined), ...exposed },
      HostConfig: { ...body.HostConfig, PortBindings: bindings },
    },
  };
}

export function listenComments(listen: readonly Listen[]): readonly string[] {
  return listen.map((one) => {
    const [mine, theirs] = [one.address, addressOf(one)].map((text) => (text.includes(":") ? `[${text}]` : text));
    const published = `${theirs}:${one.port}:${one.target}`;
    return `listen: svc itself listens on ${mine}:${one.port}; here the engine publishes ${published}`;
  });
}

/** Not every host has ::1. */
function addressOf({ address }: Listen): string {
  return address === "localhost" ? "127.0.0.1" : address;
}
