import * as z from "zod";
import { exitOf, exitsIn } from "./exits.ts";
import {
  choice,
  command,
  flag,
  key,
  kind,
  listOf,
  names,
  oneOrMore,
  pairs,
  size,
  sizeOrUnlimited,
  text,
  textLike,
  time,
  whole,
  word,
} from "./key-types.ts";
import * as long from "./long-forms.ts";

const limitWords = "COUNT in TIME, or unlimited";
const exitsText = kind("exit codes from 0 to 255 and signals such as TERM", (error) =>
  z.union([z.string(), z.number()], { error }).refine((all) => exitsIn(all).every((one) => exitOf(one) !== null), {
    error,
  }),
);
const exit = kind("an exit code from 0 to 255, or a signal such as TERM", (error) =>
  word("").refine((one) => exitOf(one) !== null, { error }),
);
const exits = kind("exit codes and signals, as a list or in one text", (error) =>
  z.union([exitsText, z.array(exit)], { error }),
);
const restart = kind("a text", (error) => z.union([z.string(), z.boolean()], { error }));
const pullPolicies = choice("always", "missing", "if_not_present", "never");
const period = word("a time such as 50ms; a bare number is microseconds");
const containerName = textLike("a name of letters, digits, _, . and -", /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/);

/**
 * Every key of a unit file, in the groups that help shows. Help, the JSON Schema and the man page are made from this. Keys
 * that Compose has keep Compose's name and grammar; maps with fields of their own are in `long-forms.ts`.
 */
