import type { Stretch } from "../lines.ts";
import type { Part, RawWord } from "../shell/words.ts";
import { systemdEscape } from "./systemd-escape.ts";

export type SystemdCommand = {
  readonly words: readonly RawWord[];
  readonly mayFail: boolean;
  readonly line: number;
};

/** The commands of an Exec directive: systemd has quotes, escapes, `$NAME` and `${NAME}`, and no shell. */
export function systemdCommands(
  { text, lineAt }: Stretch,
  expandSpecifiers: (text: string) => string,
): readonly SystemdCommand[] {
  const [prefix = ""] = /^[-@:+!|]*/.exec(text) ?? [];
  const words = systemdWords(
    { text: text.slice(prefix.length), lineAt: (at) => lineAt(at + prefix.length) },
    expandSpecifiers,
  );
  const own = prefix.includes("@") ? [...words.slice(0, 1), ...words.slice(2)] : words;
  const literal = prefix.includes(":") ? own.map(withoutVariables) : own;
  const commands: RawWord[][] = [[]];
  for (const word of literal) {
    if (word.raw === ";") commands.push([]);
    else commands.at(-1)?.push(word.raw === "\\;" ? { ...word, parts: [{ is: "text", text: ";" }] } : word);
  }
  return commands
    .filter((one) => one.length > 0)
    .map((one) => ({ words: one, mayFail: prefix.includes("-"), line: one[0]?.line ?? lineAt(0) }));
}

/** Words as systemd splits them. */
export function systemdWords(
  { text, lineAt }: Stretch,
  expandSpecifiers: (text: string) => string,
): readonly RawWord[] {
  const words: RawWord[] = [];
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text.charAt(at))) {
      at++;
      continue;
    }
    const start = at;
    let value = "";
    let quote = "";
    for (; at < text.length; at++) {
      const character = text.charAt(at);
      if (quote === "" && /\s/.test(character)) break;
      if (character === "\\") {
        const escaped = systemdEscape(text.slice(at));
        value += escaped.text;
        at += escaped.length - 1;
      } else if (quote === "" && (character === '"' || character === "'")) quote = character;
      else if (character === quote) quote = "";
      else value += character;
    }
    words.push({ parts: partsOf(expandSpecifiers(value)), raw: text.slice(start, at), line: lineAt(start) });
  }
  return words;
}

/** `$NAME` is a variable only as a whole word; `${NAME}` anywhere, and stays one word. */
function partsOf(text: string): readonly Part[] {
  const whole = /^\$([A-Za-z_]\w*)$/.exec(text)?.[1];
  if (whole !== undefined) return [{ is: "variable", name: whole, fallback: null, quoted: false }];
  const parts: Part[] = [];
  for (const piece of text.split(/(\$\$|\$\{[A-Za-z_]\w*\})/)) {
    const name = /^\$\{(\w+)\}$/.exec(piece)?.[1];
    if (name !== undefined) parts.push({ is: "variable", name, fallback: null, quoted: true });
    else if (piece === "$$") parts.push({ is: "text", text: "$" });
    else if (piece !== "" || parts.length === 0) parts.push({ is: "text", text: piece });
  }
  return parts;
}

function withoutVariables(word: RawWord): RawWord {
  const parts = word.parts.map((part): Part => (part.is === "text" ? part : { is: "text", text: `\${${part.name}}` }));
  return { ...word, parts };
}
