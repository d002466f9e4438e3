import type { UnitKeys } from "./schema.ts";

/** The keys of a unit file as the docker run flags that say the same; what flags cannot say is in `unit-body.ts`. */
export function unitFlags(keys: UnitKeys): readonly string[] {
  const words: string[] = [];
  const one = (flag: string, value: string | number | undefined): void => {
    if (value !== undefined) words.push(`--${flag}=${value}`);
  };
  const each = (flag: string, values: readonly string[] | undefined): void => {
    for (const value of values ?? []) one(flag, value);
  };
  const on = (flag: string, value: boolean | undefined): void => {
    if (value !== undefined) words.push(`--${flag}=${value}`);
  };
  each("env", pairs(keys.environment));
  each("publish", keys.ports);
  each("expose", keys.expose);
  each("volume", keys.volumes);
  each("volumes-from", keys.volumes_from);
  each("tmpfs", keys.tmpfs);
  each("link", keys.links);
  each("link", keys.external_links);
  each("network", keys.networks);
  one("network", keys.network_mode?.replace(/^service:/, "container:"));
  one("user", keys.user);
  one("workdir", keys.working_dir);
  one("hostname", keys.hostname);
  one("domainname", keys.domainname);
  each("label", pairs(keys.labels));
  one("stop-signal", keys.stop_signal);
  one("memory", keys.mem_limit);
  one("memory-reservation", keys.mem_reservation);
  one("memory-swap", keys.memswap_limit);
  one("cpus", keys.cpus);
  one("cpu-shares", keys.cpu_shares);
  one("cpuset-cpus", keys.cpuset);
  one("pids-limit", keys.pids_limit);
  for (const [name, limit] of Object.entries(keys.ulimits ?? {})) {
    one("ulimit", typeof limit === "number" ? `${name}=${limit}` : `${name}=${limit.soft}:${limit.hard}`);
  }
  one("log-driver", keys.logging?.driver);
  each("log-opt", pairs(keys.logging?.options));
  each("cap-add", keys.cap_add);
  each("cap-drop", keys.cap_drop);
  on("privileged", keys.privileged);
  on("read-only", keys.read_only);
  each("device", keys.devices);
  each("dns", keys.dns);
  each("dns-search", keys.dns_search);
  each("add-host", keys.extra_hosts);
  on("init", keys.init);
  one("ipc", keys.ipc);
  one("pid", keys.pid);
  each("security-opt", keys.security_opt);
  one("shm-size", keys.shm_size);
  each("sysctl", pairs(keys.sysctls));
  on("tty", keys.tty);
  on("interactive", keys.stdin_open);
  one("userns", keys.userns_mode);
  each("group-add", keys.group_add);
  one("platform", keys.platform);
  one("runtime", keys.runtime);
  one("pull", keys.pull_policy);
  one("name", keys.container_name);
  if (typeof keys.entrypoint === "string") one("entrypoint", keys.entrypoint);
  return [...words, ...healthFlags(keys.healthcheck)];
}

function healthFlags(check: UnitKeys["healthcheck"]): readonly string[] {
  if (!check) return [];
  if (check.disable) return ["--no-healthcheck"];
  const words: string[] = [];
  const { test } = check;
  if (typeof test === "string") words.push(`--health-cmd=${test}`);
  if (Array.isArray(test) && test[0] === "CMD-SHELL") words.push(`--health-cmd=${test.slice(1).join(" ")}`);
  if (Array.isArray(test) && test[0] === "NONE") return ["--no-healthcheck"];
  const duration = (flag: string, value: string | number | undefined): void => {
    if (value !== undefined) words.push(`--health-${flag}=${typeof value === "number" ? `${value}s` : value}`);
  };
  duration("interval", check.interval);
  duration("timeout", check.timeout);
  duration("start-period", check.start_period);
  duration("start-interval", check.start_interval);
  if (check.retries !== undefined) words.push(`--health-retries=${check.retries}`);
  return words;
}

type Variables = readonly string[] | { readonly [name: string]: string | number | boolean | null } | undefined;

/** Compose's map and list forms; a name without a value takes the caller's. */
function pairs(variables: Variables): readonly string[] {
  if (!variables) return [];
  if (Array.isArray(variables)) return variables;
  return Object.entries(variables).map(([name, value]) => (value === null ? name : `${name}=${value}`));
}
