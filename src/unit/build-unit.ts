import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { CreateRequest } from "./docker-run/create-request.ts";
import { createRequestFromFlags } from "./docker-run/create-request-from-flags.ts";
import { splitWords } from "./docker-run/split-words.ts";
import { type Assignment, readEnvText } from "./env-file.ts";
import { needsOf } from "./needs.ts";
import { durationMs, sizeBytes } from "./quantities.ts";
import type { UnitFolders } from "./read-units.ts";
import { readyOf, respawnOf } from "./rules.ts";
import type { UnitKeys } from "./schema.ts";
import { readTag } from "./tag-file.ts";
import type { Launch, LaunchProblem, Unit } from "./unit.ts";
import type { Place } from "./unit-file.ts";
import { unitFlags } from "./unit-flags.ts";
import type { UnitProblem } from "./unit-problem.ts";

export type UnitParts = {
  readonly name: string;
  readonly file: string;
  readonly keys: UnitKeys;
  readonly place: Place;
  readonly folders: UnitFolders;
};

/** IMAGE, OPTS, EXTRA, TAG and REPOSITORY are svc's own; every other variable of the env file goes into the container. */
const ownVariables = new Set(["IMAGE", "OPTS", "EXTRA", "TAG", "REPOSITORY"]);

/**
 * A unit from its keys, its env files and its TAG file. Precedence, low to high: image, OPTS, variables of the env files, unit
 * keys, EXTRA. A unit whose files say what cannot be launched is a valid unit that cannot start now, and says why.
 */
export async function buildUnit(
  parts: UnitParts,
): Promise<{ readonly unit: Unit | null; readonly problems: readonly UnitProblem[] }> {
  const { name, file, keys, place, folders } = parts;
  const problems: UnitProblem[] = [];
  const app = keys.app ?? name.replace(/@.*$/, "");
  const env = await readEnvFiles(parts, app, problems);
  const tagPath = keys.tag_file ? resolve(dirname(file), keys.tag_file) : join(folders.wwwDir, app, "TAG");
  const tagRead = await readTag(tagPath);
  if (tagRead && !tagRead.ok) {
    const at = { line: tagRead.line, column: 1, length: 0, source: "" };
    problems.push({
      unit: name,
      severity: "warning",
      code: "invalid-tag-file",
      file: tagPath,
      ...at,
      message: tagRead.message,
      hint: "write: export TAG=build-42",
    });
  }
  const opts = wordsOf("OPTS", env.variables, problems, env.fileOf, name);
  const extra = wordsOf("EXTRA", env.variables, problems, env.fileOf, name);
  const own = keys.options === undefined ? [] : splitKey(keys.options, parts, problems);
  const variables = [...env.variables.values()]
    .filter((one) => !ownVariables.has(one.name))
    .map((one) => `--env=${one.name}=${one.value}`);
  const words = [...opts, ...variables, ...own, ...unitFlags(keys), ...extra];
  const request = createRequestFromFlags(words, {
    image: "image",
    command: commandOf(keys.command),
    hostEnvironment: process.env,
    workingDirectory: dirname(file),
    readFile: (path) => readFileSync(path, "utf8"),
    use: "service",
  });
  if (!request.ok) {
    for (const { word, message, hint } of request.problems) {
      const at = placeOfWord(word, { opts: opts.length, variables: variables.length, own: own.length }, parts, env);
      problems.push({ unit: name, severity: "error", code: "invalid-options", ...at, message, hint });
    }
  }
  for (const [key, at] of [
    ["start_timeout", keys.start_timeout],
    ["stop_grace_period", keys.stop_grace_period],
    ["pull_timeout", keys.pull_timeout],
  ] as const) {
    if (at !== undefined && durationMs(at) === null)
      problems.push(badKey(parts, key, `${key}: "${at}" is no duration`, "write 10s, 1m30s or 500ms"));
  }
  const rules = { respawn: respawnOf(keys), ready: readyOf(keys) };
  if (typeof rules.respawn === "string")
    problems.push(badKey(parts, "respawn_limit", rules.respawn, "write 10 in 5m, 10 5 or unlimited"));
  if (typeof rules.ready === "string") problems.push(badKey(parts, "ready", rules.ready, "svc help unit ready"));
  if (keys.restart !== undefined && keys.restart !== "no" && keys.restart !== false) {
    const message = "restart has no effect here: svc respawns by its own rules";
    problems.push({
      ...badKey(parts, "restart", message, "use respawn, respawn_limit and on_limit"),
      severity: "warning",
    });
  }
  if (
    problems.some((problem) => problem.severity === "error") ||
    !request.ok ||
    typeof rules.respawn === "string" ||
    typeof rules.ready === "string"
  ) {
    return { unit: null, problems };
  }
  for (const warning of request.warnings)
    problems.push({ ...badKey(parts, "options", warning, ""), severity: "warning" });

  // The engine takes no @ in names: worker@3 runs as worker-3.
  const container = request.request.name ?? name.replace("@", "-");
  const { StopSignal, StopTimeout } = request.request.body;
  const image = imageOf(
    keys,
    env.variables,
    tagRead?.ok ? tagRead.tag : null,
    keys.tag_file !== undefined ? tagPath : null,
  );
  const missing =
    env.missing ??
    (tagRead && !tagRead.ok
      ? problemOf("invalid-tag-file", `${tagPath}: ${tagRead.message}`, "write: export TAG=build-42")
      : null);
  const unit: Unit = {
    name,
    file,
    sources: [file, ...env.files, tagPath],
    description: keys.description ?? "",
    app,
    container,
    type: keys.type ?? "service",
    enabled: keys.enabled ?? true,
    needs: needsOf(keys, request.request, request.flags),
    after: keys.after ?? [],
    before: keys.before ?? [],
    conflicts: keys.conflicts ?? [],
    respawn: rules.respawn,
    ready: rules.ready,
    onUnhealthy: keys.on_unhealthy ?? "ignore",
    startTimeoutMs: durationMs(keys.start_timeout ?? 60) ?? 60_000,
    pullTimeoutMs: durationMs(keys.pull_timeout ?? 900) ?? 900_000,
    stopSignal: typeof StopSignal === "string" ? StopSignal : null,
    stopGraceMs: durationMs(keys.stop_grace_period ?? (typeof StopTimeout === "number" ? StopTimeout : 10)) ?? 10_000,
    log: { maxSizeBytes: sizeBytes(keys.log?.max_size ?? "10m") ?? 10_485_760, maxFiles: keys.log?.max_files ?? 5 },
    launch: missing ?? launchOf(image, request, keys, env.variables),
  };
  return { unit, problems };

  function placeOfWord(
    word: number,
    counts: { opts: number; variables: number; own: number },
    { keys: unitKeys }: UnitParts,
    read: EnvRead,
  ): Pick<UnitProblem, "file" | "line" | "column" | "length" | "source"> {
    const inOpts = word < counts.opts;
    const inUnit = word < counts.opts + counts.variables + counts.own + unitFlags(unitKeys).length;
    const from = inOpts ? read.variables.get("OPTS") : inUnit ? undefined : read.variables.get("EXTRA");
    if (from)
      return {
        file: read.fileOf(from.name),
        line: from.line,
        column: from.valueColumn,
        length: 1,
        source: `${from.name}=…`,
      };
    const key = word < counts.opts + counts.variables + counts.own ? "options" : "image";
    return { file, ...place([key], "value") };
  }
}

