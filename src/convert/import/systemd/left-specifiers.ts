import { type Draft, tell } from "../draft.ts";
import type { Note } from "../note.ts";
import { hostSpecifiers } from "./specifiers.ts";
import type { Directive } from "./unit-lines.ts";

/** What was noted of a directive since `from` as taken, and holds a specifier that only the host knows, is not understood after all. */
export function tellLeftSpecifiers(draft: Draft, directive: Directive, from: number): void {
  const letter = hostSpecifiers.exec(directive.text)?.[1];
  if (letter === undefined) return;
  const specifier = `%${letter}`;
  const said = draft.notes.splice(from);
  const left = said.filter((note) => note.verdict === "taken" && holds(draft, note, specifier));
  draft.notes.push(...said.filter((note) => !left.includes(note)));
  for (const { what, key, ...origin } of left)
    tell(draft, "not understood", origin, [`${what}: ${specifier}`, because], { key });
  if (left.length === 0) tell(draft, "not understood", directive, [specifier, because]);
}

const because = "its value is the host's; put it in by hand";

/** Of variables and labels the note names the one. */
function holds({ keys }: Draft, { key, what }: Note, specifier: string): boolean {
  const value = key === null ? null : (keys[key] ?? null);
  const name = /^--(?:env|label) (.+)$/.exec(what)?.[1];
  const own = value instanceof Object && name !== undefined && name in value ? Reflect.get(value, name) : value;
  return JSON.stringify(own).includes(specifier);
}
