import { type Attachment, readNetwork } from "../../../unit/docker-run/values/networks.ts";
import type { Value } from "../draft.ts";

type Given = readonly { readonly name: string; readonly value: string }[];

/** Flags of docker run that one key of a unit file says, and how. undefined: it cannot say these. */
export type FlagGroup = {
  readonly flags: readonly string[];
  readonly key: string;
  readonly value: (given: Given) => Value | undefined;
};

const single = (flag: string, key: string, read: (text: string) => Value = (text) => text): FlagGroup => ({
  flags: [flag],
  key,
  value: (given) => read(given.at(-1)?.value ?? ""),
});
const listed = (flag: string, key: string): FlagGroup => ({
  flags: [flag],
  key,
  value: (given) => given.map(({ value }) => value),
});
const paired = (flag: string, key: string, alone: Value): FlagGroup => ({
  flags: [flag],
  key,
  value: (given) =>
    Object.fromEntries(
      given.map(({ value }) => {
        const [, name = value, text = null] = /^([^=]*)=(.*)$/s.exec(value) ?? [];
        return [name, text ?? alone];
      }),
    ),
});

const number = (text: string): Value => (String(Number(text)) === text ? Number(text) : text);
const isSwitchedOn = (text: string): Value =>
  /^(1|t|true)$/i.test(text) ? true : /^(0|f|false)$/i.test(text) ? false : text;

const networkFlags = ["network", "network-alias", "ip", "ip6", "link-local-ip"];

export const flagGroups: readonly FlagGroup[] = [
  single("name", "container_name"),
  single("platform", "platform"),
  single("pull", "pull_policy"),
  single("stop-signal", "stop_signal"),
  single("stop-timeout", "stop_grace_period", (text) => `${text}s`),
  single("workdir", "working_dir"),
  single("user", "user"),
  single("init", "init", isSwitchedOn),
  single("tty", "tty", isSwitchedOn),
  single("interactive", "stdin_open", isSwitchedOn),
  single("entrypoint", "entrypoint", (text) => (text === "" ? [] : [text])),
  single("hostname", "hostname"),
  single("domainname", "domainname"),
  single("mac-address", "mac_address"),
  single("read-only", "read_only", isSwitchedOn),
  single("shm-size", "shm_size"),
  single("memory", "mem_limit"),
  single("memory-reservation", "mem_reservation"),
  single("memory-swap", "memswap_limit", number),
  single("memory-swappiness", "mem_swappiness", number),
  single("oom-kill-disable", "oom_kill_disable", isSwitchedOn),
  single("oom-score-adj", "oom_score_adj", number),
  single("pids-limit", "pids_limit", number),
  single("cpus", "cpus", number),
  single("cpuset-cpus", "cpuset"),
  single("cpu-shares", "cpu_shares", number),
  single("cpu-period", "cpu_period", number),
  single("cpu-quota", "cpu_quota", number),
  single("cpu-rt-period", "cpu_rt_period", number),
  single("cpu-rt-runtime", "cpu_rt_runtime", number),
  single("cgroup-parent", "cgroup_parent"),
  single("cgroupns", "cgroup"),
  single("privileged", "privileged", isSwitchedOn),
  single("pid", "pid"),
  single("ipc", "ipc"),
  single("uts", "uts"),
  single("userns", "userns_mode"),
  single("isolation", "isolation"),
  single("runtime", "runtime"),
  single("gpus", "gpus", (text) => number(text.replace(/^count=/, ""))),
  single("blkio-weight", "blkio_config", (text) => ({ weight: number(text) })),
  listed("publish", "ports"),
  listed("expose", "expose"),
  listed("volume", "volumes"),
  listed("link", "links"),
  listed("volumes-from", "volumes_from"),
  listed("group-add", "group_add"),
  listed("label-file", "label_file"),
  listed("dns", "dns"),
  listed("dns-option", "dns_opt"),
  listed("dns-search", "dns_search"),
  listed("add-host", "extra_hosts"),
  listed("tmpfs", "tmpfs"),
  listed("device", "devices"),
  listed("device-cgroup-rule", "device_cgroup_rules"),
  listed("cap-add", "cap_add"),
  listed("cap-drop", "cap_drop"),
  listed("security-opt", "security_opt"),
  paired("env", "environment", null),
  paired("label", "labels", ""),
  paired("annotation", "annotations", ""),
  paired("sysctl", "sysctls", ""),
  paired("storage-opt", "storage_opt", ""),
  { flags: ["ulimit"], key: "ulimits", value: ulimits },
  { flags: ["log-driver", "log-opt"], key: "logging", value: logging },
  {
    flags: [
      "health-cmd",
      "health-interval",
      "health-timeout",
      "health-retries",
      "health-start-period",
      "health-start-interval",
      "no-healthcheck",
    ],
    key: "healthcheck",
    value: healthcheck,
  },
  // What says a network says all of it: of flags in a lower place svc takes none then.
  { flags: networkFlags, key: "network_mode", value: networkMode },
  { flags: networkFlags, key: "networks", value: networks },
];

