import { z } from "zod";
import { durationMs, sizeBytes } from "./quantities.ts";

/**
 * Every key of a unit file, each with its sentence and an example. Help, the JSON Schema and the man page are made from this.
 * Keys that Compose has keep Compose's name and grammar.
 */
const text = z.string();
const word = z.union([z.string(), z.number()]).transform(String);
const list = (item: z.ZodType<string> = text) => z.union([item.transform((one) => [one]), z.array(item)]);
const words = z.array(word);
const command = z.union([z.string(), z.array(word)]);
const flag = z.boolean();
const variables = z.union([
  z.array(z.string()),
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
]);
const duration = z
  .union([z.string(), z.number()])
  .refine((value) => durationMs(value) !== null, { error: "this is no duration; write 10s, 1m30s or 500ms" });
const size = z.union([z.string(), z.number()]).refine((value) => sizeBytes(value) !== null || String(value) === "-1", {
  error: "this is no size; write 512m or 1g",
});
const names = z.union([z.string().transform((all) => all.split(/[\s,]+/).filter(Boolean)), z.array(z.string())]);
const dependsOn = z.union([
  z.array(z.string()),
  z.record(
    z.string(),
    z.strictObject({
      condition: z.enum(["service_started", "service_healthy", "service_completed_successfully"]).optional(),
      restart: z.boolean().optional(),
      required: z.boolean().optional(),
    }),
  ),
]);
const ready = z.union([
  z.literal("healthy"),
  z.strictObject({ tcp: word }),
  z.strictObject({ http: word, status: z.number().int().optional() }),
  z.strictObject({ log: z.string() }),
  z.strictObject({ after: duration }),
]);
const healthcheck = z.strictObject({
  test: z.union([z.string(), z.array(z.string())]).optional(),
  interval: duration.optional(),
  timeout: duration.optional(),
  retries: z.number().int().optional(),
  start_period: duration.optional(),
  start_interval: duration.optional(),
  disable: z.boolean().optional(),
});
const ulimits = z.record(z.string(), z.union([z.number(), z.strictObject({ soft: z.number(), hard: z.number() })]));
const logging = z.strictObject({ driver: z.string().optional(), options: z.record(z.string(), word).optional() });

function key<T extends z.ZodType>(type: T, description: string, example: string, group: "svc" | "compose" = "compose") {
  return type.optional().meta({ description, examples: [example], group });
}

