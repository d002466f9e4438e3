import { tell, type Value } from "../draft.ts";
import type { Origin } from "../note.ts";
import type { Service } from "./service.ts";

type Endpoints = { [name: string]: { readonly aliases?: readonly string[] } | null };

/** Networks have the names that the engine knows them by; svc makes none. null: the service joins that of its project. */
export function takeNetworks({ draft, project }: Service, value: Value, origin: Origin): void {
  if (value === null && (project.defaultNetwork === null || draft.keys.network_mode !== undefined)) return;
  const asked = value === null ? ["default"] : value;
  const endpoints: Endpoints = Array.isArray(asked)
    ? Object.fromEntries(asked.map((name) => [String(name), null]))
    : (asked as Endpoints);
  const named: Endpoints = {};
  for (const [key, endpoint] of Object.entries(endpoints)) {
    const { name, options } = project.network(key);
    named[name] = withServiceName(endpoint, draft.name, draft.keys.container_name);
    const what = `${draft.name}: network ${key}`;
    const flags = options.length === 0 ? "" : ` (with what ${options.join(", ")} say)`;
    const because = `svc makes no networks; if it is not there yet: docker network create ${name}${flags}`;
    tell(draft, "changed", origin, [what, because], { key: "networks" });
  }
  const isPlain = Object.values(named).every((one) => one === null);
  draft.keys.networks = isPlain ? Object.keys(named) : (named as Value);
}

/** Compose makes a container known by its service's name too; the engine by itself only by the container's. */
function withServiceName(endpoint: Endpoints[string] | undefined, service: string, container: Value | undefined) {
  if (container === undefined || container === service) return endpoint ?? null;
  return { ...endpoint, aliases: [...new Set([service, ...(endpoint?.aliases ?? [])])] };
}
