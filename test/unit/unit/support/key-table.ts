/** A piece of a unit file, and what comes of it: docker run flags that say the same, a part of the request, or of the unit. */
export type Row = {
  readonly yaml: string;
  readonly flags?: string;
  readonly body?: object;
  readonly unit?: object;
  /** Files beside the unit file. */
  readonly files?: { readonly [path: string]: string };
};

const row = (yaml: string, flags: string): Row => ({ yaml, flags });

/** Every key of the schema, in each of its forms. */
export const keyTable: readonly Row[] = [
  // The unit, its files
  { yaml: "description: the site", unit: { description: "the site" } },
  { yaml: "type: task", unit: { type: "task" } },
  { yaml: "enabled: false", unit: { enabled: false } },
  { yaml: "enabled: off", unit: { enabled: false } },
  { yaml: "app: shop", unit: { app: "shop" } },
  { yaml: "image: other:1", body: { Image: "other:1" } },
  { yaml: "env_file: a.env", files: { "units/a.env": "A='1 2'\n" }, body: { Env: ["A=1 2"] } },
  {
    yaml: "env_file: [a.env, {path: b.env, required: false}, {path: c.env, format: raw}]",
    files: { "units/a.env": "A=1\n", "units/c.env": 'C="x"\n' },
    body: { Env: ["A=1", 'C="x"'] },
  },
  {
    yaml: "env_file:\n  path: a.env\nenv_format: docker",
    files: { "units/a.env": "A='1'\n" },
    body: { Env: ["A='1'"] },
  },
  {
    yaml: "env_file: a.env\nenv_format: dotenv",
    files: { "units/a.env": "A: 1\n" },
    body: { Env: ["A=1"] },
  },
  { yaml: "tag_file: TAG", files: { "units/TAG": "export TAG=build-42\n" }, body: { Image: "site:build-42" } },
  row("options: -m 64m --init", "-m 64m --init"),
  { yaml: "pull_policy: always", unit: { launch: { pull: "always" } } },
  { yaml: "pull_policy: if_not_present", unit: { launch: { pull: "missing" } } },
  { yaml: "platform: linux/arm64", unit: { launch: { create: { platform: "linux/arm64" } } } },

  // Start, stop, end
  { yaml: "ready: healthy", unit: { ready: { how: "healthy" } } },
  { yaml: "ready: {tcp: 25}", unit: { ready: { how: "tcp", host: null, port: 25 } } },
  { yaml: "ready: {tcp: 'db:25'}", unit: { ready: { how: "tcp", host: "db", port: 25 } } },
  {
    yaml: "ready: {http: 8000/health, status: 204}",
    unit: { ready: { how: "http", host: null, port: 8000, path: "/health", status: 204 } },
  },
  { yaml: "ready:\n  log: 'listening on \\d+'", unit: { ready: { how: "log", pattern: "listening on \\d+" } } },
  { yaml: "ready: {after: 500ms}", unit: { ready: { how: "after", afterMs: 500 } } },
  { yaml: "on_unhealthy: restart", unit: { onUnhealthy: "restart" } },
  {
    yaml: "breakers: {db: {listen: 172.17.0.1:15432, to: 'db.example.org:5432', threshold: .05}}",
    unit: {
      breakers: [
        {
          ...{ name: "db", address: "172.17.0.1", port: 15432, to: { host: "db.example.org", port: 5432 } },
          ...{ dialTimeoutMs: 2_000, threshold: 0.05, minimumSamples: 20 },
        },
      ],
    },
  },
  {
    yaml: "update: start-first\nlisten: 8000",
    unit: { update: "start-first", listen: [{ address: "localhost", port: 8000, target: 8000, drainMs: 30_000 }] },
  },
  { yaml: "start_timeout: 2m", unit: { startTimeoutMs: 120_000 } },
  // Without it a healthcheck has until it may say that it failed.
  { yaml: "healthcheck: {test: x, interval: 10s, start_period: 5m}", unit: { startTimeoutMs: 340_000 } },
  { yaml: "options: --health-cmd x --health-start-period 2m --health-retries 1", unit: { startTimeoutMs: 180_000 } },
  { yaml: "ready: healthy\nhealthcheck: {interval: 1s, retries: 5}", unit: { startTimeoutMs: 60_000 } },
  { yaml: "healthcheck: {test: x}\nstart_timeout: 20s", unit: { startTimeoutMs: 20_000 } },
  { yaml: "healthcheck: {test: x, start_period: 5m}\nready: {tcp: 80}", unit: { startTimeoutMs: 60_000 } },
  { yaml: "healthcheck: {disable: true}", unit: { startTimeoutMs: 60_000 } },
  { yaml: "pull_timeout: 30", unit: { pullTimeoutMs: 30_000 } },
  row("stop_signal: SIGQUIT", "--stop-signal SIGQUIT"),
  row("stop_signal: SIGRTMIN+3", "--stop-signal SIGRTMIN+3"),
  row("stop_signal: 9", "--stop-signal 9"),
  { yaml: "stop_grace_period: 1m30s", body: { StopTimeout: 90 }, unit: { stopGraceMs: 90_000 } },
  { yaml: "stop_grace_period: 500ms", body: { StopTimeout: 1 }, unit: { stopGraceMs: 500 } },
  { yaml: "auto_remove: true", body: { HostConfig: { AutoRemove: true } } },
  {
    yaml: "pre_start: install -d /srv/media",
    unit: { hooks: { preStart: [{ where: "host", command: ["install -d /srv/media"], timeoutMs: 30_000 }] } },
  },
  {
    yaml: "pre_start: [{command: manage 'check it', timeout: 5m, user: www}]",
    unit: {
      hooks: { preStart: [{ where: "task", command: ["manage", "check it"], timeoutMs: 300_000, user: "www" }] },
    },
  },
  {
    yaml: "post_start:\n  - command: [warm, up]\n    environment: {A: 1}\n    working_dir: /app\n    privileged: true",
    unit: {
      hooks: {
        postStart: [
          { where: "container", command: ["warm", "up"], environment: ["A=1"], workingDir: "/app", privileged: true },
        ],
      },
    },
  },
  {
    yaml: "pre_stop: [{command: 'drain | tee log', in: host}, date]",
    unit: {
      hooks: {
        preStop: [
          { where: "host", command: ["drain | tee log"] },
          { where: "host", command: ["date"] },
        ],
      },
    },
  },
  { yaml: "post_stop: {command: tidy}", unit: { hooks: { postStop: [{ where: "task", command: ["tidy"] }] } } },
  {
    yaml: "on_event: {failed: mail root, recovered: [one, two]}",
    unit: { onEvent: { failed: ["mail root"], crashloop: [], recovered: ["one", "two"], deployed: [] } },
  },
  { yaml: "respawn: false", unit: { respawn: { enabled: false } } },
  { yaml: "respawn_limit: 3 in 10s", unit: { respawn: { limit: { count: 3, windowMs: 10_000 } } } },
  { yaml: "respawn_limit: 10 5", unit: { respawn: { limit: { count: 10, windowMs: 5_000 } } } },
  { yaml: "respawn_limit: unlimited", unit: { respawn: { limit: null } } },
  { yaml: "on_bad_tag: revert", unit: { onBadTag: "revert" } },
  { yaml: "on_limit: fail", unit: { respawn: { onLimit: "fail" } } },
  { yaml: "normal_exit: 0 1 TERM", unit: { respawn: { normalExit: [0, 1, "SIGTERM"] } } },
  { yaml: "normal_exit: [3, SIGHUP]", unit: { respawn: { normalExit: [3, "SIGHUP"] } } },
  {
    yaml: "normal_exit: [SIGRTMIN+3, RTMAX-2, cld]",
    unit: { respawn: { normalExit: [128 + 34 + 3, 128 + 64 - 2, "SIGCHLD"] } },
  },
  { yaml: "normal_exit: 0", unit: { respawn: { normalExit: [0] } } },
  { yaml: 'restart: "no"\nrespawn: false', unit: { respawn: { enabled: false } } },

  // Other units
  { yaml: "depends_on: [db]", unit: { needs: [{ unit: "db", until: "ready", required: true, onLoss: "keep" }] } },
  {
    yaml: "depends_on:\n  db:\n    condition: service_started\n    required: false\n    restart: true",
    unit: { needs: [{ unit: "db", until: "started", required: false, onLoss: "restart" }] },
  },
  {
    yaml: "depends_on: {db: {condition: service_completed_successfully, on_loss: stop}}",
    files: { "units/db.yml": "image: db\ntype: task\n" },
    unit: { needs: [{ unit: "db", until: "completed", onLoss: "stop" }] },
  },
  { yaml: "depends_on: {db: {restart: true, on_loss: keep}}", unit: { needs: [{ unit: "db", onLoss: "keep" }] } },
  { yaml: "depends_on: {db: }", unit: { needs: [{ unit: "db", until: "ready" }] } },
  { yaml: "wants: db", unit: { needs: [{ unit: "db", required: false }] } },
  {
    yaml: "links: [db, 'db:store']",
    flags: "--link db --link db:store",
    unit: { needs: [{ unit: "db", binds: true }] },
  },
  {
    yaml: "links: [db]\nnetworks: [backend]",
    flags: "--link db --network backend",
    unit: { needs: [{ unit: "db", binds: false, onLoss: "keep" }] },
  },
  { yaml: "external_links: ['old:db']", flags: "--link old:db", unit: { needs: [] } },
  { yaml: "volumes_from: [db:ro]", flags: "--volumes-from db:ro", unit: { needs: [{ unit: "db", until: "started" }] } },
  { yaml: "volumes_from: ['container:old:ro']", flags: "--volumes-from old:ro", unit: { needs: [] } },
  { yaml: "after: db", unit: { after: ["db"] } },
  { yaml: "before: [db]", unit: { before: ["db"] } },
  { yaml: "conflicts: db", unit: { conflicts: ["db"] } },

  // Its process
  { yaml: "container_name: site-1", unit: { container: "site-1", launch: { create: { name: "site-1" } } } },
  { yaml: "command: work --queue 'a b'", body: { Cmd: ["work", "--queue", "a b"] } },
  { yaml: "command: [work, --retries, 3]", body: { Cmd: ["work", "--retries", "3"] } },
  { yaml: "command:", body: { Image: "site" } },
  row("entrypoint: /bin/sh", "--entrypoint /bin/sh"),
  { yaml: "entrypoint: /bin/sh -c 'a b'", body: { Entrypoint: ["/bin/sh", "-c", "a b"] } },
  { yaml: "entrypoint: [/bin/sh, -c, a b]", body: { Entrypoint: ["/bin/sh", "-c", "a b"] } },
  row("entrypoint: []", "--entrypoint ''"),
  row("entrypoint: ''", "--entrypoint ''"),
  row("environment: [A=1, 'B=x y']", "-e A=1 -e 'B=x y'"),
  row(
    "environment: {A: 1, B: true, C: '', D: 1.10, E: 12345678901234567890, F: 0644}",
    "-e A=1 -e B=true -e C= -e D=1.10 -e E=12345678901234567890 -e F=0644",
  ),
  row("environment:\n  HOME:\n  NOT_SET_ANYWHERE:", "-e HOME -e NOT_SET_ANYWHERE"),
  row("working_dir: /app", "-w /app"),
  row("user: 1000", "-u 1000"),
  row("user: '1000:www'", "-u 1000:www"),
  row("group_add: [audio, 44]", "--group-add audio --group-add 44"),
  row("init: true", "--init"),
  row("tty: yes", "-t"),
  { yaml: "stdin_open: true", body: { OpenStdin: true } },
  row("labels: {a: 1, b: , c.d: x}", "-l a=1 -l b -l c.d=x"),
  row("labels: [a=1, b]", "-l a=1 -l b"),
  { yaml: "label_file: l", files: { "units/l": "a=1\nb=x y\n" }, body: { Labels: { a: "1", b: "x y" } } },
  { yaml: "label_file: [l]", files: { "units/l": "a=1\n" }, body: { Labels: { a: "1" } } },
  row("annotations: {org.a: b}", "--annotation org.a=b"),
  row("annotations: [org.a=b]", "--annotation org.a=b"),
  row(
    "healthcheck: {test: wget -q x, interval: 1m30s, timeout: 5, retries: 2, start_period: 1min, start_interval: 500ms}",
    "--health-cmd 'wget -q x' --health-interval 1m30s --health-timeout 5s --health-retries 2 --health-start-period 1m --health-start-interval 500ms",
  ),
  row("healthcheck: {test: [CMD-SHELL, 'a b | c']}", "--health-cmd 'a b | c'"),
  {
    yaml: "healthcheck: {test: [CMD, a, b c], retries: 1}",
    body: { Healthcheck: { Test: ["CMD", "a", "b c"], Retries: 1 } },
  },
  row("healthcheck: {test: [NONE]}", "--no-healthcheck"),
  row("healthcheck: {disable: true}", "--no-healthcheck"),

  // Network
  row(
    "ports: ['80:80', '127.0.0.1:53:53/udp', 8000, 9000-9001:9000-9001]",
    "-p 80:80 -p 127.0.0.1:53:53/udp -p 8000 -p 9000-9001:9000-9001",
  ),
  row(
    "ports: [{target: 80, published: 8080, host_ip: 127.0.0.1, protocol: udp, mode: host, name: web, app_protocol: http}]",
    "-p 127.0.0.1:8080:80/udp",
  ),
  row(
    "ports:\n  - target: 80\n  - target: 81\n    published: '8081-8085'\n  - {target: 82, host_ip: '::1'}",
    "-p 80 -p 8081-8085:81 -p '[::1]::82'",
  ),
  row("expose: ['80', 90-91/udp]", "--expose 80 --expose 90-91/udp"),
  row("networks: [backend]", "--network backend"),
  row("networks: [backend, front]", "--network backend --network front"),
  row("networks: {backend: }", "--network backend"),
  row(
    "networks: {backend: {aliases: [Site, www], ipv4_address: 10.1.0.5, ipv6_address: 'fd00::5', link_local_ips: [169.254.1.1], mac_address: '02:42:ac:11:00:02'}}",
    "--network backend --network-alias Site --network-alias www --ip 10.1.0.5 --ip6 fd00::5 --link-local-ip 169.254.1.1 --mac-address 02:42:ac:11:00:02",
  ),
  row(
    "networks: {backend: {driver_opts: {a.b: c}, gw_priority: 5}}",
    "--network name=backend,driver-opt=a.b=c,gw-priority=5",
  ),
  row("networks: {low: {aliases: [x]}, high: {priority: 10}}", "--network high --network name=low,alias=x"),
  row(
    "networks: {one: , two: {ipv4_address: 10.1.0.5, mac_address: '02:42:ac:11:00:02', driver_opts: {a: b}, gw_priority: 1}}",
    "--network one --network name=two,ip=10.1.0.5,mac-address=02:42:ac:11:00:02,driver-opt=a=b,gw-priority=1",
  ),
  {
    yaml: "networks: {one: , Two: {aliases: [Web], interface_name: eth7}}",
    body: {
      NetworkingConfig: {
        EndpointsConfig: { Two: { Aliases: ["Web"], DriverOpts: { "com.docker.network.endpoint.ifname": "eth7" } } },
      },
    },
  },
  row("network_mode: host", "--network host"),
  { yaml: "network_mode: service:db", flags: "--network container:db", unit: { needs: [{ unit: "db", binds: true }] } },
  row("hostname: site", "-h site"),
  row("domainname: example.org", "--domainname example.org"),
  row("mac_address: 02:42:ac:11:00:02", "--mac-address 02:42:ac:11:00:02"),
  row("dns: 10.0.0.2", "--dns 10.0.0.2"),
  row("dns: [10.0.0.2, 10.0.0.3]", "--dns 10.0.0.2 --dns 10.0.0.3"),
  row("dns_opt: [use-vc, 'timeout:1']", "--dns-option use-vc --dns-option timeout:1"),
  row("dns_search: example.org", "--dns-search example.org"),
  row("extra_hosts: ['db:10.0.0.5', 'six=[::1]']", "--add-host db:10.0.0.5 --add-host 'six=[::1]'"),
  row(
    "extra_hosts: {db: 10.0.0.5, six: ['::1', 10.0.0.6]}",
    "--add-host db=10.0.0.5 --add-host six=::1 --add-host six=10.0.0.6",
  ),

  // Files and devices
  row("volumes: ['/a:/b:ro', 'data:/data', /anonymous]", "-v /a:/b:ro -v data:/data -v /anonymous"),
  row(
    "volumes: [{type: bind, source: /a, target: /b, read_only: true, bind: {propagation: rshared, selinux: z}}]",
    "-v /a:/b:ro,rshared,z",
  ),
  row(
    "volumes: [{type: bind, source: /a, target: /b, bind: {create_host_path: false, propagation: rprivate}}]",
    "--mount type=bind,source=/a,target=/b,bind-propagation=rprivate",
  ),
  row(
    "volumes: [{type: bind, source: /a, target: /b, read_only: true, bind: {recursive: writable}}]",
    "--mount type=bind,source=/a,target=/b,readonly,bind-recursive=writable",
  ),
  row("volumes: [{type: bind, source: '/a:b', target: /b}]", "--mount type=bind,source=/a:b,target=/b"),
  row(
    "volumes: [{type: volume, source: data, target: /d, volume: {nocopy: true, subpath: x, labels: {a: b}}}]",
    "--mount type=volume,source=data,target=/d,volume-nocopy,volume-subpath=x,volume-label=a=b",
  ),
  row("volumes: [{type: volume, target: /d, consistency: cached}]", "--mount type=volume,target=/d,consistency=cached"),
  row(
    "volumes: [{type: volume, source: data, target: '/d,e', volume: {labels: [a=b]}}]",
    "--mount 'type=volume,source=data,\"target=/d,e\",volume-label=a=b'",
  ),
  row(
    "volumes: [{type: tmpfs, target: /tmp, tmpfs: {size: 64m, mode: 01777}}]",
    "--mount type=tmpfs,target=/tmp,tmpfs-size=64m,tmpfs-mode=1777",
  ),
  row(
    "volumes: [{type: tmpfs, target: /tmp, tmpfs: {size: 1048576, mode: 0o755}}]",
    "--mount type=tmpfs,target=/tmp,tmpfs-size=1048576,tmpfs-mode=755",
  ),
  row(
    "volumes: [{type: image, source: 'tools:1', target: /t, image: {subpath: bin}}]",
    "--mount type=image,source=tools:1,target=/t,image-subpath=bin",
  ),
  row("tmpfs: /tmp", "--tmpfs /tmp"),
  row("tmpfs: ['/tmp:size=64m,mode=1777', /run]", "--tmpfs /tmp:size=64m,mode=1777 --tmpfs /run"),
  row("read_only: true", "--read-only"),
  row("shm_size: 128m", "--shm-size 128m"),
  row("shm_size: 1048576", "--shm-size 1048576"),
  row("storage_opt: {size: 10g}", "--storage-opt size=10g"),
  row(
    "devices: ['/dev/fuse', '/dev/a:/dev/b:rw', 'vendor.com/class=name']",
    "--device /dev/fuse --device /dev/a:/dev/b:rw --device vendor.com/class=name",
  ),
  row(
    "devices: [{source: /dev/a, target: /dev/b, permissions: r}, {source: /dev/c}]",
    "--device /dev/a:/dev/b:r --device /dev/c:/dev/c",
  ),
  row("device_cgroup_rules: ['c 42:* rwm']", "--device-cgroup-rule 'c 42:* rwm'"),
  row("gpus: all", "--gpus all"),
  row("gpus: 2", "--gpus 2"),
  row(
    "gpus: [{driver: nvidia, device_ids: [0, '1'], capabilities: [gpu, utility], options: {a: b}}]",
    "--gpus 'driver=nvidia,\"device=0,1\",capabilities=utility,options=a=b'",
  ),
  row("gpus: [{count: all}]", "--gpus all"),

  // Limits
  row("mem_limit: 512m", "-m 512m"),
  row("mem_limit: 536870912", "-m 512m"),
  row("mem_reservation: 256m", "--memory-reservation 256m"),
  row("mem_limit: 512m\nmemswap_limit: -1", "-m 512m --memory-swap -1"),
  row("mem_swappiness: 10", "--memory-swappiness 10"),
  row("oom_kill_disable: true", "--oom-kill-disable"),
  row("oom_score_adj: -500", "--oom-score-adj -500"),
  row("pids_limit: '200'", "--pids-limit 200"),
  row(
    "ulimits: {nofile: 65536, nproc: {soft: 512, hard: 1024}, core: -1}",
    "--ulimit nofile=65536 --ulimit nproc=512:1024 --ulimit core=-1",
  ),
  row("cpus: 1.50", "--cpus 1.50"),
  row("cpuset: 0-3", "--cpuset-cpus 0-3"),
  row("cpuset: 0,2", "--cpuset-cpus 0,2"),
  row("cpu_shares: 512", "-c 512"),
  row("cpu_period: 50ms\ncpu_quota: 25000", "--cpu-period 50000 --cpu-quota 25000"),
  row("cpu_rt_period: 1400us\ncpu_rt_runtime: 400ms", "--cpu-rt-period 1400 --cpu-rt-runtime 400000"),
  row(
    "blkio_config: {weight: 300, weight_device: [{path: /dev/sda, weight: 400}]}",
    "--blkio-weight 300 --blkio-weight-device /dev/sda:400",
  ),
  row(
    "blkio_config:\n  device_read_bps: [{path: /dev/sda, rate: 12mb}]\n  device_write_bps: [{path: /dev/sda, rate: 1024}]\n  device_read_iops: [{path: /dev/sda, rate: 120}]\n  device_write_iops: [{path: /dev/sda, rate: 30}]",
    "--device-read-bps /dev/sda:12mb --device-write-bps /dev/sda:1024 --device-read-iops /dev/sda:120 --device-write-iops /dev/sda:30",
  ),
  row("cgroup_parent: shop.slice", "--cgroup-parent shop.slice"),

  // Rights, namespaces, output
  row("privileged: true", "--privileged"),
  row("cap_add: [NET_ADMIN, sys_time]", "--cap-add NET_ADMIN --cap-add sys_time"),
  row("cap_drop: [ALL]", "--cap-drop ALL"),
  row(
    "security_opt: ['no-new-privileges:true', label=disable]",
    "--security-opt no-new-privileges:true --security-opt label=disable",
  ),
  row("sysctls: {net.core.somaxconn: 1024}", "--sysctl net.core.somaxconn=1024"),
  row("sysctls: [net.core.somaxconn=1024]", "--sysctl net.core.somaxconn=1024"),
  row("ipc: shareable", "--ipc shareable"),
  { yaml: "ipc: service:db", flags: "--ipc container:db", unit: { needs: [{ unit: "db", binds: true }] } },
  row("pid: host", "--pid host"),
  { yaml: "pid: service:db", flags: "--pid container:db", unit: { needs: [{ unit: "db", binds: true }] } },
  row("cgroup: private", "--cgroupns private"),
  row("uts: host", "--uts host"),
  row("userns_mode: host", "--userns host"),
  row("isolation: default", "--isolation default"),
  row("runtime: runc", "--runtime runc"),
  { yaml: "log: {max_files: 0}", unit: { log: { maxFiles: 0 } } },
  { yaml: "log: {max_size: 50m, max_files: 3}", unit: { log: { maxSizeBytes: 52_428_800, maxFiles: 3 } } },
  row(
    "logging: {driver: json-file, options: {max-size: 10m, max-file: 3}}",
    "--log-driver json-file --log-opt max-size=10m --log-opt max-file=3",
  ),

  // What holds for all keys
  row("x-common: &common {LANG: C}\nenvironment: {<<: *common, A: 1}", "-e LANG=C -e A=1"),
  row("x-limits: &limits\n  mem_limit: 64m\n  init: true\n<<: *limits\ninit: false", "-m 64m --init=false"),
  row("x-a: &a {A: 1, B: 1}\nx-b: &b {B: 2}\nlabels: {<<: [*a, *b]}", "-l A=1 -l B=1"),
  row(
    "ports: [{target: 80, x-why: it is so}]\nulimits: {nofile: {soft: 1, hard: 2, x-a: 1}}\nx-top: [1]",
    "-p 80 --ulimit nofile=1:2",
  ),
  { yaml: "command: sh -c 'echo $$HOME $$$${A} $B'", body: { Cmd: ["sh", "-c", "echo $HOME $${A} $B"] } },
];
