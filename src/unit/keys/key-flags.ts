import type { Path } from "../yaml-text.ts";
import { longFlags } from "./long-flags.ts";
import type { UnitKeys } from "./schema.ts";

/** A word of `docker run`, and the key, list element or field that it says the same as. */
export type KeyWord = { readonly word: string; readonly path: Path };

/** The keys of a unit file as the docker run flags that say the same; what flags cannot say is in `key-body.ts`. */
export function keyFlags(keys: UnitKeys): readonly KeyWord[] {
  const words: KeyWord[] = [];
  const say = (flag: string, value: string | number | boolean, ...path: Path): void => {
    words.push({ word: `--${flag}=${value}`, path });
  };
  for (const [key, flag] of entries(single)) {
    const value = keys[key];
    if (value !== undefined) say(flag, value, key);
  }
  for (const [key, flag] of entries(listed))
    for (const [at, value] of keys[key]?.entries() ?? []) say(flag, value, key, at);
  for (const [key, flag] of entries(paired))
    for (const { text, step } of pairsOf(keys[key])) say(flag, text, key, step);
  longFlags(keys, say);
  return words;
}

const single = {
  container_name: "name",
  platform: "platform",
  stop_signal: "stop-signal",
  working_dir: "workdir",
  user: "user",
  init: "init",
  tty: "tty",
  stdin_open: "interactive",
  hostname: "hostname",
  domainname: "domainname",
  mac_address: "mac-address",
  read_only: "read-only",
  shm_size: "shm-size",
  mem_limit: "memory",
  mem_reservation: "memory-reservation",
  memswap_limit: "memory-swap",
  mem_swappiness: "memory-swappiness",
  oom_kill_disable: "oom-kill-disable",
  oom_score_adj: "oom-score-adj",
  pids_limit: "pids-limit",
  cpus: "cpus",
  cpuset: "cpuset-cpus",
  cpu_shares: "cpu-shares",
  cgroup_parent: "cgroup-parent",
  cgroup: "cgroupns",
  privileged: "privileged",
  uts: "uts",
  userns_mode: "userns",
  isolation: "isolation",
  runtime: "runtime",
} as const;

const listed = {
  expose: "expose",
  links: "link",
  external_links: "link",
  group_add: "group-add",
  label_file: "label-file",
  dns: "dns",
  dns_opt: "dns-option",
  dns_search: "dns-search",
  tmpfs: "tmpfs",
  device_cgroup_rules: "device-cgroup-rule",
  cap_add: "cap-add",
  cap_drop: "cap-drop",
  security_opt: "security-opt",
} as const;

const paired = {
  environment: "env",
  labels: "label",
  annotations: "annotation",
  storage_opt: "storage-opt",
  sysctls: "sysctl",
} as const;

function entries<K extends string, V>(table: { readonly [key in K]: V }): readonly [K, V][] {
  return Object.entries(table) as [K, V][];
}

type Pairs = readonly string[] | { readonly [name: string]: string | number | boolean | null } | undefined;

/** A name without a value stands alone: of a variable it takes svc's own, of a label it is empty. */
function pairsOf(pairs: Pairs): readonly { readonly text: string; readonly step: string | number }[] {
  if (!pairs) return [];
  if (Array.isArray(pairs)) return pairs.map((text, step) => ({ text, step }));
  return Object.entries(pairs).map(([name, value]) => ({
    text: value === null ? name : `${name}=${value}`,
    step: name,
  }));
}
