import { type Draft, tell } from "../draft.ts";
import type { Note } from "../note.ts";
import { hostSpecifiers } from "./specifiers.ts";
import type { Directive } from "./unit-lines.ts";

/** What was noted of a directive since `from` as taken, and holds specifiers that only the host knows, is not understood after all. */
export function tellLeftSpecifiers(draft: Draft, directive: Directive, from: number): void {
  const specifiers = new Set([...directive.text.matchAll(hostSpecifiers)].map(([, letter]) => `%${letter}`));
  const nowhere = new Set(specifiers);
  const said = draft.notes.splice(from);
  const left = new Map(said.map((note) => [note, [...specifiers].filter((one) => holds(draft, note, one))]));
  draft.notes.push(...said.filter((note) => left.get(note)?.length === 0));
  for (const [{ what, key, ...origin }, held] of left) {
    for (const one of held) nowhere.delete(one);
    if (held.length > 0) tell(draft, "not understood", origin, [`${what}: ${held.join(", ")}`, because], { key });
  }
  for (const one of nowhere) tell(draft, "not understood", directive, [one, because]);
}

const because = "its value is the host's; put it in by hand";

function holds({ keys }: Draft, { key, name, verdict }: Note, specifier: string): boolean {
  if (verdict !== "taken") return false;
  const value = key === null ? null : (keys[key] ?? null);
  const own = value instanceof Object && name !== undefined && name in value ? Reflect.get(value, name) : value;
  return JSON.stringify(own).includes(specifier);
}
