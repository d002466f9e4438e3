import * as z from "zod";
import {
  choice,
  command,
  fields,
  flag,
  kind,
  listOf,
  mapOf,
  oneOrMore,
  pairs,
  size,
  sizeAboveZero,
  text,
  textLike,
  time,
  whole,
  wholeFromZero,
  word,
} from "./key-types.ts";

/** The keys whose values are maps with fields of their own, as Compose has them; short forms stand beside the long. */
const some = <T extends z.ZodType>(type: T, sentence: string) => type.optional().meta({ description: sentence });
const is = <T extends z.ZodType>(type: T, sentence: string): T => type.meta({ ...type.meta(), description: sentence });

const portMap = fields(
  {
    target: is(word("a port of the container"), "The port in the container."),
    published: some(word("a port of the host, or a range"), "The port of the host; without it the engine picks one."),
    host_ip: some(text, "The address of the host that it is bound to."),
    protocol: some(choice("tcp", "udp", "sctp"), "Default: tcp."),
    mode: some(choice("host", "ingress"), "Without effect on one host."),
    name: some(text, "A name for readers."),
    app_protocol: some(text, "A note for readers."),
  },
  "a map with target",
);
const shortPort = word("[ip:][host:]container[/protocol]");
export const ports = kind("a list of [ip:][host:]container[/protocol], or of maps with target", (error) =>
  z.array(
    kind("[ip:][host:]container[/protocol], or a map with target", (one) =>
      z.union([shortPort, portMap], { error: one }),
    ),
    { error },
  ),
);

const shortListen = word("[address:]port[:container port]");
const listenMap = fields(
  {
    published: is(word("a port of the host"), "The port that clients connect to."),
    target: some(word("a port of the container"), "Where they are led. Default: the same port."),
    host_ip: some(text, "The address that is listened on. Default: localhost."),
    drain: some(time, "How long connections to the old container may go on after an update. Default: 30s."),
    dial_timeout: some(time, "How long a dial may take. Default: 2s."),
    threshold: some(word("a share above 0 and up to 1"), "The share of failures that opens the breaker. Default: .5."),
    minimum_samples: some(whole, "Fewer connections in 10 s open no breaker. Default: 20."),
  },
  "a map with published",
);
export const listen = oneOrMore(
  kind("[address:]port[:container port], or a map with published", (error) =>
    z.union([shortListen, listenMap], { error }),
  ),
);

const breaker = fields({
  listen: is(word("[address:]port"), "Where the container finds it; localhost is the host's own."),
  to: is(word("host:port"), "What it stands in front of."),
  dial_timeout: some(time, "How long a dial may take. Default: 2s."),
  threshold: some(word("a share above 0 and up to 1"), "The share of failures that opens the breaker. Default: .5."),
  minimum_samples: some(whole, "Fewer connections in 10 s open no breaker. Default: 20."),
});
export const breakers = mapOf(breaker, "a map of names to maps with listen and to");

const octal = kind("a mode in octal digits, such as 1777", (error) =>
  z
    .union([z.int(), z.string()], { error })
    .transform((mode) => String(mode).replace(/^0o?/, ""))
    .refine((mode) => /^[0-7]+$/.test(mode), { error }),
);
const bindOptions = fields({
  propagation: some(choice("private", "rprivate", "shared", "rshared", "slave", "rslave"), "How mounts spread."),
  create_host_path: some(flag, "Make the folder on the host if it is not there. Default: true."),
  selinux: some(choice("z", "Z"), "Relabel for SELinux."),
  recursive: some(choice("enabled", "disabled", "writable", "readonly"), "Whether mounts below it come along."),
});
const volumeOptions = fields({
  nocopy: some(flag, "Do not fill it with what the image has there."),
  subpath: some(text, "A folder in the volume."),
  labels: some(pairs("labels"), "Labels of the volume, if it is made now."),
});
const volumeMap = fields(
  {
    type: is(choice("bind", "volume", "tmpfs", "image"), "What is mounted."),
    source: some(text, "A path on the host, a volume's name, or an image."),
    target: is(text, "Where it is in the container."),
    read_only: some(flag, "Read only."),
    consistency: some(text, "Without effect on Linux."),
    bind: some(bindOptions, "Options of a bind."),
    volume: some(volumeOptions, "Options of a volume."),
    tmpfs: some(fields({ size: some(size, "Its size."), mode: some(octal, "Its mode.") }), "Options of a tmpfs."),
    image: some(fields({ subpath: some(text, "A folder in the image.") }), "Options of an image."),
  },
  "a map with type and target",
);
const shortVolume = kind("[source:]target[:options] with whole paths (~ is the shell's)", (error) =>
  z.string({ error }).regex(/^(?!~)/, { error }),
);
export const volumes = kind("a list of [source:]target[:options], or of maps with type and target", (error) =>
  z.array(
    kind("[source:]target[:options], or a map with type and target", (one) =>
      z.union([shortVolume, volumeMap], { error: one }),
    ),
    { error },
  ),
);

