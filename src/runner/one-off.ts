import type { CreateBody, CreateRequest } from "../unit/docker-run/create-request.ts";
import type { Launch } from "../unit/unit.ts";

export type OneOff = {
  readonly request: CreateRequest /** What of the service it does not have, in words. */;
  readonly dropped: readonly string[];
};

export type OneOffOptions = {
  readonly args: readonly string[];
  readonly tty: boolean;
  readonly servicePorts: boolean;
  readonly labels: { readonly [label: string]: string };
};

type Fields = { readonly [name: string]: unknown };

/**
 * The service's container as a one-off task: the same image, env, links, volumes, networks and limits, without what would take
 * its place: name, published ports, SERVICE_* variables (by which registrators announce it), healthcheck, network aliases.
 */
export function oneOff(launch: Launch, options: OneOffOptions): OneOff {
  const { args, tty, servicePorts, labels } = options;
  const { body } = launch.create;
  const dropped: string[] = [];
  const { ExposedPorts, Healthcheck, Hostname, ...kept } = body as Fields;
  const { PortBindings, PublishAllPorts, RestartPolicy: _restart, ...host } = (body.HostConfig ?? {}) as Fields;
  if (launch.create.name) dropped.push(`the name ${launch.create.name}`);
  const ports = servicePorts ? { ...(ExposedPorts ? { ExposedPorts } : {}) } : {};
  const published = servicePorts
    ? { ...(PortBindings ? { PortBindings } : {}), ...(PublishAllPorts ? { PublishAllPorts } : {}) }
    : {};
  if (!servicePorts && PortBindings) dropped.push(`the published ports ${Object.keys(PortBindings).join(", ")}`);
  if (!servicePorts && PublishAllPorts) dropped.push("publishing all ports");
  if (Healthcheck) dropped.push("the healthcheck");
  if (Hostname) dropped.push(`the host name ${String(Hostname)}`);
  const env = (body.Env ?? []).filter((variable) => !variable.startsWith("SERVICE_"));
  const announced = (body.Env ?? [])
    .filter((variable) => variable.startsWith("SERVICE_"))
    .map((variable) => variable.split("=")[0]);
  if (announced.length > 0) dropped.push(`the variables ${announced.join(", ")}`);
  const networking = withoutAliases(body.NetworkingConfig as Fields | undefined, dropped);
  const made = {
    ...kept,
    ...ports,
    ...(args.length > 0 ? { Cmd: args } : {}),
    ...(env.length > 0 ? { Env: env } : {}),
    Labels: { ...body.Labels, ...labels },
    Healthcheck: { Test: ["NONE"] },
    Tty: tty,
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: { Init: true, ...host, ...published, AutoRemove: true },
    ...(networking ? { NetworkingConfig: networking } : {}),
  };
  if (env.length === 0) delete (made as { Env?: unknown }).Env;
  return { request: { ...launch.create, name: null, body: made as unknown as CreateBody }, dropped };
}

/** An alias would draw the service's traffic to the task. */
function withoutAliases(networking: Fields | undefined, dropped: string[]): Fields | undefined {
  const endpoints = networking?.EndpointsConfig as { readonly [network: string]: Fields } | undefined;
  if (!networking || !endpoints) return networking;
  const bare = Object.entries(endpoints).map(([network, { Aliases, IPAMConfig, MacAddress: _mac, ...rest }]) => {
    if (Array.isArray(Aliases) && Aliases.length > 0) dropped.push(`the aliases ${Aliases.join(", ")} in ${network}`);
    if (IPAMConfig) dropped.push(`the fixed address in ${network}`);
    return [network, rest] as const;
  });
  return { ...networking, EndpointsConfig: Object.fromEntries(bare) };
}
