import type { Value } from "../draft.ts";
import {
  type Given,
  healthcheck,
  isSwitchedOn,
  logging,
  networkMode,
  networks,
  number,
  ulimits,
} from "./flag-values.ts";

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
