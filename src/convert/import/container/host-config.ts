import type { Json, JsonObject } from "../../../unit/docker-run/create-request.ts";
import type { Change } from "./container-request.ts";
import type { Endpoint } from "./networking.ts";

/** Fields that mean nothing where they have these values: the engine fills them in by itself. */
const usual: ReadonlyMap<string, readonly Json[]> = new Map(
  Object.entries({
    CgroupnsMode: ["private", "host"],
    IpcMode: ["private"],
    NetworkMode: ["default", "bridge"],
    Isolation: ["default"],
    MemorySwappiness: [-1],
    PidsLimit: [-1],
    Runtime: ["runc"],
    ShmSize: [67_108_864],
    Cgroup: [],
  }),
);

/** Read elsewhere, or of the client. */
const passedOver = new Set([
  "RestartPolicy",
  "AutoRemove",
  "ConsoleSize",
  "ContainerIDFile",
  "MaskedPaths",
  "ReadonlyPaths",
  "LogConfig",
  "Links",
]);

type Around = {
  /** The names of containers by their ids. */
  readonly names: ReadonlyMap<string, string>;
  readonly endpoints: { readonly [network: string]: Endpoint };
};

/** The host config without the engine's own values. */
export function hostConfigOf(host: JsonObject, { names, endpoints }: Around) {
  const body: { [field: string]: Json } = {};
  const changes: Change[] = [];
  for (const [field, value] of Object.entries(host)) {
    if (passedOver.has(field) || isNothing(value) || usual.get(field)?.includes(value)) continue;
    body[field] = value;
  }
  const log = (host.LogConfig ?? {}) as { readonly Type?: string; readonly Config?: JsonObject | null };
  if (!(log.Type === "json-file" || isNothing(log.Type ?? "")) || !isNothing(log.Config ?? null))
    body.LogConfig = log as JsonObject;
  // The engine allows as much swap as memory where nobody says otherwise.
  if (body.MemorySwap === Number(body.Memory) * 2) delete body.MemorySwap;
  if (host.CgroupnsMode === "host")
    changes.push({
      path: "HostConfig.CgroupnsMode",
      verdict: "changed",
      because: "host is the engine's own choice with cgroups of version 1; write cgroup: host if it was asked for",
      key: null,
    });
  // On a network of its own the endpoint has them.
  const own = endpoints[String(host.NetworkMode)]?.Links ?? [];
  const links = [...((host.Links ?? []) as readonly string[]), ...own];
  if (!isNothing(links)) body.Links = links.map((link) => link.replace(/^\//, "").replace(/:.*\//, ":"));
  for (const field of ["NetworkMode", "PidMode", "IpcMode"]) {
    const id = /^container:(.*)$/.exec(String(body[field] ?? ""))?.[1];
    if (id === undefined) continue;
    const name = names.get(id);
    body[field] = `container:${name ?? id}`;
    if (name === undefined)
      changes.push({
        path: `HostConfig.${field}`,
        verdict: "not understood",
        because: "the other container is named by its id: write container:NAME",
        key: field === "NetworkMode" ? "network_mode" : field === "PidMode" ? "pid" : "ipc",
      });
  }
  const isUnmasked = Array.isArray(host.MaskedPaths) && host.MaskedPaths.length === 0 && host.Privileged !== true;
  if (isUnmasked) Object.assign(body, { MaskedPaths: [], ReadonlyPaths: [] });
  if (Array.isArray(body.SecurityOpt))
    body.SecurityOpt = securityOf(body.SecurityOpt as readonly string[], host, changes);
  return { body, changes };
}

function isNothing(value: Json): boolean {
  if (value === null || value === "" || value === 0 || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** A seccomp profile is in the container by its content, and its file's name is lost. */
function securityOf(options: readonly string[], host: JsonObject, changes: Change[]): Json {
  const isProfile = (one: string): boolean => /^seccomp[=:]\s*\{/.test(one);
  if (options.some(isProfile))
    changes.push({
      path: "HostConfig.SecurityOpt",
      verdict: "not understood",
      because: "the file of its seccomp profile is not known: write security_opt: [seccomp=FILE]",
      key: "security_opt",
    });
  const isImplied = (one: string): boolean => host.Privileged === true && one === "label=disable";
  return options.filter((one) => !isProfile(one) && !isImplied(one));
}
