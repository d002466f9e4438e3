/**
 * Every flag of `docker run` (docker/cli 28). `kind` says how its value reads. `field` is where a value goes that needs no
 * more thought, as a path into the body of the create request; null: `create-request-from-flags.ts` knows, or the flag is
 * the client's own.
 */
export type Flag = {
  readonly name: string;
  readonly short: string | null;
  readonly kind: FlagKind;
  readonly field: string | null;
};

export type FlagKind =
  | "text"
  | "switch"
  | "integer"
  | "weight"
  | "unsigned"
  | "size"
  | "size-or-unlimited"
  | "cpus"
  | "duration"
  /** May be repeated; each value is read by the reader of that flag. */
  | "list";

export function findFlag(name: string): Flag | null {
  return byName.get(otherNames[name] ?? name) ?? null;
}

export function findShortFlag(letter: string): Flag | null {
  return flags.find((flag) => flag.short === letter) ?? null;
}

/** Older names that docker still takes. */
export const otherNames: { readonly [name: string]: string } = {
  net: "network",
  "net-alias": "network-alias",
  "dns-opt": "dns-option",
};

/** For engines on Windows; docker refuses them where the engine runs on Linux. */
export const windowsFlags: readonly string[] = ["cpu-count", "cpu-percent", "io-maxbandwidth", "io-maxiops"];

export const flags: readonly Flag[] = [
  flag("add-host", "list", "HostConfig.ExtraHosts"),
  flag("annotation", "list"),
  flag("attach a", "list"),
  flag("blkio-weight", "weight", "HostConfig.BlkioWeight"),
  flag("blkio-weight-device", "list", "HostConfig.BlkioWeightDevice"),
  flag("cap-add", "list"),
  flag("cap-drop", "list"),
  flag("cgroup-parent", "text", "HostConfig.CgroupParent"),
  flag("cgroupns", "text", "HostConfig.CgroupnsMode"),
  flag("cidfile", "text", "HostConfig.ContainerIDFile"),
  flag("cpu-count", "integer"),
  flag("cpu-percent", "integer"),
  flag("cpu-period", "integer", "HostConfig.CpuPeriod"),
  flag("cpu-quota", "integer", "HostConfig.CpuQuota"),
  flag("cpu-rt-period", "integer", "HostConfig.CpuRealtimePeriod"),
  flag("cpu-rt-runtime", "integer", "HostConfig.CpuRealtimeRuntime"),
  flag("cpu-shares c", "integer", "HostConfig.CpuShares"),
  flag("cpus", "cpus", "HostConfig.NanoCpus"),
  flag("cpuset-cpus", "text", "HostConfig.CpusetCpus"),
  flag("cpuset-mems", "text", "HostConfig.CpusetMems"),
  flag("detach d", "switch"),
  flag("detach-keys", "text"),
  flag("device", "list"),
  flag("device-cgroup-rule", "list", "HostConfig.DeviceCgroupRules"),
  flag("device-read-bps", "list", "HostConfig.BlkioDeviceReadBps"),
  flag("device-read-iops", "list", "HostConfig.BlkioDeviceReadIOps"),
  flag("device-write-bps", "list", "HostConfig.BlkioDeviceWriteBps"),
  flag("device-write-iops", "list", "HostConfig.BlkioDeviceWriteIOps"),
  flag("disable-content-trust", "switch"),
  flag("dns", "list", "HostConfig.Dns"),
  flag("dns-option", "list", "HostConfig.DnsOptions"),
  flag("dns-search", "list", "HostConfig.DnsSearch"),
  flag("domainname", "text", "Domainname"),
  flag("entrypoint", "text"),
  flag("env e", "list"),
  flag("env-file", "list"),
  flag("expose", "list"),
  flag("gpus", "list"),
  flag("group-add", "list", "HostConfig.GroupAdd"),
  flag("health-cmd", "text"),
  flag("health-interval", "duration"),
  flag("health-retries", "integer"),
  flag("health-start-interval", "duration"),
  flag("health-start-period", "duration"),
  flag("health-timeout", "duration"),
  flag("help", "switch"),
  flag("hostname h", "text", "Hostname"),
  flag("init", "switch"),
  flag("interactive i", "switch", "OpenStdin"),
  flag("io-maxbandwidth", "size"),
  flag("io-maxiops", "unsigned"),
  flag("ip", "text"),
  flag("ip6", "text"),
  flag("ipc", "text", "HostConfig.IpcMode"),
  flag("isolation", "text", "HostConfig.Isolation"),
  flag("kernel-memory", "size"),
  flag("label l", "list"),
  flag("label-file", "list"),
  flag("link", "list", "HostConfig.Links"),
  flag("link-local-ip", "list"),
  flag("log-driver", "text"),
  flag("log-opt", "list"),
  flag("mac-address", "text"),
  flag("memory m", "size", "HostConfig.Memory"),
  flag("memory-reservation", "size", "HostConfig.MemoryReservation"),
  flag("memory-swap", "size-or-unlimited", "HostConfig.MemorySwap"),
  flag("memory-swappiness", "integer"),
  flag("mount", "list", "HostConfig.Mounts"),
  flag("name", "text"),
  flag("network", "list"),
  flag("network-alias", "list"),
  flag("no-healthcheck", "switch"),
  flag("oom-kill-disable", "switch", "HostConfig.OomKillDisable"),
  flag("oom-score-adj", "integer", "HostConfig.OomScoreAdj"),
  flag("pid", "text", "HostConfig.PidMode"),
  flag("pids-limit", "integer", "HostConfig.PidsLimit"),
  flag("platform", "text"),
  flag("privileged", "switch", "HostConfig.Privileged"),
  flag("publish p", "list"),
  flag("publish-all P", "switch", "HostConfig.PublishAllPorts"),
  flag("pull", "text"),
  flag("quiet q", "switch"),
  flag("read-only", "switch", "HostConfig.ReadonlyRootfs"),
  flag("restart", "text"),
  flag("rm", "switch", "HostConfig.AutoRemove"),
  flag("runtime", "text", "HostConfig.Runtime"),
  flag("security-opt", "list"),
  flag("shm-size", "size", "HostConfig.ShmSize"),
  flag("sig-proxy", "switch"),
  flag("stop-signal", "text", "StopSignal"),
  flag("stop-timeout", "integer"),
  flag("storage-opt", "list"),
  flag("sysctl", "list"),
  flag("tmpfs", "list"),
  flag("tty t", "switch", "Tty"),
  flag("ulimit", "list"),
  flag("use-api-socket", "switch"),
  flag("user u", "text", "User"),
  flag("userns", "text", "HostConfig.UsernsMode"),
  flag("uts", "text", "HostConfig.UTSMode"),
  flag("volume v", "list"),
  flag("volume-driver", "text", "HostConfig.VolumeDriver"),
  flag("volumes-from", "list", "HostConfig.VolumesFrom"),
  flag("workdir w", "text", "WorkingDir"),
];

const byName = new Map(flags.map((row) => [row.name, row]));

function flag(names: string, kind: FlagKind, field: string | null = null): Flag {
  const [name = "", short = null] = names.split(" ");
  return { name, short, kind, field };
}
