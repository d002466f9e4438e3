import { splitWords } from "./docker-run/split-words.ts";
import { durationMs } from "./keys/quantities.ts";
import type { UnitKeys } from "./keys/schema.ts";
import type { Hook, HookTime, Unit } from "./unit.ts";
import type { UnitFile } from "./unit-file.ts";
import type { UnitProblem } from "./unit-problem.ts";

const defaultTimeoutMs = 30_000;

/** What a hook is called in a unit file, and to people. */
export const hookKeys = {
  preStart: "pre_start",
  postStart: "post_start",
  preStop: "pre_stop",
  postStop: "post_stop",
} as const satisfies { readonly [when in HookTime]: string };

export type HookKey = (typeof hookKeys)[HookTime];

/**
 * The hooks of a unit file. A text is for the host's shell. A map runs in a container, as Compose has it: in the unit's own where
 * that runs, else in a one-off; `in` says otherwise.
 */
export function hooksOf(
  { keys, place }: UnitFile & { readonly keys: UnitKeys },
  tell: (problem: Omit<UnitProblem, "unit">) => void,
): Unit["hooks"] {
  const of = (when: HookTime): readonly Hook[] =>
    (keys[hookKeys[when]] ?? []).flatMap((one, at) => hookOf(one, when, at) ?? []);
  return { preStart: of("preStart"), postStart: of("postStart"), preStop: of("preStop"), postStop: of("postStop") };

  function hookOf(said: NonNullable<UnitKeys["pre_start"]>[number], when: HookTime, at: number): Hook | null {
    const plain = { timeoutMs: defaultTimeoutMs, user: null, workingDir: null, environment: [], privileged: false };
    if (typeof said === "string") return { where: "host", command: [said], ...plain };
    const key = hookKeys[when];
    const isThere = when === "postStart" || when === "preStop";
    const where = said.in ?? (isThere ? "container" : "task");
    if (where === "container" && !isThere) {
      return wrong([key, at, "in"], `${key}: its container is not there then`, "write in: task or in: host");
    }
    const command = wordsOf(said.command, where);
    if (typeof command === "string") return wrong([key, at, "command"], `${key}: ${command}`, "close it");
    if (command.length === 0)
      return wrong([key, at, "command"], `${key}: the command is empty`, "name what is to be run");
    return {
      where,
      command,
      timeoutMs: said.timeout === undefined ? defaultTimeoutMs : (durationMs(said.timeout) ?? defaultTimeoutMs),
      user: said.user ?? null,
      workingDir: said.working_dir ?? null,
      environment: variablesOf(said.environment),
      privileged: said.privileged ?? false,
    };
  }

  function wrong(path: readonly (string | number)[], message: string, hint: string): null {
    tell({ severity: "error", code: "bad-value", ...place(path, "value"), message, hint });
    return null;
  }
}

/** A string: what is wrong. */
function wordsOf(command: string | readonly string[] | undefined, where: Hook["where"]): readonly string[] | string {
  if (typeof command !== "string") return command ?? [];
  if (where === "host") return [command];
  const split = splitWords(command);
  return split.ok ? split.words : split.message;
}

function variablesOf(
  said: Extract<NonNullable<UnitKeys["pre_start"]>[number], object>["environment"],
): readonly string[] {
  if (said === undefined) return [];
  if (Array.isArray(said)) return said;
  return Object.entries(said).map(([name, value]) => (value === null ? name : `${name}=${value}`));
}