const macAddress = textLike("a MAC address such as 02:42:ac:11:00:02", /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i);
const endpoint = fields({
  aliases: some(listOf(text, "a list of names"), "More names by which it is found there."),
  ipv4_address: some(text, "A fixed address."),
  ipv6_address: some(text, "A fixed IPv6 address."),
  link_local_ips: some(listOf(text, "a list of addresses"), "Link-local addresses."),
  mac_address: some(macAddress, "A fixed MAC address."),
  driver_opts: some(mapOf(word("a text"), "a map of options"), "Options of the network's driver."),
  interface_name: some(text, "The interface's name in the container."),
  gw_priority: some(whole, "The highest gives the default route."),
  priority: some(whole, "The highest is joined first."),
});
export const networks = kind("a list of networks, or a map of them", (error) =>
  z.union([z.array(text), z.record(z.string(), z.union([z.null(), endpoint], { error: "a map, or nothing" }))], {
    error,
  }),
);

const envFileMap = fields(
  {
    path: is(text, "The file."),
    required: some(flag, "Whether it must be there. Default: true."),
    format: some(choice("sh", "docker", "dotenv", "raw"), "Its grammar; raw is docker's. Default: env_format."),
  },
  "a map with path",
);
const envFile = kind("a path, or a map with path", (error) => z.union([text, envFileMap], { error }));
export const envFiles = oneOrMore(envFile);

const dependency = fields({
  condition: some(
    choice("service_started", "service_healthy", "service_completed_successfully"),
    "What must be so before it starts; only a task completes. Default: it is ready.",
  ),
  required: some(flag, "false: start also when that unit failed or does not exist. Default: true."),
  restart: some(flag, "Compose's word for on_loss: restart."),
  on_loss: some(choice("keep", "restart", "stop"), "What becomes of this unit when that one is lost. Default: keep."),
});
export const dependsOn = kind("a list of units, or a map of them with condition, required, on_loss", (error) =>
  z.union(
    [
      z.array(text),
      z.record(
        z.string(),
        z.union([z.null(), dependency], { error: "a map with condition, required, restart, on_loss" }),
      ),
    ],
    {
      error,
    },
  ),
);
export const extraHosts = kind("a map of names to addresses, or a list of name:address", (error) =>
  z.union([z.array(text), z.record(z.string(), oneOrMore(text))], { error }),
);

const deviceMap = fields({
  source: is(text, "The device on the host."),
  target: some(text, "Its path in the container."),
  permissions: some(text, "Some of r, w and m. Default: rwm."),
});
export const devices = kind("a list of host[:container[:rwm]], or of maps with source", (error) =>
  z.array(
    kind("host[:container[:rwm]], or a map with source", (one) => z.union([text, deviceMap], { error: one })),
    { error },
  ),
);

const gpu = fields({
  driver: some(text, "The driver."),
  count: some(word("all or a number"), "How many."),
  device_ids: some(listOf(word("a number or an id"), "a list of ids"), "Which."),
  capabilities: some(listOf(text, "a list of capabilities"), "What they must be able to do."),
  options: some(mapOf(word("a text"), "a map of options"), "Options of the driver."),
});
export const gpus = kind("all, a number, or a list of maps with driver, count, device_ids", (error) =>
  z.union([word("all or a number"), z.array(gpu, { error })], { error }),
);

const limit = kind("a number, or a map with soft and hard", (error) =>
  z.union([whole, fields({ soft: is(whole, "The soft limit."), hard: is(whole, "The hard limit.") })], { error }),
);
export const ulimits = mapOf(limit, "a map of limits, each a number or a map with soft and hard");

