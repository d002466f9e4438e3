import type { Json, JsonObject } from "./create-request.ts";
import { type Draft, type Fields, isEmpty, put } from "./draft.ts";
import { flags } from "./flags.ts";
import type { FlagProblem } from "./parse-flags.ts";
import { attempt, type Surroundings, type Values } from "./read-values.ts";
import {
  checkNamespace,
  healthFlags,
  namespaces,
  placeHealthcheck,
  placeLogging,
  placeRestart,
  placeSwappiness,
} from "./running-fields.ts";
import { checkMacAddress } from "./values/addresses.ts";
import { readCapabilities, securityFields } from "./values/kernel.ts";
import { type Attachment, readEndpoints } from "./values/networks.ts";
import { cut, pairs } from "./values/pair.ts";
import type { PublishedPort } from "./values/ports.ts";
import { readVolumes } from "./values/volumes.ts";

/** The body of the create request but for the image and the command. Only what was asked for is in it. */
export function containerFields(values: Values, surroundings: Surroundings, problems: FlagProblem[]): JsonObject {
  const draft: Draft = { top: {}, host: {}, endpoints: {} };
  const step = (names: string, run: () => void) => {
    const [flag = "", ...others] = names.split(" ");
    attempt(problems, values.word(flag, ...others), `--${flag}`, run);
  };

  placePlainFields(values, draft);
  placeCommand(values, draft);
  placeEnvironment(values, draft);
  placeLabels(values, draft);
  placePorts(values, draft);
  placeVolumes(values, draft, surroundings);
  placeDevices(values, draft);
  placeSecurity(values, draft);
  step("log-driver log-opt", () => placeLogging(values, draft));
  step(`no-healthcheck health-cmd ${Object.keys(healthFlags).join(" ")}`, () => placeHealthcheck(values, draft));
  step("restart", () => placeRestart(values, draft));
  step("memory-swappiness", () => placeSwappiness(values, draft));
  for (const flag of Object.keys(namespaces)) step(flag, () => checkNamespace(values, flag));
  step("mac-address", () => placeMacAddress(values, draft));
  step(`network ${networkDetails}`, () => placeNetworks(values, draft));

  return {
    ...draft.top,
    ...(isEmpty(draft.host) ? {} : { HostConfig: draft.host }),
    ...(isEmpty(draft.endpoints) ? {} : { NetworkingConfig: { EndpointsConfig: draft.endpoints } }),
  };
}

function placePlainFields(values: Values, draft: Draft): void {
  for (const { name, field, kind } of flags) {
    if (field === null || !values.has(name)) continue;
    const [first = "", second] = field.split(".");
    const value = kind === "list" ? [...values.all(name)] : values.last(name);
    if (!value) continue;
    if (second === undefined) draft.top[first] = value;
    else draft.host[second] = value;
  }
  put(draft.host, "CapAdd", readCapabilities(values.texts("cap-add")));
  put(draft.host, "CapDrop", readCapabilities(values.texts("cap-drop")));
  put(draft.host, "Annotations", pairs(values.texts("annotation")));
  put(draft.host, "Sysctls", pairs(values.texts("sysctl")));
  put(draft.host, "StorageOpt", pairs(values.texts("storage-opt")));
  put(draft.host, "Ulimits", ulimits(values));
  put(draft.host, "Tmpfs", Object.fromEntries(values.texts("tmpfs").map(splitTmpfs)));
  if (values.has("init")) draft.host.Init = values.last("init");
  if (values.has("stop-timeout")) draft.top.StopTimeout = values.last("stop-timeout");
}

// A limit given twice counts once, and docker sends them by name.
function ulimits(values: Values): readonly Json[] {
  const byName = new Map((values.all("ulimit") as { Name: string }[]).map((limit) => [limit.Name, limit]));
  return [...byName.keys()].sort().map((name) => byName.get(name) ?? null);
}