export const unitSchema = z.strictObject({
  description: key(text, "One line about the unit, shown by status.", "the shop's site", "svc"),
  app: key(text, "Whose env file and TAG file it shares. Default: the unit's name.", "antisocial", "svc"),
  env_file: key(
    list(),
    "Env files, read as the shell reads plain assignments. Default: /etc/default/APP where it exists.",
    "/etc/default/antisocial",
    "svc",
  ),
  env_format: key(z.enum(["sh", "docker", "dotenv"]), "The grammar of env_file. Default: sh.", "docker", "svc"),
  tag_file: key(
    text,
    "Where the image's tag is read at every start. Default: /var/www/APP/TAG where it exists.",
    "/var/www/antisocial/TAG",
    "svc",
  ),
  options: key(text, "docker run flags in one string, as in OPTS.", "--link postfix -m 512m", "svc"),
  type: key(
    z.enum(["service", "task"]),
    "A service is respawned whenever it ends; a task that ends with 0 is done. Default: service.",
    "task",
    "svc",
  ),
  enabled: key(flag, "Started at boot. Default: true.", "false", "svc"),
  respawn: key(flag, "Start again after an exit that nobody asked for. Default: true.", "false", "svc"),
  respawn_limit: key(text, "So many respawns within so long, or unlimited. Default: 10 in 5m.", "10 in 5m", "svc"),
  on_limit: key(
    z.enum(["delay", "fail"]),
    "Past the limit: one try a minute, or failed. Default: delay.",
    "fail",
    "svc",
  ),
  normal_exit: key(
    z.union([z.string(), z.number(), words]),
    "Exit codes and signals that end it without a respawn.",
    "0 1 TERM",
    "svc",
  ),
  ready: key(
    ready,
    "When it counts as ready. Default: its healthcheck if it has one, else up for 1 s.",
    "tcp: 25",
    "svc",
  ),
  on_unhealthy: key(
    z.enum(["ignore", "restart"]),
    "What an unhealthy container means. Default: ignore.",
    "restart",
    "svc",
  ),
  start_timeout: key(duration, "From its start until it must be ready. Default: 60s.", "2m", "svc"),
  pull_timeout: key(duration, "How long a pull may take. Default: 15m.", "30m", "svc"),
  wants: key(names, "Units that are started too, and waited for, but may fail.", "redis", "svc"),
  after: key(names, "Order alone: starts after these if they start too.", "redis", "svc"),
  before: key(names, "Order alone: starts before these if they start too.", "antisocial", "svc"),
  conflicts: key(names, "Units that may not run beside it.", "antisocial-old", "svc"),
  log: key(
    z.strictObject({ max_size: size.optional(), max_files: z.number().int().positive().optional() }),
    "Its log is rotated at max_size, and max_files are kept. Default: 10m, 5.",
    "max_size: 50m",
    "svc",
  ),
  auto_remove: key(
    flag,
    "Let the engine remove the container by itself. Default: false; svc removes it once its exit is on disk.",
    "true",
    "svc",
  ),

  image: key(text, "The image. Default: IMAGE of the env file.", "registry.example/antisocial"),
  container_name: key(text, "The container's name. Default: the unit's name.", "antisocial"),
  command: key(command, "The command, in place of the image's.", "worker --queue mail"),
  entrypoint: key(command, "The entrypoint, in place of the image's.", "/bin/sh"),
  environment: key(variables, "Variables; they win over the env file.", "WORKERS: 4"),
  ports: key(words, "Published ports, [ip:][host:]container[/proto].", "127.0.0.1:8000:8000"),
  expose: key(words, "Ports that are exposed and not published.", "8000"),
  volumes: key(words, "Volumes, source:target[:options].", "/srv/media:/media:ro"),
  volumes_from: key(words, "Containers or units whose volumes it shares.", "antisocial"),
  tmpfs: key(list(), "tmpfs mounts.", "/tmp"),
  links: key(words, "Units it links to, unit[:alias]: needed, and found by that name.", "postfix:mail"),
  external_links: key(words, "Containers outside svc that it links to.", "legacy-db:db"),
  depends_on: key(dependsOn, "Units it needs: a list, or Compose's long form.", "redis"),
  networks: key(words, "Networks it joins.", "backend"),
  network_mode: key(text, "host, none, bridge, container:NAME or service:UNIT.", "host"),
  user: key(word, "The user in the container.", "www-data"),
  working_dir: key(text, "The working directory.", "/app"),
  hostname: key(text, "Its host name.", "antisocial"),
  domainname: key(text, "Its domain name.", "example.org"),
  labels: key(variables, "Labels of the container.", "team: web"),
  healthcheck: key(healthcheck, "How the engine checks its health.", "test: wget -q localhost"),
  stop_signal: key(text, "What asks it to end. Default: the image's, else SIGTERM.", "SIGQUIT"),
  stop_grace_period: key(duration, "Between that and SIGKILL. Default: 10s.", "30s"),
  mem_limit: key(size, "Its memory limit.", "512m"),
  mem_reservation: key(size, "Its soft memory limit.", "256m"),
  memswap_limit: key(size, "Memory and swap together.", "1g"),
  cpus: key(word, "How many CPUs it may use.", "1.5"),
  cpu_shares: key(z.number().int(), "Its share of the CPUs.", "512"),
  cpuset: key(word, "The CPUs it may use.", "0-3"),
  pids_limit: key(z.number().int(), "How many processes it may have.", "200"),
  ulimits: key(ulimits, "ulimits.", "nofile: 65536"),
  logging: key(logging, "The engine's own log of the container.", "driver: json-file"),
  cap_add: key(words, "Capabilities to add.", "NET_ADMIN"),
  cap_drop: key(words, "Capabilities to drop.", "ALL"),
  privileged: key(flag, "All privileges of the host.", "true"),
  read_only: key(flag, "A read-only root file system.", "true"),
  devices: key(words, "Devices, host[:container[:rwm]].", "/dev/fuse"),
  dns: key(list(), "DNS servers.", "10.0.0.2"),
  dns_search: key(list(), "DNS search domains.", "example.org"),
  extra_hosts: key(words, "Lines of /etc/hosts, name:address.", "db:10.0.0.5"),
  init: key(flag, "A small init as PID 1.", "true"),
  ipc: key(text, "The IPC namespace.", "host"),
  pid: key(text, "The PID namespace.", "host"),
  security_opt: key(words, "Security options.", "no-new-privileges"),
  shm_size: key(size, "The size of /dev/shm.", "64m"),
  sysctls: key(variables, "Kernel parameters of its namespaces.", "net.core.somaxconn: 1024"),
  tty: key(flag, "A terminal.", "true"),
  stdin_open: key(flag, "Keep stdin open.", "true"),
  userns_mode: key(text, "The user namespace.", "host"),
  group_add: key(words, "More groups.", "audio"),
  platform: key(text, "The platform of the image.", "linux/amd64"),
  runtime: key(text, "The OCI runtime.", "runc"),
  pull_policy: key(z.enum(["always", "missing", "never"]), "When the image is pulled. Default: missing.", "always"),
  restart: key(z.union([z.string(), z.boolean()]), "Only no: svc respawns by its own rules, see respawn.", "no"),
});

export type UnitKeys = z.output<typeof unitSchema>;

export type KeyHelp = {
  readonly name: string;
  readonly group: "svc" | "compose";
  readonly description: string;
  readonly default: string | null;
  readonly example: string;
};

export const unitKeys: readonly KeyHelp[] = Object.entries(unitSchema.shape).map(([name, type]) => {
  const meta = type.meta() as { description?: string; examples?: readonly string[]; group?: "svc" | "compose" };
  const [description = "", fallback] = (meta.description ?? "").split(" Default: ");
  return {
    name,
    group: meta.group ?? "compose",
    description,
    default: fallback?.replace(/\.$/, "") ?? null,
    example: meta.examples?.[0] ?? "",
  };
});

export function unitJsonSchema(): object {
  return z.toJSONSchema(unitSchema, { io: "input", unrepresentable: "any" });
}
