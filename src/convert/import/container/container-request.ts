import { isDeepStrictEqual } from "node:util";
import type { CreateRequest, Json, JsonObject } from "../../../unit/docker-run/create-request.ts";
import type { Verdict } from "../note.ts";
import { hostConfigOf } from "./host-config.ts";
import type { Container, Image } from "./inspected.ts";
import { endpointsOf, networkingOf } from "./networking.ts";

/** What is not simply the same in the unit. */
export type Change = {
  readonly path: string;
  readonly verdict: Verdict;
  readonly because: string;
  readonly key: string | null;
};

export type ContainerRequest = {
  /** What was asked for, without what the image and the engine say by themselves. */
  readonly request: CreateRequest;
  readonly changes: readonly Change[];
};

/** The request that would make this container again. */
export function requestOfContainer(
  container: Container,
  image: Image | null,
  names: ReadonlyMap<string, string>,
): ContainerRequest {
  const { Config: config, HostConfig: host } = container;
  const usual = image?.Config ?? {};
  const changes: Change[] = [];
  const differs = (field: string): Json | undefined => {
    const value = config[field];
    return isEmpty(value) || isDeepStrictEqual(value, usual[field]) ? undefined : value;
  };
  const published = Object.keys((host.PortBindings ?? {}) as JsonObject);
  const exposed = Object.keys((config.ExposedPorts ?? {}) as JsonObject).filter(
    (port) => !published.includes(port) && !(port in ((usual.ExposedPorts ?? {}) as JsonObject)),
  );
  const volumes = Object.keys((config.Volumes ?? {}) as JsonObject).filter(
    (path) => !(path in ((usual.Volumes ?? {}) as JsonObject)),
  );
  const entrypoint = differs("Entrypoint") as readonly string[] | undefined;
  const isOwnCommand = entrypoint !== undefined || differs("Cmd") !== undefined;
  const { body: hostConfig, changes: hostChanges } = hostConfigOf(host, { names, endpoints: endpointsOf(container) });
  const hostname = String(config.Hostname ?? "");
  const isOwnName =
    hostname !== "" && !container.Id.startsWith(hostname) && !/^(host$|container:)/.test(String(host.NetworkMode));
  const body = {
    Image: String(config.Image ?? ""),
    ...given("Entrypoint", entrypoint),
    ...given("Healthcheck", differs("Healthcheck")),
    ...given("Cmd", isOwnCommand ? config.Cmd : undefined),
    ...given("Env", without(config.Env, usual.Env)),
    ...given("Labels", labelsOf(config, usual, changes)),
    ...given("Hostname", isOwnName ? hostname : undefined),
    ...given("ExposedPorts", Object.fromEntries([...published, ...exposed].map((port) => [port, {}]))),
    ...given("Volumes", Object.fromEntries(volumes.map((path) => [path, {}]))),
    ...Object.fromEntries(
      ["Domainname", "User", "WorkingDir", "StopSignal"].flatMap((field) => {
        const value = differs(field);
        return value === undefined ? [] : [[field, value]];
      }),
    ),
    ...(config.Tty === true ? { Tty: true } : {}),
    ...(config.OpenStdin === true ? { OpenStdin: true } : {}),
    ...given("StopTimeout", config.StopTimeout ?? undefined),
    ...networkingOf(container),
    HostConfig: hostConfig,
  } as CreateRequest["body"];
  return { request: { name: null, platform: null, body }, changes: [...changes, ...hostChanges] };
}

function isEmpty(value: Json | undefined): boolean {
  return (
    value === undefined ||
    value === null ||
    value === "" ||
    (typeof value === "object" && Object.keys(value).length === 0)
  );
}

function given(field: string, value: Json | undefined): JsonObject {
  return value === undefined || isEmpty(value) ? {} : { [field]: value };
}

function without(list: Json | undefined, usual: Json | undefined): Json {
  const known = (usual ?? []) as readonly Json[];
  return ((list ?? []) as readonly Json[]).filter((one) => !known.includes(one));
}

/** Labels of Compose and of svc itself say who made the container, and would be lies on the next. */
function labelsOf(config: JsonObject, usual: JsonObject, changes: Change[]): JsonObject {
  const known = (usual.Labels ?? {}) as JsonObject;
  const labels = Object.entries((config.Labels ?? {}) as JsonObject).filter(([name, value]) => known[name] !== value);
  const foreign = labels.filter(([name]) => /^(com\.docker\.compose|svc)\./.test(name));
  if (foreign.length > 0)
    changes.push({
      path: "Config.Labels",
      verdict: "changed",
      because: "labels of com.docker.compose and svc say who made the container; left out",
      key: "labels",
    });
  return Object.fromEntries(labels.filter((one) => !foreign.includes(one)));
}
