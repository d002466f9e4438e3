import type { CreateRequest, Json } from "./create-request.ts";
import { flags } from "./flags.ts";
import { type Endpoint, endpointWords, mountValue } from "./mount-and-network-words.ts";
import { csvLine } from "./values/csv.ts";

type Fields = { readonly [key: string]: Json };

/** The words of the `docker run` line that makes the CLI send this very request; `flags` stand before the others. */
export function commandLineOf(
  request: CreateRequest,
  options: { readonly flags?: readonly string[] } = {},
): readonly string[] {
  const { body } = request;
  const host = (body.HostConfig ?? {}) as Fields;
  const words = [
    "docker",
    "run",
    ...(options.flags ?? []),
    ...(request.name === null ? [] : ["--name", request.name]),
    ...(request.platform === null ? [] : ["--platform", request.platform]),
    ...plainWords(body as Fields, host),
    ...listedWords(body as Fields, host),
    ...healthWords((body.Healthcheck ?? {}) as Fields),
    ...networkWords(body as Fields, host),
  ];
  const [entrypoint, ...rest] = (body.Entrypoint ?? []) as readonly string[];
  if (entrypoint !== undefined) words.push(`--entrypoint=${entrypoint}`);
  return [...words, body.Image, ...rest, ...(body.Cmd ?? [])];
}

/** One line for a shell: a word is quoted where it must be. */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(" ");
}

function quoteWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Flags whose field is a single value or a list of texts. */
function plainWords(top: Fields, host: Fields): readonly string[] {
  const written = new Set(["mount", "blkio-weight-device", "link"]);
  return flags.flatMap(({ name, kind, field }) => {
    if (field === null || written.has(name)) return [];
    const [first = "", second] = field.split(".");
    const value = second === undefined ? top[first] : host[second];
    if (value === undefined || value === null) return [];
    if (kind === "switch") return value === true ? [`--${name}`] : [`--${name}=false`];
    if (kind === "cpus") return [`--${name}=${decimal(Number(value))}`];
    if (kind === "list") return (value as readonly Json[]).map((item) => `--${name}=${listItem(item)}`);
    return [`--${name}=${value}`];
  });
}

function listItem(item: Json): string {
  if (typeof item !== "object" || item === null) return String(item);
  const { Path, Rate } = item as { Path: string; Rate: number };
  return `${Path}:${Rate}`;
}

function decimal(billionths: number): string {
  const digits = String(Math.abs(billionths)).padStart(10, "0");
  const fraction = digits.slice(-9).replace(/0+$/, "");
  return `${billionths < 0 ? "-" : ""}${digits.slice(0, -9)}${fraction === "" ? "" : `.${fraction}`}`;
}

function listedWords(top: Fields, host: Fields): readonly string[] {
  const log = (host.LogConfig ?? {}) as { Type?: string; Config?: Fields };
  const policy = host.RestartPolicy as { Name: string; MaximumRetryCount?: number } | undefined;
  return [
    ...each("env", top.Env),
    ...pairWords("label", top.Labels),
    ...Object.keys((top.Volumes ?? {}) as Fields).map((target) => `--volume=${target}`),
    ...each("volume", host.Binds),
    ...records(host.Mounts).map((mount) => `--mount=${mountValue(mount)}`),
    ...portWords(top, host),
    ...["Stdin", "Stdout", "Stderr"]
      .filter((stream) => top[`Attach${stream}`] && !isImplied(top, stream))
      .map((stream) => `--attach=${stream.toLowerCase()}`),
    ...(top.OpenStdin && !top.StdinOnce && !top.AttachStdin ? ["--detach"] : []),
    ...(top.StopTimeout === undefined ? [] : [`--stop-timeout=${top.StopTimeout}`]),
    ...(host.Init === undefined ? [] : [`--init=${host.Init}`]),
    ...(host.MemorySwappiness === undefined ? [] : [`--memory-swappiness=${host.MemorySwappiness}`]),
    ...each("cap-add", host.CapAdd),
    ...each("cap-drop", host.CapDrop),
    ...each("security-opt", host.SecurityOpt),
    ...(host.MaskedPaths ? ["--security-opt=systempaths=unconfined"] : []),
    ...pairWords("annotation", host.Annotations),
    ...pairWords("sysctl", host.Sysctls),
    ...pairWords("storage-opt", host.StorageOpt),
    ...Object.entries((host.Tmpfs ?? {}) as Fields).map(([path, rest]) => `--tmpfs=${path}${rest ? `:${rest}` : ""}`),
    ...records(host.Ulimits).map((limit) => `--ulimit=${limit.Name}=${limit.Soft}:${limit.Hard}`),
    ...records(host.Devices).map(
      (device) => `--device=${device.PathOnHost}:${device.PathInContainer}:${device.CgroupPermissions}`,
    ),
    ...records(host.BlkioWeightDevice).map((device) => `--blkio-weight-device=${device.Path}:${device.Weight}`),
    ...records(host.DeviceRequests).flatMap(deviceRequestWords),
    ...(log.Type === undefined ? [] : [`--log-driver=${log.Type}`]),
    ...pairWords("log-opt", log.Config),
    ...(policy === undefined
      ? []
      : [`--restart=${policy.Name}${policy.MaximumRetryCount ? `:${policy.MaximumRetryCount}` : ""}`]),
  ];
}

