import type { CreateBody, CreateRequest, Json } from "./docker-run/create-request.ts";
import type { Launch } from "./unit.ts";

export type OneOff = {
  readonly request: CreateRequest;
  /** What of the service it does not have, in words. */
  readonly dropped: readonly string[];
};

export type OneOffOptions = {
  /** Of the service's container. */
  readonly name: string;
  /** None: the image's or the unit's own command. */
  readonly args: readonly string[];
  /** The size of the terminal; null: none. */
  readonly terminal: TerminalSize | null;
  readonly servicePorts: boolean;
};

export type TerminalSize = { readonly columns: number; readonly rows: number };

type Fields = { readonly [name: string]: Json | undefined };

/**
 * The service's container as a one-off task: the same image, env, links, volumes, networks and limits, without what would take
 * its place or draw its traffic, and without what keeps a service going. It ends with its stdin and is removed by the engine.
 */
export function oneOff(launch: Launch, options: OneOffOptions): OneOff {
  const { name, args, terminal, servicePorts } = options;
  const dropped: string[] = [`the name ${name}`];
  const {
    Env,
    Tty: _tty,
    Hostname,
    MacAddress,
    Healthcheck,
    ExposedPorts,
    NetworkingConfig,
    HostConfig,
    ...kept
  } = launch.create.body as Fields & CreateBody;
  const { PortBindings, PublishAllPorts, RestartPolicy: _policy, ...host } = (HostConfig ?? {}) as Fields;
  if (Hostname) dropped.push(`the host name ${Hostname}`);
  if (MacAddress) dropped.push(`the address ${MacAddress}`);
  if (Healthcheck) dropped.push("the healthcheck");
  const ports = { ExposedPorts, PortBindings, PublishAllPorts };
  if (!servicePorts) dropped.push(...portWords(ports));
  const variables = withoutServiceVariables(Env ?? [], dropped);
  const networking = withoutPlaces(NetworkingConfig as Fields | undefined, dropped);
  const body = {
    ...kept,
    ...(args.length > 0 ? { Cmd: args } : {}),
    ...(variables.length > 0 ? { Env: variables } : {}),
    ...(servicePorts ? given({ ExposedPorts }) : {}),
    ...given({ NetworkingConfig: networking }),
    Healthcheck: { Test: ["NONE"] },
    ...(terminal ? { Tty: true } : {}),
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      // Nobody has written a command that is typed to be process 1: without this most would ignore signals.
      Init: true,
      ...host,
      ...(servicePorts ? given({ PortBindings, PublishAllPorts }) : {}),
      ...(terminal ? { ConsoleSize: [terminal.rows, terminal.columns] } : {}),
      AutoRemove: true,
    },
  };
  return { request: { ...launch.create, name: null, body: body as unknown as CreateBody }, dropped };
}

function portWords({ ExposedPorts, PortBindings, PublishAllPorts }: Fields): readonly string[] {
  const published = Object.keys((PortBindings ?? {}) as Fields);
  const exposed = Object.keys((ExposedPorts ?? {}) as Fields).filter((port) => !published.includes(port));
  return [
    ...(published.length > 0 ? [`the published ports ${published.join(", ")}`] : []),
    ...(exposed.length > 0 ? [`the exposed ports ${exposed.join(", ")}`] : []),
    ...(PublishAllPorts ? ["publishing all ports"] : []),
  ];
}

/** Registrators announce whatever has them as an instance of the service. */
function withoutServiceVariables(variables: readonly string[], dropped: string[]): readonly string[] {
  const announcing = variables.filter((variable) => variable.startsWith("SERVICE_"));
  if (announcing.length > 0)
    dropped.push(`the variables ${announcing.map((variable) => variable.split("=")[0]).join(", ")}`);
  return variables.filter((variable) => !variable.startsWith("SERVICE_"));
}

/** An alias would draw the service's traffic to the task, and an address can be had once only. */
function withoutPlaces(networking: Fields | undefined, dropped: string[]): Json | undefined {
  const endpoints = networking?.EndpointsConfig as { readonly [network: string]: Fields } | undefined;
  if (!networking || !endpoints) return networking as Json | undefined;
  const bare = Object.entries(endpoints).map(([network, { Aliases, IPAMConfig, MacAddress, ...rest }]) => {
    if (Array.isArray(Aliases) && Aliases.length > 0) dropped.push(`the aliases ${Aliases.join(", ")} in ${network}`);
    if (IPAMConfig || MacAddress) dropped.push(`the fixed address in ${network}`);
    return [network, rest] as const;
  });
  // One network with nothing to say of it is named by the mode alone.
  if (bare.length === 1 && bare.every(([, rest]) => Object.keys(rest).length === 0)) return undefined;
  return { ...networking, EndpointsConfig: Object.fromEntries(bare) } as Json;
}

function given(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
