import { dirname } from "node:path";
import { readAppFiles } from "./app-files/app-files.ts";
import type { CreateRequest } from "./docker-run/create-request.ts";
import { createRequestFromFlags, type FlagResult } from "./docker-run/create-request-from-flags.ts";
import type { ParsedFlag } from "./docker-run/parse-flags.ts";
import { isReference } from "./docker-run/values/reference.ts";
import type { FileReader } from "./file-reader.ts";
import { flagLayers, type LayeredWord, layerProblem } from "./flag-layers.ts";
import { hooksOf } from "./hooks.ts";
import { imageReference, referenceHint, splitReference } from "./image-reference.ts";
import { type IsFromKeys, withKeyBody } from "./keys/key-body.ts";
import { splitCommands } from "./keys/key-commands.ts";
import { keysRefused } from "./keys/network-mode-keys.ts";
import { durationMs, sizeBytes } from "./keys/quantities.ts";
import type { UnitKeys } from "./keys/schema.ts";
import { keysWithoutEffect } from "./keys/without-effect.ts";
import { launchable } from "./launch.ts";
import { breakersOf, checkFront, listenOf } from "./listen.ts";
import type { Obstacle } from "./obstacle.ts";
import { type PlacedPorts, placedPorts } from "./placed-ports.ts";
import type { UnitFolders } from "./read-folder.ts";
import { flagsAmong, needsOf, needsOfWrong, type PlacedNeed } from "./relations/needs.ts";
import { readyOf, respawnOf } from "./rules.ts";
import { shortStartTimeout, startTimeoutMs } from "./start-timeout.ts";
import type { Unit } from "./unit.ts";
import type { UnitFile } from "./unit-file.ts";
import { isSamePlace, type UnitProblem } from "./unit-problem.ts";
import type { Path } from "./yaml-text.ts";

export type UnitParts = {
  readonly name: string;
  readonly file: string;
  readonly read: UnitFile & { readonly keys: UnitKeys };
  readonly folders: UnitFolders;
  readonly reader: FileReader;
};

export type UnitBuilt = {
  readonly unit: Unit | null;
  readonly tagFile: string;
  readonly needs: readonly PlacedNeed[];
  readonly ports: readonly PlacedPorts[];
  /** What keeps it from being started now, whether it is valid or not. */
  readonly obstacles: readonly Obstacle[];
  readonly problems: readonly UnitProblem[];
};

/**
 * A unit from its keys, its env files and its TAG file. Precedence, low to high: image, OPTS, variables of the env files, unit
 * keys, EXTRA. A unit whose files say what cannot be launched is a valid unit that cannot start now, and says why.
 */