// `--interactive` attaches to stdin by itself.
function isImplied(top: Fields, stream: string): boolean {
  return stream === "Stdin" && Boolean(top.OpenStdin);
}

function portWords(top: Fields, host: Fields): readonly string[] {
  const bindings = (host.PortBindings ?? {}) as {
    readonly [port: string]: readonly { HostIp?: string; HostPort?: string }[];
  };
  const exposed = Object.keys((top.ExposedPorts ?? {}) as Fields).filter((port) => !bindings[port]);
  const published = Object.entries(bindings).flatMap(([port, places]) =>
    places.map(({ HostIp = "", HostPort = "" }) => {
      const ip = HostIp.includes(":") ? `[${HostIp}]` : HostIp;
      return `--publish=${ip ? `${ip}:` : ""}${ip || HostPort ? `${HostPort}:` : ""}${port}`;
    }),
  );
  return [...published, ...exposed.map((port) => `--expose=${port}`)];
}

function deviceRequestWords(request: Fields): readonly string[] {
  const { Driver, Count, DeviceIDs, Capabilities, Options } = request as {
    Driver?: string;
    Count?: number;
    DeviceIDs?: readonly string[] | null;
    Capabilities?: readonly (readonly string[])[];
    Options?: { readonly [key: string]: string };
  };
  if (Driver === "cdi") return (DeviceIDs ?? []).map((device) => `--device=${device}`);
  const capabilities = (Capabilities?.[0] ?? []).slice(0, -1);
  const options = Object.entries(Options ?? {}).map(([key, value]) => `${key}=${value}`);
  const fields = [
    ...(Driver ? [`driver=${Driver}`] : []),
    ...(Count ? [`count=${Count === -1 ? "all" : Count}`] : []),
    ...(DeviceIDs ? [`device=${DeviceIDs.join(",")}`] : []),
    ...(capabilities.length === 0 ? [] : [`capabilities=${capabilities.join(",")}`]),
    ...(options.length === 0 ? [] : [`options=${csvLine(options)}`]),
  ];
  return [`--gpus=${csvLine(fields.length === 0 ? ["0"] : fields)}`];
}

function healthWords(check: Fields): readonly string[] {
  const [how, command] = (check.Test ?? []) as readonly string[];
  if (how === "NONE") return ["--no-healthcheck"];
  const times = {
    interval: "Interval",
    timeout: "Timeout",
    "start-period": "StartPeriod",
    "start-interval": "StartInterval",
  };
  return [
    ...(command === undefined ? [] : [`--health-cmd=${command}`]),
    ...Object.entries(times).flatMap(([name, field]) => (check[field] ? [`--health-${name}=${check[field]}ns`] : [])),
    ...(check.Retries ? [`--health-retries=${check.Retries}`] : []),
  ];
}

function networkWords(top: Fields, host: Fields): readonly string[] {
  const config = (top.NetworkingConfig ?? {}) as { EndpointsConfig?: { readonly [name: string]: Endpoint } };
  const first = host.NetworkMode === undefined ? null : String(host.NetworkMode);
  const address = top.MacAddress === undefined ? null : String(top.MacAddress);
  return endpointWords(first, config.EndpointsConfig ?? {}, (host.Links ?? []) as readonly string[], address);
}

function each(flag: string, values: Json | undefined): readonly string[] {
  return ((values ?? []) as readonly string[]).map((value) => `--${flag}=${value}`);
}

function pairWords(flag: string, map: Json | undefined): readonly string[] {
  return Object.entries((map ?? {}) as Fields).map(([key, value]) => `--${flag}=${key}=${value}`);
}

function records(value: Json | undefined): readonly Fields[] {
  return (value ?? []) as readonly Fields[];
}