function splitTmpfs(text: string): [string, string] {
  const colon = text.indexOf(":");
  return colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
}

function placeCommand(values: Values, { top }: Draft): void {
  // An empty entrypoint is not the same as none: it takes the image's away.
  if (values.has("entrypoint")) top.Entrypoint = [values.text("entrypoint")];
  for (const stream of values.texts("attach"))
    top[`Attach${stream === "stdin" ? "Stdin" : stream === "stdout" ? "Stdout" : "Stderr"}`] = true;
  if (values.last("detach") === true) return;
  if (values.last("interactive") === true) top.AttachStdin = true;
  if (top.OpenStdin && top.AttachStdin) top.StdinOnce = true;
}

function placeEnvironment(values: Values, { top }: Draft): void {
  const fromFiles = values.all("env-file").flatMap((variables) => variables as readonly string[]);
  // The CLI puts what -e says into a map, so of one name the last counts; what files say is sent as it stands.
  const byName = new Map(values.texts("env").map((text) => [cut(text, "=").before, text]));
  put(top, "Env", [...fromFiles, ...byName.values()]);
}

function placeLabels(values: Values, { top }: Draft): void {
  const fromFiles = values.all("label-file").flatMap((labels) => labels as readonly string[]);
  put(top, "Labels", pairs([...fromFiles, ...values.texts("label")]));
}

function placePorts(values: Values, { top, host }: Draft): void {
  const exposed: Fields = {};
  const bindings: { [port: string]: Json[] } = {};
  const published = values.all("publish").flatMap((ports) => ports as readonly PublishedPort[]);
  for (const { port, HostIp, HostPort } of published) {
    exposed[port] = {};
    bindings[port] = [...(bindings[port] ?? []), { HostIp, HostPort }];
  }
  for (const ports of values.all("expose")) for (const port of ports as string[]) exposed[port] = {};
  put(top, "ExposedPorts", exposed);
  put(host, "PortBindings", bindings);
}

function placeVolumes(values: Values, { top, host }: Draft, { workingDirectory }: Surroundings): void {
  const { binds, anonymous } = readVolumes(values.texts("volume"), workingDirectory);
  put(host, "Binds", binds);
  put(top, "Volumes", Object.fromEntries(anonymous.map((target) => [target, {}])));
}

function placeDevices(values: Values, { host }: Draft): void {
  const devices = values.all("device");
  const vendors = devices.filter((device) => typeof device === "string");
  put(
    host,
    "Devices",
    devices.filter((device) => typeof device !== "string"),
  );
  const requested = vendors.length === 0 ? [] : [{ Driver: "cdi", DeviceIDs: vendors }];
  put(host, "DeviceRequests", [...values.all("gpus"), ...requested]);
}

function placeSecurity(values: Values, { host }: Draft): void {
  const { options, showsSystemPaths } = securityFields(values.texts("security-opt"));
  put(host, "SecurityOpt", options);
  if (showsSystemPaths) Object.assign(host, { MaskedPaths: [], ReadonlyPaths: [] });
}

// Engines before API 1.44 read the address from the top, later ones from the network's endpoint.
function placeMacAddress(values: Values, { top }: Draft): void {
  const address = values.text("mac-address");
  if (address !== "") top.MacAddress = checkMacAddress(address.trim());
}

const networkDetails = "network-alias link-local-ip ip ip6 mac-address";

function placeNetworks(values: Values, { host, endpoints }: Draft): void {
  const networks = values.all("network") as Attachment[];
  const found = readEndpoints(networks, {
    aliases: values.texts("network-alias"),
    links: values.texts("link"),
    ip: values.text("ip"),
    ip6: values.text("ip6"),
    macAddress: values.text("mac-address"),
    linkLocal: values.texts("link-local-ip"),
    driverOptions: {},
    gatewayPriority: 0,
  });
  Object.assign(endpoints, found);
  const first = networks[0]?.name ?? "default";
  if (first !== "default") host.NetworkMode = first;
}
