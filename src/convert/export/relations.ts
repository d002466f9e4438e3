import type { Json } from "../../unit/docker-run/create-request.ts";
import type { Value } from "../import/draft.ts";
import type { ExportedUnit } from "./exported.ts";
import { serviceName } from "./service-names.ts";

type Related = { readonly keys: { readonly [key: string]: Value }; readonly comments: readonly string[] };

/** depends_on, and the network by which units find each other. */
export function relationsOf({ unit, launch }: ExportedUnit, units: readonly ExportedUnit[]): Related {
  const comments: string[] = [];
  const rules: { [service: string]: Value } = {};
  for (const need of unit.needs) {
    const other = units.find((one) => one.unit.name === need.unit);
    if (!other) {
      comments.push(`it needs ${need.unit}, which is not among these services`);
      continue;
    }
    const isChecked = hasHealthcheck(other);
    if (need.until === "ready" && !isChecked)
      comments.push(`svc waits until ${need.unit} is ready; Compose can only where there is a healthcheck`);
    if (need.onLoss === "stop") comments.push(`when ${need.unit} is lost svc stops it too; Compose does not`);
    const condition =
      need.until === "completed"
        ? "service_completed_successfully"
        : need.until === "ready" && isChecked
          ? "service_healthy"
          : "service_started";
    rules[serviceName(other.unit)] = {
      condition,
      ...(need.required ? {} : { required: false }),
      ...(need.onLoss === "restart" ? { restart: true } : {}),
    };
  }
  const depends = Object.keys(rules).length === 0 ? {} : { depends_on: rules };
  return { keys: { ...depends, ...bridge() }, comments };

  /** Compose has links only on networks of its own, so linked units leave the engine's bridge for that of the project. */
  function bridge(): { readonly [key: string]: Value } {
    if (launch.create.body.HostConfig?.NetworkMode !== undefined) return {};
    const isLinked = units.some((one) => linksOf(one).some((link) => link.split(":")[0] === unit.container));
    if (!isLinked && linksOf({ launch }).length === 0) return { network_mode: "bridge" };
    comments.push("on the project's own network, as Compose has no links on the engine's bridge");
    return {};
  }
}

function linksOf({ launch }: Pick<ExportedUnit, "launch">): readonly string[] {
  return (launch.create.body.HostConfig?.Links ?? []) as readonly string[];
}

function hasHealthcheck({ launch }: ExportedUnit): boolean {
  const check = launch.create.body.Healthcheck as { readonly Test?: readonly Json[] } | undefined;
  return check?.Test !== undefined && check.Test[0] !== "NONE";
}