export async function buildUnit({ name, file, read, folders, reader }: UnitParts): Promise<UnitBuilt> {
  const problems: UnitProblem[] = [];
  const tell = (problem: Omit<UnitProblem, "unit">) => problems.push({ unit: name, ...problem });
  const tellKey = (severity: UnitProblem["severity"], path: Path, message: string, hint: string) =>
    tell({
      severity,
      code: severity === "error" ? "bad-value" : "no-effect",
      ...read.place(path, "value"),
      message,
      hint,
    });

  const keys = splitCommands(read, tell);
  const app = keys.app ?? name.replace(/@.*$/, "");
  const files = await readAppFiles({ name, file, keys, folders, reader, place: read.place }, app);
  problems.push(...files.problems);

  const layers = flagLayers(keys, files, read);
  const asked = readFlags(layers, keys, { file, read, reader, tell });
  const { words } = layers;
  const flags = asked?.result.flags ?? flagsAmong(words);
  const hooks = hooksOf(read, tell);
  const respawn = respawnOf(keys);
  if (typeof respawn === "string") tellKey("error", ["respawn_limit"], respawn, "write 10 in 5m, 10 5 or unlimited");
  const listen = listenOf(read, tell);
  const breakers = breakersOf(read, tell);
  const ready = readyOf(keys, listen);
  if ("wrong" in ready) {
    const at = read.place(["ready", ready.field], "value");
    tell({ severity: "error", code: "bad-value", ...at, message: ready.wrong, hint: "svc help unit ready" });
  }
  if (keys.networks !== undefined && keys.network_mode !== undefined)
    tellKey("error", ["network_mode"], "network_mode and networks do not go together", "take one of them out");
  // A tag that is none may be replaced by that of the TAG file, and a variable is told as one.
  if (keys.image !== undefined && !keys.image.includes("$") && !isReference(splitReference(keys.image).bare))
    tellKey("error", ["image"], `image: "${keys.image}" is no image reference`, referenceHint);
  const heard = withNetworkHeard(keys, flags, words);
  for (const { key, message, hint } of keysRefused(heard)) tellKey("error", [key], message, hint);
  for (const { path, message, hint } of keysWithoutEffect(heard)) tellKey("warning", path, message, hint);
  if (asked) checkFront(read, asked.result.request, tell);
  const reference = imageReference({ keys, files, file, place: read.place });
  const obstacles = [...files.missing, ...("ok" in reference ? [] : reference)];
  const isWrong = problems.some(({ severity }) => severity === "error");
  if (isWrong || !asked || typeof respawn === "string" || "wrong" in ready) {
    const said = { flags, words, place: read.place };
    // What is wrong itself names nobody.
    const needs = needsOfWrong({ keys, ...said }).filter(({ at }) => !problems.some((one) => isSamePlace(one, at)));
    const ports = placedPorts({ listen, ...said });
    return { unit: null, tagFile: files.tagFile, needs, ports, obstacles, problems };
  }

  const { result, isFromKeys } = asked;
  const ports = placedPorts({ flags, words, listen, place: read.place });
  const create: CreateRequest = { ...result.request, body: withKeyBody(result.request.body, keys, isFromKeys) };
  const short = shortStartTimeout(keys, ready, create.body);
  if (short !== null) {
    const hint = "take it out, or write a longer one";
    tell({
      severity: "warning",
      code: "short-start-timeout",
      ...read.place(["start_timeout"], "value"),
      message: short,
      hint,
    });
  }
  const needs = needsOf({ keys, place: read.place, request: create, flags, words });
  const warnings = result.warnings.map(({ masked }) => masked);
  const unit: Unit = {
    name,
    file,
    sources: [...new Set([file, ...reader.states.keys()])],
    description: keys.description ?? "",
    app,
    tagFile: files.tagFile,
    // The engine takes no @ in names: worker@3 runs as worker-3.
    container: create.name ?? name.replace("@", "-"),
    type: keys.type ?? "service",
    enabled: keys.enabled ?? true,
    needs: needs.map(({ need }) => need),
    after: keys.after ?? [],
    before: keys.before ?? [],
    conflicts: keys.conflicts ?? [],
    respawn,
    onBadTag: keys.on_bad_tag ?? "hold",
    ready,
    onUnhealthy: keys.on_unhealthy ?? "ignore",
    startTimeoutMs: startTimeoutMs(keys, ready, create.body),
    pullTimeoutMs: durationMs(keys.pull_timeout ?? 900) ?? 900_000,
    ...stopping(keys, create, isFromKeys),
    update: keys.update ?? "stop-first",
    listen,
    breakers,
    hooks,
    onEvent: {
      failed: keys.on_event?.failed ?? [],
      crashloop: keys.on_event?.crashloop ?? [],
      recovered: keys.on_event?.recovered ?? [],
      deployed: keys.on_event?.deployed ?? [],
      reverted: keys.on_event?.reverted ?? [],
    },
    log: { maxSizeBytes: sizeBytes(keys.log?.max_size ?? "10m") ?? 10_485_760, maxFiles: keys.log?.max_files ?? 5 },
    launch: launchable({ keys, files, reference, create, pull: result.pull, warnings }),
  };
  return { unit, tagFile: files.tagFile, needs, ports, obstacles, problems };
}

type Tell = (problem: Omit<UnitProblem, "unit">) => void;
type FlagsRead = {
  readonly result: FlagResult & { readonly ok: true };
  readonly isFromKeys: IsFromKeys;
};

/** The create request of everything that says flags; null when some of it is wrong, which is told. */
function readFlags(
  { words, problems }: ReturnType<typeof flagLayers>,
  keys: UnitKeys,
  { file, read, reader, tell }: { file: string; read: UnitFile; reader: FileReader; tell: Tell },
): FlagsRead | null {
  const result = createRequestFromFlags(
    words.map(({ word }) => word),
    {
      image: "image",
      command: Array.isArray(keys.command) ? keys.command : [],
      hostEnvironment: process.env,
      workingDirectory: dirname(file),
      readFile: (path) => reader.readSync(path),
      use: "service",
    },
  );
  const nowhere = read.place([], "value");
  const found = result.ok ? [] : result.problems.map((problem) => layerProblem(problem, words, nowhere));
  for (const { at, key, message, hint } of [...problems, ...found]) {
    const code = key === null || key === "options" ? "invalid-options" : "bad-value";
    tell({ severity: "error", code, ...at, message, hint });
  }
  for (const { code, ...warning } of result.warnings) {
    const { at, message, hint } = layerProblem(warning, words, nowhere);
    tell({ severity: "warning", code, ...at, message, hint });
  }
  if (!result.ok || problems.length > 0) return null;
  const isFromKeys: IsFromKeys = (flag) => {
    const last = result.flags.findLast(({ name }) => name === flag);
    return last !== undefined && words[last.word]?.layer === "keys";
  };
  return { result, isFromKeys };
}

/** The keys as they count: EXTRA may say another network. */
function withNetworkHeard(keys: UnitKeys, flags: readonly ParsedFlag[], words: readonly LayeredWord[]): UnitKeys {
  const said = flags.find(({ name }) => name === "network");
  return said && words[said.word]?.key !== "network_mode" ? { ...keys, network_mode: undefined } : keys;
}

/** The engine counts the grace in whole seconds; svc does not. */
function stopping(keys: UnitKeys, { body }: CreateRequest, isFromKeys: IsFromKeys) {
  const { StopSignal: signal, StopTimeout: seconds } = body;
  const grace = isFromKeys("stop-timeout") ? keys.stop_grace_period : undefined;
  return {
    stopSignal: typeof signal === "string" ? signal : null,
    stopGraceMs: durationMs(grace ?? (typeof seconds === "number" ? seconds : 10)) ?? 10_000,
  };
}
