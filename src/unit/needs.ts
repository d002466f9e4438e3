import type { CreateRequest } from "./docker-run/create-request.ts";
import type { ParsedFlag } from "./docker-run/parse-flags.ts";
import type { UnitKeys } from "./schema.ts";
import type { Need } from "./unit.ts";

/**
 * What a unit needs: by depends_on and wants, and by every flag that names another container. A link on the default bridge and
 * a shared namespace hold on to that very container; on a user-defined network a link is a name that follows.
 */
export function needsOf(keys: UnitKeys, request: CreateRequest, flags: readonly ParsedFlag[]): readonly Need[] {
  const needs: Need[] = [];
  for (const [unit, rule] of dependsOn(keys)) {
    const until =
      rule.condition === "service_started"
        ? "started"
        : rule.condition === "service_completed_successfully"
          ? "completed"
          : "ready";
    needs.push({
      unit,
      until,
      required: rule.required ?? true,
      onLoss: rule.restart ? "restart" : "keep",
      binds: false,
      from: "depends_on",
    });
  }
  for (const unit of keys.wants ?? [])
    needs.push({ unit, until: "ready", required: false, onLoss: "keep", binds: false, from: "wants" });
  const network = String(request.body.HostConfig?.NetworkMode ?? "default");
  const legacy = network === "default" || network === "bridge";
  const external = new Set(keys.external_links ?? []);
  for (const { name, value } of flags) {
    const text = String(value);
    if (name === "link" && !external.has(text)) {
      const unit = (text.split(":")[0] ?? "").replace(/^\//, "");
      needs.push({
        unit,
        until: "ready",
        required: true,
        onLoss: legacy ? "restart" : "keep",
        binds: legacy,
        from: "links",
      });
    }
    if (name === "volumes-from") {
      needs.push({
        unit: text.split(":")[0] ?? "",
        until: "started",
        required: true,
        onLoss: "keep",
        binds: false,
        from: "volumes_from",
      });
    }
    const shared = /^container:(.+)$/.exec(text)?.[1];
    if (shared && ["network", "net", "pid", "ipc"].includes(name)) {
      needs.push({ unit: shared, until: "started", required: true, onLoss: "restart", binds: true, from: name });
    }
  }
  return needs;
}

type Rule = {
  readonly condition?: string | undefined;
  readonly restart?: boolean | undefined;
  readonly required?: boolean | undefined;
};

function dependsOn(keys: UnitKeys): readonly (readonly [string, Rule])[] {
  if (!keys.depends_on) return [];
  if (Array.isArray(keys.depends_on)) return keys.depends_on.map((unit) => [unit, {}] as const);
  return Object.entries(keys.depends_on);
}