const weighed = listOf(
  fields({ path: is(text, "The device."), weight: is(whole, "10 to 1000.") }),
  "a list of maps with path and weight",
);
const rated = listOf(
  fields({ path: is(text, "The device."), rate: is(word("a rate"), "How much a second.") }),
  "a list of maps with path and rate",
);
export const blkioConfig = fields({
  weight: some(whole, "Its share of the disks, 10 to 1000."),
  weight_device: some(weighed, "Its share of single disks."),
  device_read_bps: some(rated, "Bytes read a second."),
  device_write_bps: some(rated, "Bytes written a second."),
  device_read_iops: some(rated, "Reads a second."),
  device_write_iops: some(rated, "Writes a second."),
});

const test = kind("a command for the shell, or a list that begins with CMD, CMD-SHELL or NONE", (error) =>
  z.union(
    [
      z.string(),
      z.array(word("a word")).refine(([how = ""]) => ["CMD", "CMD-SHELL", "NONE"].includes(how), {
        error: "a list that begins with CMD, CMD-SHELL or NONE",
      }),
    ],
    { error },
  ),
);
export const healthcheck = fields({
  test: some(test, "The command; what it exits with is the health."),
  interval: some(time, "Between two checks. Default: 30s."),
  timeout: some(time, "How long one may take. Default: 30s."),
  retries: some(whole, "How many must fail in a row. Default: 3."),
  start_period: some(time, "Failures that do not count, from the start. Default: 0s."),
  start_interval: some(time, "Between two checks meanwhile. Default: 5s."),
  disable: some(flag, "Take the image's healthcheck away."),
});

const hookMap = fields(
  {
    command: is(command, "What is run: words, or a text that is split into words (in: host: that the shell runs)."),
    in: some(
      choice("container", "task", "host"),
      "Where: in the unit's container, in a one-off container with its image, env and links, or on the host.",
    ),
    timeout: some(time, "How long it may take. Default: 30s."),
    user: some(word("a name or number, with :group"), "Its user in the container."),
    working_dir: some(text, "Its working directory."),
    environment: some(pairs("variables"), "More variables."),
    privileged: some(flag, "All rights of the host's root, in the container."),
  },
  "a map with command",
);
const hook = kind("a text that the host's shell runs, or a map with command and in", (error) =>
  z.union([z.string().min(1, { error }), hookMap], { error }),
);
export const hooks = oneOrMore(hook);

const shellText = kind("a text that the host's shell runs", (error) => z.string().min(1, { error }));
export const onEvent = fields({
  failed: some(oneOrMore(shellText), "It is no longer up, and not because somebody asked for that."),
  crashloop: some(oneOrMore(shellText), "Its respawn_limit is reached, or its new tag does not stay up."),
  recovered: some(oneOrMore(shellText), "It has been up for 10 s after it failed."),
  deployed: some(oneOrMore(shellText), "It is up with another tag than before."),
  reverted: some(oneOrMore(shellText), "Its former tag was put back, by on_bad_tag: revert."),
});

export const logging = fields({
  driver: some(text, "json-file, local, none, journald, …"),
  options: some(mapOf(word("a text"), "a map of options"), "Options of the driver."),
});

export const ready = kind("healthy, or a map with one of tcp, http, log, after", (error) =>
  z.union(
    [
      z.literal("healthy"),
      fields({
        tcp: some(word("[host:]port"), "A port that takes connections."),
        http: some(word("[host:]port/path"), "A page that answers."),
        status: some(whole, "With http: the status it must have. Default: any below 400."),
        log: some(text, "A regular expression that is found in a line of its output; a line counts once it has ended."),
        after: some(time, "Up for so long."),
      }).refine((map) => [map.tcp, map.http, map.log, map.after].filter((one) => one !== undefined).length === 1, {
        error: "one of tcp, http, log, after alone",
      }),
    ],
    { error },
  ),
);

export const log = fields({
  max_size: some(sizeAboveZero, "When a file is full. Default: 10m."),
  max_files: some(wholeFromZero, "How many are kept beside the one that is written. Default: 5."),
});

export { macAddress };