type EnvRead = {
  readonly variables: ReadonlyMap<string, Assignment>;
  readonly files: readonly string[];
  readonly missing: LaunchProblem | null;
  readonly fileOf: (name: string) => string;
};

async function readEnvFiles(
  { name, file, keys, folders }: UnitParts,
  app: string,
  problems: UnitProblem[],
): Promise<EnvRead> {
  const named = keys.env_file?.map((path) => resolve(dirname(file), path));
  const files = named ?? [join(folders.defaultDir, app)];
  const variables = new Map<string, Assignment>();
  const origin = new Map<string, string>();
  let missing: LaunchProblem | null = null;
  for (const path of files) {
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => error);
    if (text instanceof Error) {
      if (text.code !== "ENOENT" && text.code !== "ENOTDIR") {
        missing = problemOf(
          "missing-file",
          `${path} cannot be read: ${text.message}`,
          "make it a file that root can read",
        );
      } else if (named)
        missing = problemOf(
          "missing-file",
          `there is no env file ${path}`,
          `write it, or take env_file out of ${file}`,
        );
      continue;
    }
    const read = readEnvText(text, keys.env_format ?? "sh");
    for (const { line, column, message, hint } of read.problems) {
      // Any line may hold a secret, also one without a name: only the name of an assignment is shown.
      const source = /^\s*(?:export\s+)?[A-Za-z_]\w*=/.exec(text.split("\n")[line - 1] ?? "")?.[0].concat("…") ?? "…";
      problems.push({
        unit: name,
        severity: "error",
        code: "invalid-env-file",
        file: path,
        line,
        column,
        length: 1,
        message,
        hint,
        source,
      });
    }
    for (const assignment of read.assignments) {
      variables.set(assignment.name, assignment);
      origin.set(assignment.name, path);
    }
  }
  return { variables, files, missing, fileOf: (variable) => origin.get(variable) ?? files[0] ?? file };
}