const groups = {
  "The unit": {
    description: key(text, "One line about the unit, shown by status.", "the shop's site"),
    type: key(choice("service", "task"), "A service runs on; a task that ends with 0 is done.", "task", "service"),
    enabled: key(flag, "Started at boot.", "false", "true"),
    app: key(text, "Whose env file and TAG file it shares.", "antisocial", "the unit's name"),
  },
  "Image, flags and files": {
    image: key(text, "The image. A TAG file says its tag.", "registry.example/antisocial", "IMAGE of the env file"),
    pull_policy: key(pullPolicies, "When the image is pulled at a start.", "always", "missing"),
    platform: key(text, "The platform of the image.", "linux/amd64", "the engine's"),
    env_file: key(
      long.envFiles,
      "Files of variables; IMAGE, OPTS, EXTRA, TAG and REPOSITORY in them are svc's.",
      "[/etc/default/antisocial, {path: local.env, required: false}]",
      "/etc/default/APP where it exists",
    ),
    env_format: key(
      choice("sh", "docker", "dotenv"),
      "The grammar of env_file: as the shell, docker run --env-file or dotenv reads it.",
      "docker",
      "sh",
    ),
    tag_file: key(
      text,
      "Where the image's tag is read at every start.",
      "/var/www/antisocial/TAG",
      "/var/www/APP/TAG where it exists",
    ),
    options: key(text, "docker run flags in one text, as in OPTS; keys win over them.", "--link postfix -m 512m"),
  },
  "Start and stop": {
    ready: key(long.ready, "When it counts as ready.", "{tcp: 25}", "its healthcheck if it has one, else up for 1 s"),
    on_unhealthy: key(choice("ignore", "restart"), "What an unhealthy container means.", "restart", "ignore"),
    update: key(
      choice("stop-first", "start-first"),
      "What a restart does first; start-first needs listen.",
      "start-first\nlisten: 8000",
      "stop-first",
    ),
    start_timeout: key(
      time,
      "From its start until it must be ready; else it is stopped, and that counts as a crash.",
      "2m",
      "60s; with a healthcheck in the unit at least its start_period + interval * (retries + 1)",
    ),
    pull_timeout: key(time, "How long a pull may take.", "30m", "15m"),
    stop_signal: key(word("a signal"), "What asks it to end.", "SIGQUIT", "the image's, else SIGTERM"),
    stop_grace_period: key(time, "Between that and SIGKILL.", "30s", "10s"),
    auto_remove: key(
      flag,
      "The engine removes the container by itself; else svc does once its exit is on disk.",
      "true",
      "false",
    ),
  },
  Hooks: {
    pre_start: key(
      long.hooks,
      "Run before its container is made; when it fails the unit does not start.",
      "install -d -o www-data /srv/media",
    ),
    post_start: key(
      long.hooks,
      "Run once its container runs; a failure is told of.",
      "\n  - command: [cachetool, warm]\n    in: container",
    ),
    pre_stop: key(
      long.hooks,
      "Run before it is asked to end; the stop goes on when it fails.",
      "\n  - command: kill -USR1 1\n    timeout: 10s",
    ),
    post_stop: key(
      long.hooks,
      "Run after each end of its container, before the next start; a failure is told of.",
      "rm -f /run/antisocial.pid",
    ),
    on_event: key(
      long.onEvent,
      "Commands of the host that get the event as JSON on stdin.",
      "{failed: systemd-run -q --pipe --wait mail -s antisocial root}",
    ),
  },
  "When it ends": {
    respawn: key(flag, "Start again after an exit that nobody asked for.", "false", "true"),
    respawn_limit: key(word(limitWords), "So many respawns within so long.", "10 in 5m", "10 in 5m"),
    on_limit: key(choice("delay", "fail"), "Past the limit: one try a minute, or failed.", "fail", "delay"),
    on_bad_tag: key(
      choice("hold", "revert", "ignore"),
      "A new tag that ends three times, after one that was up: held, put back, or as any crash.",
      "revert",
      "hold",
    ),
    normal_exit: key(exits, "What ends it without a respawn.", "0 1 TERM"),
    restart: key(restart, "Compose's restart policy has no effect here.", '"no"'),
  },
  "Other units": {
    depends_on: key(
      long.dependsOn,
      "Units that must be ready before it starts.",
      "\n  postfix:\n    condition: service_started\n    on_loss: restart",
    ),
    wants: key(names, "Units that are started too, and waited for, but may fail.", "redis"),
    links: key(
      listOf(word("unit[:alias]"), "a list of unit[:alias]"),
      "Units it needs, found by that name.",
      "[postfix:mail]",
    ),
    external_links: key(
      listOf(word("container[:alias]"), "a list of container[:alias]"),
      "Containers outside svc that it links to.",
      "[legacy-db:db]",
    ),
    volumes_from: key(
      listOf(word("unit[:ro]"), "a list of unit[:ro] or container:NAME[:ro]"),
      "Units whose volumes it shares.",
      "[antisocial:ro]",
    ),
    after: key(names, "Order alone: starts after these if they start too.", "redis"),
    before: key(names, "Order alone: starts before these if they start too.", "[antisocial]"),
    conflicts: key(names, "Units that may not run beside it.", "antisocial-old"),
  },
  "Its process": {
    container_name: key(containerName, "The container's name.", "antisocial", "the unit's name, - for @"),
    command: key(command, "The command, in place of the image's.", "worker --queue mail"),
    entrypoint: key(command, "The entrypoint, in place of the image's; empty takes it away.", "[/bin/sh, -c]"),
    environment: key(
      pairs("variables"),
      "Variables; they win over the env file. A name alone takes svc's own value.",
      "{WORKERS: 4}",
    ),
    working_dir: key(text, "The working directory.", "/app"),
    user: key(word("a name or number, with :group"), "The user in the container.", "www-data"),
    group_add: key(listOf(word("a group"), "a list of groups"), "More groups.", "[audio, 44]"),
    init: key(flag, "A small init as PID 1.", "true"),
    tty: key(flag, "A terminal.", "true"),
    stdin_open: key(flag, "Keep stdin open.", "true"),
    labels: key(pairs("labels"), "Labels of the container.", "{team: web}"),
    label_file: key(oneOrMore(text), "Files of labels, NAME=VALUE lines.", "labels.list"),
    annotations: key(pairs("annotations"), "Annotations for the OCI runtime.", "{org.example.team: web}"),
    healthcheck: key(
      long.healthcheck,
      "How the engine checks its health.",
      "\n  test: wget -q localhost\n  interval: 10s",
    ),
  },
  Network: {
    ports: key(long.ports, "Published ports.", '["127.0.0.1:8000:8000", {target: 53, published: 53, protocol: udp}]'),
    listen: key(long.listen, "Ports where svc itself listens, in front of the container.", "8000"),
    breakers: key(
      long.breakers,
      "Circuit breakers in front of what it needs outside.",
      "\n  db: {listen: 172.17.0.1:15432, to: db.example.org:5432, dial_timeout: 50ms}",
    ),
    expose: key(
      listOf(word("port[/protocol]"), "a list of port[-port][/protocol]"),
      "Ports that are exposed and not published.",
      '["8000"]',
    ),
    networks: key(long.networks, "Networks it joins.", "{backend: {aliases: [site]}}", "the engine's bridge"),
    network_mode: key(text, "bridge, host, none, container:NAME or service:UNIT.", "host", "bridge"),
    hostname: key(text, "Its host name.", "antisocial"),
    domainname: key(text, "Its domain name.", "example.org"),
    mac_address: key(long.macAddress, "A fixed MAC address.", "02:42:ac:11:00:02"),
    dns: key(oneOrMore(text), "DNS servers.", "10.0.0.2"),
    dns_opt: key(oneOrMore(text), "Options of the DNS client.", "[use-vc]"),
    dns_search: key(oneOrMore(text), "DNS search domains.", "example.org"),
    extra_hosts: key(long.extraHosts, "Lines of /etc/hosts.", "{db: 10.0.0.5}"),
  },
  "Files and devices": {
    volumes: key(
      long.volumes,
      "What is mounted. Paths that begin with . are taken from the unit file's folder.",
      "\n  - /srv/media:/media:ro\n  - {type: tmpfs, target: /tmp, tmpfs: {size: 64m}}",
    ),
    tmpfs: key(oneOrMore(text), "tmpfs mounts, path[:options].", "/tmp:size=64m"),
    read_only: key(flag, "A read-only root file system.", "true"),
    shm_size: key(size, "The size of /dev/shm.", "128m", "64m"),
    storage_opt: key(pairs("options"), "Options of the engine's storage driver.", "{size: 10g}"),
    devices: key(long.devices, "Devices of the host.", '["/dev/fuse", {source: /dev/ttyUSB0, target: /dev/modem}]'),
    device_cgroup_rules: key(
      listOf(text, "a list of rules such as c 42:* rwm"),
      "Devices that it may use.",
      '["c 42:* rwm"]',
    ),
    gpus: key(long.gpus, "GPUs it is given.", "all"),
  },
  Limits: {
    mem_limit: key(size, "Its memory limit.", "512m"),
    mem_reservation: key(size, "Its soft memory limit.", "256m"),
    memswap_limit: key(sizeOrUnlimited, "Memory and swap together.", "1g"),
    mem_swappiness: key(whole, "How willingly it is swapped out, 0 to 100.", "10"),
    oom_kill_disable: key(flag, "Not killed when its memory is used up.", "true"),
    oom_score_adj: key(whole, "How likely the kernel kills it, -1000 to 1000.", "-500"),
    pids_limit: key(whole, "How many processes it may have; -1 is no limit.", "200"),
    ulimits: key(long.ulimits, "Limits of each process.", "{nofile: 65536, nproc: {soft: 512, hard: 1024}}"),
    cpus: key(word("a number such as 1.5"), "How many CPUs it may use.", "1.5"),
    cpuset: key(word("numbers such as 0-3 or 0,2"), "The CPUs it may use.", "0-3"),
    cpu_shares: key(whole, "Its share of the CPUs.", "512", "1024"),
    cpu_period: key(period, "The scheduler's period.", "50ms", "100ms"),
    cpu_quota: key(period, "How much of a period it may run.", "25ms"),
    cpu_rt_period: key(period, "The real-time scheduler's period.", "1000ms"),
    cpu_rt_runtime: key(period, "How much of that it may run.", "400ms"),
    blkio_config: key(long.blkioConfig, "Its share of the disks.", "{weight: 300}"),
    cgroup_parent: key(text, "The cgroup that its own is made in.", "shop.slice"),
  },
  "Rights and namespaces": {
    privileged: key(flag, "All rights of the host's root.", "true"),
    cap_add: key(listOf(text, "a list of capabilities"), "Capabilities to add.", "[NET_ADMIN]"),
    cap_drop: key(listOf(text, "a list of capabilities"), "Capabilities to drop.", "[ALL]"),
    security_opt: key(listOf(text, "a list of options"), "Security options.", '["no-new-privileges:true"]'),
    sysctls: key(pairs("kernel parameters"), "Kernel parameters of its namespaces.", "{net.core.somaxconn: 1024}"),
    ipc: key(text, "The IPC namespace: host, private, shareable, none, container:NAME or service:UNIT.", "host"),
    pid: key(text, "The PID namespace: host, container:NAME or service:UNIT.", "host"),
    cgroup: key(choice("host", "private"), "The cgroup namespace.", "private", "the engine's"),
    uts: key(choice("host"), "The host name's namespace.", "host"),
    userns_mode: key(choice("host"), "The user namespace.", "host"),
    isolation: key(text, "The isolation of the container; only default on Linux.", "default"),
    runtime: key(text, "The OCI runtime.", "runc"),
  },
  Output: {
    log: key(long.log, "Its log is rotated when max_size is reached, and max_files are kept.", "{max_size: 50m}"),
    logging: key(
      long.logging,
      "The engine's own log of the container.",
      "{driver: json-file, options: {max-size: 10m}}",
    ),
  },
} as const;

export const unitSchema = z.strictObject({
  ...groups["The unit"],
  ...groups["Image, flags and files"],
  ...groups["Start and stop"],
  ...groups.Hooks,
  ...groups["When it ends"],
  ...groups["Other units"],
  ...groups["Its process"],
  ...groups.Network,
  ...groups["Files and devices"],
  ...groups.Limits,
  ...groups["Rights and namespaces"],
  ...groups.Output,
});

export type UnitKeys = z.output<typeof unitSchema>;

/** Group titles with the names of their keys, in order. */
export const keyGroups: readonly (readonly [title: string, keys: readonly string[]])[] = Object.entries(groups).map(
  ([title, keys]) => [title, Object.keys(keys)],
);
