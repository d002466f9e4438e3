import type { CreateRequest, Json, JsonObject } from "../docker-run/create-request.ts";
import { withRequest } from "../launch.ts";
import type { Launch, LaunchProblem } from "../unit.ts";

type NameOf = (unit: string) => string;

/** The engine knows containers, not units: wherever a unit is named it is sent its container's name; a link keeps its alias. */
export function byContainerName(launch: Launch | LaunchProblem, nameOf: NameOf): Launch | LaunchProblem {
  if (!launch.ok) return launch;
  const create = requestByContainerName(launch.create, nameOf);
  return JSON.stringify(create) === JSON.stringify(launch.create) ? launch : withRequest(launch, create);
}

function requestByContainerName(create: CreateRequest, nameOf: NameOf): CreateRequest {
  const { HostConfig: host, NetworkingConfig: networking } = create.body;
  const body = {
    ...create.body,
    ...(host ? { HostConfig: hostByContainerName(host, nameOf) } : {}),
    ...(networking ? { NetworkingConfig: networkingByContainerName(networking, nameOf) } : {}),
  };
  return { ...create, body };
}

function hostByContainerName(host: JsonObject, nameOf: NameOf): JsonObject {
  const named = { ...host };
  if (Array.isArray(host.Links)) named.Links = host.Links.map((link) => linkOf(String(link), nameOf));
  if (Array.isArray(host.VolumesFrom))
    named.VolumesFrom = host.VolumesFrom.map((from) => firstPart(String(from), nameOf));
  for (const mode of ["NetworkMode", "PidMode", "IpcMode"]) {
    const shared = /^container:(.+)$/.exec(String(host[mode] ?? ""))?.[1];
    if (shared !== undefined) named[mode] = `container:${nameOf(shared)}`;
  }
  return named;
}

function networkingByContainerName(networking: JsonObject, nameOf: NameOf): JsonObject {
  const endpoints = Object.entries((networking.EndpointsConfig ?? {}) as JsonObject).map(([network, endpoint]) => {
    const { Links: links } = endpoint as { readonly Links?: Json };
    if (!Array.isArray(links)) return [network, endpoint] as const;
    return [
      network,
      { ...(endpoint as JsonObject), Links: links.map((link) => linkOf(String(link), nameOf)) },
    ] as const;
  });
  return { ...networking, EndpointsConfig: Object.fromEntries(endpoints) };
}

function linkOf(link: string, nameOf: NameOf): string {
  const [target = "", alias] = link.replace(/^\//, "").split(":");
  const container = nameOf(target);
  return container === target ? link : `${container}:${alias ?? target}`;
}

function firstPart(text: string, nameOf: NameOf): string {
  const [name = "", ...rest] = text.split(":");
  return [nameOf(name), ...rest].join(":");
}