function ulimits(given: Given): Value {
  return Object.fromEntries(
    given.map(({ value }) => {
      const [, name = "", soft = "", hard] = /^([^=]*)=([^:]*)(?::(.*))?$/.exec(value) ?? [];
      return [name, hard === undefined ? number(soft) : { soft: number(soft), hard: number(hard) }];
    }),
  );
}

function logging(given: Given): Value {
  const driver = given.findLast(({ name }) => name === "log-driver")?.value;
  const options = given.filter(({ name }) => name === "log-opt").map(({ value }) => /^([^=]*)=?(.*)$/s.exec(value));
  return {
    ...(driver === undefined ? {} : { driver }),
    ...(options.length === 0 ? {} : { options: Object.fromEntries(options.map((one) => [one?.[1], one?.[2]])) }),
  };
}

function healthcheck(given: Given): Value {
  const last = (flag: string): string | undefined => given.findLast(({ name }) => name === flag)?.value;
  if (isSwitchedOn(last("no-healthcheck") ?? "") === true) return { disable: true };
  const words = {
    test: "cmd",
    interval: "interval",
    timeout: "timeout",
    start_period: "start-period",
    start_interval: "start-interval",
  };
  const retries = last("health-retries");
  return {
    ...Object.fromEntries(
      Object.entries(words).flatMap(([field, flag]) => {
        const value = last(`health-${flag}`);
        return value === undefined ? [] : [[field, value]];
      }),
    ),
    ...(retries === undefined ? {} : { retries: number(retries) }),
  };
}

/** A name of its own, or one of the engine's words. */
function networkMode(given: Given): Value | undefined {
  const [only, ...others] = given;
  const isMode = /^(host|none|bridge|default|container:.*)$/.test(only?.value ?? "");
  return isMode && others.length === 0 ? only?.value : undefined;
}

/** The first network has its details from flags of their own, each other from its value. */
function networks(given: Given): Value | undefined {
  const values = (flag: string): readonly string[] =>
    given.flatMap(({ name, value }) => (name === flag ? [value] : []));
  const [first, ...others] = values("network").map(attachmentOf);
  if (!first || others.includes(null)) return undefined;
  const own = {
    ...first,
    aliases: [...first.aliases, ...values("network-alias")],
    linkLocal: [...first.linkLocal, ...values("link-local-ip")],
    ip: values("ip").at(-1) ?? first.ip,
    ip6: values("ip6").at(-1) ?? first.ip6,
  };
  const all = [own, ...others].flatMap((one) => (one ? [[one.name, endpointOf(one)] as const] : []));
  const isPlain = all.every(([, endpoint]) => endpoint === null);
  return isPlain ? all.map(([name]) => name) : Object.fromEntries(all);
}

function attachmentOf(text: string): Attachment | null {
  try {
    return readNetwork(text);
  } catch {
    return null;
  }
}

function endpointOf({ aliases, ip, ip6, linkLocal, macAddress, driverOptions, gatewayPriority }: Attachment): Value {
  const endpoint = {
    ...(aliases.length === 0 ? {} : { aliases }),
    ...(ip === "" ? {} : { ipv4_address: ip }),
    ...(ip6 === "" ? {} : { ipv6_address: ip6 }),
    ...(linkLocal.length === 0 ? {} : { link_local_ips: linkLocal }),
    ...(macAddress === "" ? {} : { mac_address: macAddress }),
    ...(Object.keys(driverOptions).length === 0 ? {} : { driver_opts: driverOptions }),
    ...(gatewayPriority === 0 ? {} : { gw_priority: gatewayPriority }),
  };
  return Object.keys(endpoint).length === 0 ? null : endpoint;
}
