import type { CreateRequest, Json } from "../../../../src/unit/docker-run/create-request.ts";

/** Fields whose keys are the user's: an empty value there is a value. */
const maps = new Set(
  "Volumes ExposedPorts Labels Tmpfs Sysctls Annotations StorageOpt Config Options DriverOpts PortBindings EndpointsConfig".split(
    " ",
  ),
);
/** Fields in which 0, false or an empty list is not the same as nothing. */
const pointers = new Set(["StopTimeout", "Init", "MemorySwappiness", "MaskedPaths", "ReadonlyPaths"]);

/**
 * A request without what the docker CLI sends for flags that were not given: empty lists and texts, 0 and false, the default
 * network and its empty endpoint, the policy `no`, swappiness -1, the size of the terminal, and both output streams being
 * attached. The order of Binds and of what -e says is random in the CLI; of one variable the order counts. An address that stands at the top too, for engines before API 1.44,
 * counts once: the CLI leaves the top one out for later engines.
 */
export function normalise(request: CreateRequest): Json {
  const body = structuredClone(request.body) as { [key: string]: Json };
  const host = (body.HostConfig ?? {}) as { [key: string]: Json };
  const endpoints =
    ((body.NetworkingConfig ?? {}) as { EndpointsConfig?: { [key: string]: Json } }).EndpointsConfig ?? {};

  delete host.ConsoleSize;
  if (host.MemorySwappiness === -1) delete host.MemorySwappiness;
  if (host.NetworkMode === "default") delete host.NetworkMode;
  const policy = host.RestartPolicy as { Name?: string; MaximumRetryCount?: number } | undefined;
  if (policy?.Name === "no" && !policy.MaximumRetryCount) delete host.RestartPolicy;
  if (Array.isArray(host.Binds)) host.Binds = [...host.Binds].sort();
  if (Array.isArray(body.Env))
    body.Env = [...body.Env].sort((one, other) =>
      nameOf(one) < nameOf(other) ? -1 : nameOf(one) > nameOf(other) ? 1 : 0,
    );
  if (isEmpty(clean(endpoints.default ?? {}))) delete endpoints.default;
  if (body.AttachStdout && body.AttachStderr) {
    delete body.AttachStdout;
    delete body.AttachStderr;
  }
  delete body.MacAddress;
  return { name: request.name || null, platform: request.platform || null, body: clean(body) };
}

function clean(value: Json, keepsEmpty = false): Json {
  if (Array.isArray(value)) return value.map((inner) => clean(inner as Json));
  if (typeof value !== "object" || value === null) return value;

  const kept: [string, Json][] = [];
  for (const [key, inner] of Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))) {
    const cleaned = clean(inner, maps.has(key));
    const isNothing = pointers.has(key) ? cleaned === null : !cleaned || isEmpty(cleaned);
    if (keepsEmpty || !isNothing) kept.push([key, cleaned]);
  }
  return Object.fromEntries(kept);
}

function nameOf(variable: Json): string {
  return String(variable).split("=")[0] ?? "";
}

function isEmpty(value: Json): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
