import type { Unit } from "../../unit/unit.ts";
import type { Value } from "../import/draft.ts";
import type { ExportedUnit } from "./exported.ts";

/** Compose takes no @ in the names of services. */
export function serviceName({ name }: Unit): string {
  return name.replace("@", "-");
}

type Keys = { readonly [key: string]: Value };

/** The engine knows containers, Compose services: wherever the container of another unit is named, its service is. */
export function takeNames(keys: Keys, units: readonly ExportedUnit[]): Keys {
  const services = new Map(units.map(({ unit }) => [unit.container, serviceName(unit)]));
  const named: { [key: string]: Value } = { ...keys };
  const links = ((keys.links ?? []) as readonly string[]).map((link) => link.split(":"));
  const inside = links.filter(([to = ""]) => services.has(to));
  const outside = links.filter(([to = ""]) => !services.has(to));
  delete named.links;
  if (inside.length > 0) named.links = inside.map(([to = "", alias = to]) => `${services.get(to)}:${alias}`);
  if (outside.length > 0) named.external_links = outside.map((link) => link.join(":"));
  if (Array.isArray(keys.volumes_from))
    named.volumes_from = (keys.volumes_from as readonly string[]).map((from) => {
      const [to = "", ...mode] = from.split(":");
      return [services.get(to) ?? `container:${to}`, ...mode].join(":");
    });
  for (const key of ["network_mode", "pid", "ipc"]) {
    const container = /^container:(.+)$/.exec(String(keys[key] ?? ""))?.[1];
    const service = container === undefined ? undefined : services.get(container);
    if (service !== undefined) named[key] = `service:${service}`;
  }
  return named;
}
