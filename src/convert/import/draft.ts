import type { Pair } from "yaml";
import type { Note, NoteCode, Origin, Verdict } from "./note.ts";

/** The value of a key, as it is to stand in the unit file. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** How two units are related in what people have; only when all are read is it known which of them become units. */
export type Edge = {
  readonly to: string;
  readonly how: "after" | "before" | "conflicts" | "wants" | "needs" | "part of";
  readonly onLoss: "keep" | "restart" | "stop";
  readonly until: "ready" | "started" | "completed";
  readonly origin: Origin;
  readonly what: string;
  /** How it means something else in a unit; without it, it means the same. */
  readonly because?: string;
};

/** A unit file in the making. */
export type Draft = {
  /** Of the unit; that of a template ends with @. */
  readonly name: string;
  readonly file: string;
  readonly keys: { [key: string]: Value };
  /** Keys as they stand in a compose file, with their own comments; one that was not changed is pasted. */
  readonly pasted: Map<string, Pair>;
  readonly notes: Note[];
  readonly edges: Edge[];
  /** What its main commands run that is not docker. */
  readonly programs: { readonly path: string; readonly origin: Origin }[];
};

export function newDraft(name: string, file: string): Draft {
  return { name, file, keys: {}, pasted: new Map(), notes: [], edges: [], programs: [] };
}

type Said = {
  readonly key?: string | null;
  readonly name?: string;
  readonly source?: string;
  readonly code?: NoteCode;
};

/** Notes what became of one thing. */
export function tell(
  draft: Draft,
  verdict: Verdict,
  origin: Origin,
  [what, because]: readonly [what: string, because: string],
  { key = null, name, source, code }: Said = {},
): void {
  const { file, line } = origin;
  const words = { what: withInstance(what), because: withInstance(because) };
  draft.notes.push({
    file,
    line,
    ...words,
    verdict,
    key,
    ...(name === undefined ? {} : { name }),
    ...(code === undefined ? {} : { code }),
    ...(source === undefined ? {} : { source: withInstance(source) }),
  });
}

/** One more element of a key that is a list. */
export function add(draft: Draft, key: string, value: Value): void {
  const before = draft.keys[key];
  draft.keys[key] = [...(Array.isArray(before) ? (before as readonly Value[]) : []), value];
}

/** Stands for the instance of a template until the file is written, where it becomes %i. */
export const instanceMark = "\uE000";

function withInstance(text: string): string {
  return text.replaceAll(instanceMark, "%i");
}

const plainWord = /^[A-Za-z0-9_@+=:,./-]+$/;

/** One text where it reads the same, else a list of words. */
export function commandValue(words: readonly string[]): Value {
  return words.every((word) => plainWord.test(word)) && words.join(" ").length < 90 ? words.join(" ") : [...words];
}
