import { type Draft, tell } from "./draft.ts";
import type { Note, Origin } from "./note.ts";

type Left = {
  /** Where they stand. */
  readonly origin: Origin;
  /** What stands for a value that nobody knows here. */
  readonly marks: ReadonlySet<string>;
  readonly because: string;
};

/** What was noted since `from` as taken, and holds a mark that is left, is not understood after all. */
export function tellLeft(draft: Draft, { origin, marks, because }: Left, from: number): void {
  const nowhere = new Set(marks);
  const said = draft.notes.splice(from);
  const left = new Map(said.map((note) => [note, [...marks].filter((one) => holds(draft, note, one))]));
  draft.notes.push(...said.filter((note) => left.get(note)?.length === 0));
  for (const [{ what, key, ...where }, held] of left) {
    for (const one of held) nowhere.delete(one);
    if (held.length > 0) tell(draft, "not understood", where, [`${what}: ${held.join(", ")}`, because], { key });
  }
  for (const one of nowhere) tell(draft, "not understood", origin, [one, because]);
}

function holds({ keys }: Draft, { key, name, verdict }: Note, mark: string): boolean {
  if (verdict !== "taken") return false;
  const value = key === null ? null : (keys[key] ?? null);
  const own =
    value instanceof Object && name !== undefined && Object.hasOwn(value, name) ? Reflect.get(value, name) : value;
  return JSON.stringify(own).includes(mark);
}