function wordsOf(
  name: "OPTS" | "EXTRA",
  variables: ReadonlyMap<string, Assignment>,
  problems: UnitProblem[],
  fileOf: (name: string) => string,
  unit: string,
): readonly string[] {
  const found = variables.get(name);
  if (!found) return [];
  const split = splitWords(found.value);
  if (split.ok) return split.words;
  const at = { file: fileOf(name), line: found.line, column: found.valueColumn, length: 1, source: `${name}=…` };
  problems.push({
    unit,
    severity: "error",
    code: "invalid-options",
    ...at,
    message: `${name}: ${split.message}`,
    hint: "close it",
  });
  return [];
}

function splitKey(options: string, parts: UnitParts, problems: UnitProblem[]): readonly string[] {
  const split = splitWords(options);
  if (split.ok) return split.words;
  problems.push(badKey(parts, "options", `options: ${split.message}`, "close it"));
  return [];
}

function badKey({ name, file, place }: UnitParts, key: string, message: string, hint: string): UnitProblem {
  return { unit: name, severity: "error", code: "bad-value", file, ...place([key], "value"), message, hint };
}

function commandOf(command: string | readonly string[] | undefined): readonly string[] {
  if (command === undefined) return [];
  if (typeof command !== "string") return command;
  const split = splitWords(command);
  return split.ok ? split.words : [command];
}

type ImageRead = { readonly image: string; readonly tag: string | null } | LaunchProblem;

/** [REPOSITORY/]IMAGE[:TAG]; the TAG file wins over TAG in the env file, and that over a tag in the reference. */
function imageOf(
  keys: UnitKeys,
  variables: ReadonlyMap<string, Assignment>,
  fileTag: string | null,
  mustExist: string | null,
): ImageRead {
  const repository = variables.get("REPOSITORY")?.value;
  const named = keys.image ?? variables.get("IMAGE")?.value ?? "";
  if (named === "")
    return problemOf("missing-image", "no image is named", "set image: in the unit file, or IMAGE in the env file");
  const full =
    repository && !named.startsWith(`${repository}/`) && keys.image === undefined ? `${repository}/${named}` : named;
  if (mustExist !== null && fileTag === null)
    return problemOf("missing-tag", `there is no tag in ${mustExist}`, `echo "export TAG=…" > ${mustExist}`);
  const tag = fileTag ?? (keys.image === undefined ? variables.get("TAG")?.value : undefined);
  const split = /^(.*?)(?::([^/:@]+))?(@sha256:[0-9a-f]{64})?$/.exec(full);
  const [, bare = full, ownTag, digest] = split ?? [];
  if (digest) return { image: full, tag: ownTag ?? null };
  const chosen = tag ?? ownTag ?? null;
  return { image: chosen === null ? bare : `${bare}:${chosen}`, tag: chosen };
}

function launchOf(
  image: ImageRead,
  read: { readonly request: CreateRequest; readonly pull: Launch["pull"] | null; readonly warnings: readonly string[] },
  keys: UnitKeys,
  variables: ReadonlyMap<string, Assignment>,
): Launch | LaunchProblem {
  if ("ok" in image) return image;
  const test = keys.healthcheck?.test;
  const health =
    Array.isArray(test) && test[0] === "CMD"
      ? { Healthcheck: { ...(read.request.body.Healthcheck as object), Test: test } }
      : {};
  const entrypoint = Array.isArray(keys.entrypoint) ? { Entrypoint: keys.entrypoint } : {};
  const host = keys.auto_remove ? { HostConfig: { ...read.request.body.HostConfig, AutoRemove: true } } : {};
  const body = { ...read.request.body, ...health, ...entrypoint, ...host, Image: image.image };
  const create: CreateRequest = { ...read.request, body };
  const pull = read.pull ?? "missing";
  const env = [...variables.values()].filter((one) => one.name !== "TAG").map((one) => `${one.name}=${one.value}`);
  return {
    ok: true,
    image: image.image,
    tag: image.tag,
    pull,
    create,
    revision: digest({ create, pull }),
    parts: { unit: digest(keys).slice(0, 12), env: digest(env).slice(0, 12), tag: digest(image.tag).slice(0, 12) },
    warnings: read.warnings,
  };
}

function digest(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(value) ?? "")
    .digest("hex");
}

function problemOf(code: string, message: string, hint: string): LaunchProblem {
  return { ok: false, code, message, hint };
}
