import { emitKeypressEvents, type Interface, type Key } from "node:readline";

/** So long an Esc may be the beginning of a key whose rest is on its way. */
const escapeMs = 100;
const withCtrl = ["c", "l", "u", "z"];
const named = ["up", "down", "pageup", "pagedown", "home", "end", "return", "escape", "backspace"];

/** Tells each key that is typed, as `Happening` names them, until the returned function is called. */
export function readKeys(typed: NodeJS.ReadableStream, onKey: (key: string) => void): () => void {
  const press = (character: string | undefined, key: Key): void => {
    for (const name of namesOf(character, key)) onKey(name);
  };
  emitKeypressEvents(typed, { escapeCodeTimeout: escapeMs } as unknown as Interface);
  typed.on("keypress", press);
  return () => typed.off("keypress", press);
}

function namesOf(character: string | undefined, key: Key): readonly string[] {
  const { ctrl, meta, sequence = "" } = key;
  // What follows an Esc at once is taken for one key with it. Here there is no such key: both were pressed.
  const rest = sequence.slice(1);
  if (sequence.startsWith("\x1b\x1b") && rest.length > 1)
    return ["escape", ...namesOf(undefined, { ...key, sequence: rest })];
  if (meta && sequence.length === 2 && key.name !== "escape")
    return ["escape", ...namesOf(rest, { ...key, meta: false, sequence: rest })];
  if (ctrl) return withCtrl.includes(key.name ?? "") ? [`ctrl-${key.name}`] : [];
  const name = key.name === "enter" ? "return" : (key.name ?? "");
  if (named.includes(name)) return [name];
  const isCharacter =
    character !== undefined && [...character].length === 1 && character >= " " && character !== "\x7f";
  return isCharacter ? [character] : [];
}
