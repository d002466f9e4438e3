import { locateWords } from "../docker-run/split-words.ts";
import type { UnitFile } from "../unit-file.ts";
import type { UnitProblem } from "../unit-problem.ts";
import type { UnitKeys } from "./schema.ts";

/** The keys with command and entrypoint as lists of words, as Compose splits them. An empty command is none. */
export function splitCommands(
  { keys, placeWithin }: UnitFile & { readonly keys: UnitKeys },
  tell: (problem: Omit<UnitProblem, "unit">) => void,
): UnitKeys {
  const { command, entrypoint, ...others } = keys;
  return { ...others, ...wordsOf("command", command), ...wordsOf("entrypoint", entrypoint) };

  function wordsOf(key: "command" | "entrypoint", value: UnitKeys["command"]): Partial<UnitKeys> {
    if (value === undefined) return {};
    if (typeof value !== "string") return { [key]: value };
    const split = locateWords(value);
    if (split.ok) return { [key]: split.words.map(({ word }) => word) };
    const at = placeWithin([key], split.offset, split.offset + 1);
    tell({ severity: "error", code: "bad-value", ...at, message: `${key}: ${split.message}`, hint: "close it" });
    return {};
  }
}
