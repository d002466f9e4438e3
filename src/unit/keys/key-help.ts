import { keyGroups, unitSchema } from "./schema.ts";
import type { SchemaType } from "./schema-type.ts";

/** All that help says of a key, or of a field of its long form. */
export type KeyHelp = {
  readonly name: string;
  /** What it takes, in words. */
  readonly type: string;
  readonly description: string;
  readonly default: string | null;
  /** As it stands in a unit file. */
  readonly example: string;
  /** Of its long form, `name` with what holds it: `bind.propagation`. */
  readonly fields: readonly { readonly name: string; readonly type: string; readonly description: string }[];
  readonly related: readonly string[];
};

export function keyHelp(name: string): KeyHelp | null {
  const type = (unitSchema.shape as unknown as { readonly [key: string]: SchemaType | undefined })[name];
  if (!type) return null;
  const { takes = "", description = "", example = "", fallback = null } = metaOf(type);
  const related = families.filter((family) => family.includes(name)).flat();
  return {
    name,
    type: takes,
    description,
    default: fallback,
    example: `${name}:${example.startsWith("\n") ? "" : " "}${example}`,
    fields: once(fieldsOf(type, "")),
    related: [...new Set(related)].filter((other) => other !== name),
  };
}

/** A map that may stand alone or in a list is met twice. */
function once(fields: KeyHelp["fields"]): KeyHelp["fields"] {
  return [...new Map(fields.map((field) => [field.name, field])).values()];
}

/** The keys in groups, as help shows them. */
export function allKeyHelp(): readonly { readonly title: string; readonly keys: readonly KeyHelp[] }[] {
  return keyGroups.map(([title, names]) => ({ title, keys: names.flatMap((name) => keyHelp(name) ?? []) }));
}

type Meta = {
  readonly takes?: string;
  readonly description?: string;
  readonly example?: string;
  readonly fallback?: string | null;
};

function metaOf(type: SchemaType): Meta {
  const { innerType, in: input } = type._zod.def;
  const inner = innerType ?? input;
  return { ...(inner ? metaOf(inner) : {}), ...(type.meta() as Meta | undefined) };
}

/** The fields of every map within, however deep: those of list elements and of maps of them too. */
function fieldsOf(type: SchemaType, above: string): KeyHelp["fields"] {
  const { shape, options, innerType, element, valueType, in: input } = type._zod.def;
  if (shape) {
    return Object.entries(shape).flatMap(([name, field]) => {
      const path = above === "" ? name : `${above}.${name}`;
      const { takes = "", description = "" } = metaOf(field);
      const deeper = fieldsOf(field, path);
      return deeper.length > 0 ? deeper : [{ name: path, type: takes, description }];
    });
  }
  const within = [...(options ?? []), innerType, element, valueType, input];
  return within.flatMap((one) => (one ? fieldsOf(one, above) : []));
}

/** Keys that are best read together. */
export const families: readonly (readonly string[])[] = [
  "type respawn respawn_limit on_limit normal_exit",
  "app image env_file env_format tag_file",
  "on_bad_tag tag_file on_limit on_event",
  "options env_file",
  "image pull_policy pull_timeout platform",
  "ready start_timeout on_unhealthy healthcheck",
  "stop_signal stop_grace_period init",
  "pre_start post_start pre_stop post_stop on_event",
  "depends_on wants links after before conflicts",
  "links external_links networks",
  "restart respawn respawn_limit on_limit",
  "volumes_from volumes tmpfs",
  "container_name hostname domainname",
  "command entrypoint working_dir",
  "environment env_file",
  "labels label_file annotations",
  "user group_add privileged cap_add cap_drop security_opt",
  "tty stdin_open",
  "ports expose listen breakers network_mode",
  "update listen ready stop_grace_period",
  "networks network_mode mac_address",
  "dns dns_opt dns_search extra_hosts",
  "read_only tmpfs volumes shm_size storage_opt",
  "devices device_cgroup_rules gpus",
  "mem_limit mem_reservation memswap_limit mem_swappiness oom_kill_disable oom_score_adj shm_size",
  "pids_limit ulimits",
  "cpus cpuset cpu_shares cpu_period cpu_quota cpu_rt_period cpu_rt_runtime",
  "blkio_config cgroup_parent cgroup",
  "ipc pid uts userns_mode cgroup network_mode",
  "sysctls privileged",
  "runtime isolation platform annotations",
  "enabled type",
  "description app",
  "auto_remove logging log",
].map((family) => family.split(" "));
