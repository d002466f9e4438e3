import { isScalar, type Pair } from "yaml";
import type { z } from "zod";
import { keyGroups, unitSchema } from "../../../unit/keys/schema.ts";
import { unsuitedKeys } from "../../../unit/keys/unsuited-keys.ts";
import { type Draft, tell, type Value } from "../draft.ts";
import type { Host } from "../host.ts";
import type { Origin } from "../note.ts";
import { type ComposeText, pairsOf } from "./compose-text.ts";
import { deployShape } from "./deploy.ts";
import type { Project } from "./project.ts";
import { restartShape } from "./restart.ts";
import { specialKeys } from "./special-keys.ts";

export type Service = {
  readonly draft: Draft;
  readonly pair: Pair;
  readonly read: ComposeText;
  readonly project: Project;
  /** Of the compose file. */
  readonly folder: string;
  /** The variables of .env. */
  readonly known: ReadonlyMap<string, string>;
  readonly host: Host;
  readonly others: readonly Draft[];
};

const taken = new Set(keyGroups.flatMap(([, keys]) => keys));
/** Keys of a unit file that Compose does not have mean nothing in a service. */
const ownKeys = new Set(
  "type enabled app env_format tag_file options ready on_unhealthy update listen breakers pre_start post_stop on_event start_timeout pull_timeout auto_remove respawn respawn_limit on_limit on_bad_tag normal_exit wants after before conflicts log".split(
    " ",
  ),
);

/** Goes through the keys of a service: most stay as they are, some say something else to svc, and some have no place in a unit. */
export function takeService(service: Service): void {
  const { draft, pair, read } = service;
  tellVariables(service);
  for (const key of Object.keys(draft.keys)) {
    const value = draft.keys[key] ?? null;
    const origin: Origin = { file: draft.file, line: lineOf(service, key) };
    const special = ownOf(specialKeys, key);
    if (!isOfItsKind(key, value)) {
      delete draft.keys[key];
      const source = `${key}: ${JSON.stringify(value)}`;
      tell(draft, "not understood", origin, [`${draft.name}: ${key}`, "this is not what the key takes"], { source });
    } else if (special) special(service, value, origin);
    else if (taken.has(key) && !ownKeys.has(key)) tell(draft, "taken", origin, [`${draft.name}: ${key}`, key], { key });
    else {
      delete draft.keys[key];
      leaveOut(draft, key, value, origin);
    }
  }
  const origin = { file: draft.file, line: read.lineOf(pair) };
  for (const key of ["restart", "networks"])
    if (!pairsOf(read.document, pair.value).some((one) => isNamed(one, key))) specialKeys[key]?.(service, null, origin);
}

const ownShapes: { readonly [key: string]: z.ZodType } = { deploy: deployShape, restart: restartShape };

/** What is changed on its way must be what Compose takes there; the rest is checked when the unit file is read. */
function isOfItsKind(key: string, value: Value): boolean {
  const own = ownOf(ownShapes, key);
  if (own) return own.safeParse(value).success;
  if (!/^(env_file|environment|networks|volumes|depends_on|label_file|security_opt)$/.test(key)) return true;
  const shape = unitSchema.shape[key as keyof typeof unitSchema.shape];
  // A home is told with more words.
  const plain = JSON.parse(JSON.stringify(value).replaceAll('"~', '"/'));
  return shape.safeParse(plain).success;
}

/** Somebody's key may be `constructor`, which every object has. */
function ownOf<T>(all: { readonly [key: string]: T }, key: string): T | undefined {
  return Object.hasOwn(all, key) ? all[key] : undefined;
}

function isNamed({ key }: Pair, name: string): boolean {
  return isScalar(key) && key.value === name;
}

function lineOf({ pair, read }: Service, key: string): number {
  return read.lineOf(pairsOf(read.document, pair.value).find((one) => isNamed(one, key)) ?? pair);
}

const harmless = /^(attach|develop|x-.*|pull_refresh_after)$/;

function leaveOut(draft: Draft, key: string, value: Value, origin: Origin): void {
  const unsuited = ownOf(unsuitedKeys, key);
  const source = `${key}: ${JSON.stringify(value)}`;
  const what = `${draft.name}: ${key}`;
  if (harmless.test(key)) {
    tell(draft, "changed", origin, [what, `${unsuited?.because ?? "it is a note"}; left out`], { source });
    return;
  }
  const because = unsuited ? `${unsuited.because}; ${unsuited.hint}` : "no such key is known";
  tell(draft, "not understood", origin, [what, because], { source });
}

function tellVariables({ draft, pair, read }: Service): void {
  for (const own of pairsOf(read.document, pair.value)) {
    const key = String(isScalar(own.key) ? own.key.value : own.key);
    for (const { line, name, by } of read.variablesIn(own.value)) {
      const origin = { file: draft.file, line };
      const what = `${draft.name}: \${${name}}`;
      if (by === "nothing known")
        tell(
          draft,
          "not understood",
          origin,
          [what, "there is no value for it in .env, and svc replaces no variables: write its value"],
          { key },
        );
      else {
        const words = by === "file" ? "its value in .env as it is now" : "its default";
        tell(draft, "changed", origin, [what, `replaced by ${words}; svc replaces no variables`], { key });
      }
    }
  }
}
