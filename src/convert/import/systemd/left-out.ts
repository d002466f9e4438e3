/** Directives that say nothing about a container: each with the reason, for the comment. */
export function reasonToLeaveOut(section: string, name: string): string | null {
  if (name.startsWith("X-")) return "it is a note";
  return reasons.find(([pattern]) => pattern.test(`${section}.${name}`))?.[1] ?? null;
}

const ofClient = "it is of docker's client, not of the container";
const ofSvc = "svc has rules of its own for this";

const reasons: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^Unit\.(Documentation|SourcePath)$/, "it is for readers"],
  [
    /^Unit\.(DefaultDependencies|AllowIsolate|RefuseManual|IgnoreOnIsolate|CollectMode|StopWhenUnneeded|JobTimeout)/,
    ofSvc,
  ],
  [/^Unit\.RequiresMountsFor$/, "svc waits for no mounts; order svc.service after them: systemctl edit svc"],
  [/^Install\.(Also|DefaultInstance)$/, "units are enabled one by one"],
  [/^Service\.(RestartSteps|RestartMaxDelaySec|RestartMode)$/, "svc waits 0, 0, 0, 1, 2, 4 … 60 s between respawns"],
  [
    /^Service\.(StandardOutput|StandardError|StandardInput|Syslog\w*|Log(Level|Rate|Extra)\w*|TTY\w*)$/,
    "svc keeps the output: svc logs",
  ],
  [
    /^Service\.(KillMode|SendSIGKILL|SendSIGHUP|FinalKillSignal|RestartKillSignal|PIDFile|GuessMainPID|NotifyAccess|RootDirectory)$/,
    ofClient,
  ],
  [
    /^Service\.(User|Group|SupplementaryGroups|DynamicUser|UMask|PAMName|Nice|IOSchedul\w*|CPUSchedul\w*|Slice|Delegate\w*)$/,
    ofClient,
  ],
  [
    /^Service\.(Limit\w+|Memory\w+|CPU\w+|Tasks\w+|IO\w+|BlockIO\w+|OOM\w+|Device\w+)$/,
    `${ofClient}; for that there are mem_limit, cpus, pids_limit, ulimits`,
  ],
  [
    /^Service\.(Private\w+|Protect\w+|Restrict\w+|ReadOnly\w+|ReadWrite\w+|Inaccessible\w+|NoNewPrivileges|SystemCall\w+|Capabilit\w+|AmbientCapabilities|CapabilityBoundingSet|Lock\w+|Secure\w+|BindPaths|BindReadOnlyPaths|RemoveIPC|MountFlags|SELinuxContext|AppArmorProfile)$/,
    ofClient,
  ],
  [
    /^Service\.(RuntimeDirectory\w*|PermissionsStartOnly|TimeoutAbortSec|TimeoutStopFailureMode|TimeoutStartFailureMode)$/,
    ofClient,
  ],
];

/** Units of the host itself that every service comes after; svc waits for the engine by itself. */
export const hostUnits =
  /^(docker|containerd|network|network-online|NetworkManager|systemd-.*|multi-user|basic|sysinit|default|graphical|local-fs|remote-fs|nss-lookup|time-sync|time-set|firewalld|iptables|nftables|syslog|rsyslog|cloud-\w+|rc-local|shutdown|getty)(\.(service|socket|target|wants|mount))?$/;
