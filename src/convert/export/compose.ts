import { Document, isMap, isScalar, type Pair } from "yaml";
import type { Hook } from "../../unit/unit.ts";
import { spanOf } from "../health.ts";
import type { Value } from "../import/draft.ts";
import { keysOfRequest } from "../request-keys.ts";
import { inOrder, shape } from "../yaml-shape.ts";
import { envFilesFor } from "./env-files.ts";
import type { ExportedUnit } from "./exported.ts";
import { exportHooks } from "./hooks.ts";
import { lostKeys } from "./lost-keys.ts";
import { listenComments } from "./publish.ts";
import { relationsOf } from "./relations.ts";
import { restartPolicy, saidByPolicy, taskComments } from "./restart-policy.ts";
import { serviceName, takeNames } from "./service-names.ts";

/** One compose file for the units; what Compose cannot say stands in comments. */
export async function composeText(units: readonly ExportedUnit[]): Promise<string> {
  const document = new Document({ services: {} });
  const services = document.get("services", true) as unknown as { flow: boolean; items: Pair[] };
  services.flow = false;
  const networks = new Set<string>();
  const volumes = new Set<string>();
  for (const one of units) {
    const { keys, comments } = await serviceOf(one, units);
    for (const name of namesOf(keys.networks)) networks.add(name);
    for (const name of volumesOf(keys.volumes)) volumes.add(name);
    const pair = document.createPair(serviceName(one.unit), escaped(keys));
    if (isScalar(pair.key) && comments.length > 0)
      pair.key.commentBefore = comments.map((text) => ` ${text}`).join("\n");
    for (const key of isMap(pair.value) ? pair.value.items : []) shape(String(key.key), key.value);
    services.items.push(pair);
  }
  addOfHost(document, "network", networks);
  addOfHost(document, "volume", volumes);
  document.commentBefore = " Made by svc export --compose.";
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** That a service is a task is said by those that wait for its end. */
const said = "description type enabled depends_on wants listen pre_start post_start pre_stop post_stop".split(" ");

async function serviceOf(one: ExportedUnit, units: readonly ExportedUnit[]) {
  const { unit, launch } = one;
  const { keys: asked } = keysOfRequest({ ...launch.create, name: null });
  const { options, image, ...rest } = asked;
  const profile = /"seccomp=\{/.test(JSON.stringify(rest.security_opt ?? ""));
  const { keys: files, environment, comments } = await envFilesFor(one, rest.environment);
  const related = relationsOf(one, units);
  const hooks = exportHooks(one, "Compose", (_, hook) => composeHook(hook));
  const policy = restartPolicy(unit);
  const keys: { [key: string]: Value } = {
    image: image ?? launch.image,
    container_name: unit.container,
    ...(launch.pull === "missing" ? {} : { pull_policy: launch.pull }),
    ...files,
    ...(policy === null ? {} : { restart: policy }),
    ...(unit.enabled ? {} : { profiles: [serviceName(unit)] }),
    ...related.keys,
    ...takeNames(rest, units),
    ...(hooks.said.postStart.length === 0 ? {} : { post_start: hooks.said.postStart }),
    ...(hooks.said.preStop.length === 0 ? {} : { pre_stop: hooks.said.preStop }),
    ...(environment === undefined ? {} : { environment }),
    ...(rest.stop_grace_period === undefined ? {} : { stop_grace_period: spanOf(unit.stopGraceMs * 1e6) }),
  };
  if (environment === undefined) delete keys.environment;
  if (profile) delete keys.security_opt;
  return {
    keys: Object.fromEntries(inOrder(Object.keys(keys)).map((key) => [key, keys[key] ?? null])),
    comments: [
      ...(unit.description === "" ? [] : [unit.description]),
      ...comments,
      ...taskComments(unit, "Compose"),
      ...related.comments,
      ...(unit.enabled ? [] : [`it is not started at boot: docker compose up ${serviceName(unit)}`]),
      ...(options === undefined ? [] : [`docker run ${options} has no counterpart in Compose`]),
      ...(profile ? ["security_opt: the seccomp profile must be named as a file"] : []),
      ...listenComments(unit.listen),
      ...hooks.comments,
      ...lostKeys(one.keys, [...said, ...saidByPolicy(unit)], "Compose"),
    ],
  };
}

/** Compose has hooks in the container alone. */
function composeHook(hook: Hook): Value | null {
  if (hook.where !== "container") return null;
  const { command, user, privileged, workingDir, environment } = hook;
  return {
    command,
    ...(user === null ? {} : { user }),
    ...(privileged ? { privileged } : {}),
    ...(workingDir === null ? {} : { working_dir: workingDir }),
    ...(environment.length === 0 ? {} : { environment }),
  };
}

/** Compose replaces variables wherever a dollar sign stands. */
function escaped(value: Value): Value {
  if (typeof value === "string") return value.replaceAll("$", "$$$$");
  if (Array.isArray(value)) return (value as readonly Value[]).map(escaped);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, escaped(one)]));
}

function namesOf(networks: Value | undefined): readonly string[] {
  if (Array.isArray(networks)) return networks.map(String);
  return Object.keys((networks ?? {}) as object);
}

function volumesOf(volumes: Value | undefined): readonly string[] {
  return ((volumes ?? []) as readonly (string | { readonly type?: string; readonly source?: string })[]).flatMap(
    (one) => {
      if (typeof one !== "string") return one.type === "volume" && one.source !== undefined ? [one.source] : [];
      const [source = "", target] = one.split(":");
      return target === undefined || source.startsWith("/") ? [] : [source];
    },
  );
}

/** Compose is not to make, name or remove by the project what is the host's: `down -v` would take the data along. */
function addOfHost(document: Document, kind: "network" | "volume", names: ReadonlySet<string>): void {
  if (names.size === 0) return;
  const outside = Object.fromEntries([...names].map((name) => [name, { name, external: true }]));
  const pair = document.createPair(`${kind}s`, outside);
  if (isScalar(pair.key))
    pair.key.commentBefore = ` The host's: Compose neither makes nor removes them. Where one is missing: docker ${kind} create NAME`;
  document.add(pair);
}
