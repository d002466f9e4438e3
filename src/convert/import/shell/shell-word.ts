import type { Part, RawWord } from "./words.ts";

/** A word with its quotes taken off. */
export function readWord(
  text: string,
  start: number,
  lineAt: (offset: number) => number,
): {
  readonly word: RawWord;
  readonly end: number;
  readonly isReadable: boolean;
  readonly substitutes: readonly string[];
} {
  const parts: Part[] = [];
  let isReadable = true;
  const substitutes: string[] = [];
  let isQuoted = false;
  let at = start;
  const addText = (more: string): void => {
    const last = parts.at(-1);
    if (last?.is === "text") parts[parts.length - 1] = { is: "text", text: last.text + more };
    else parts.push({ is: "text", text: more });
  };
  for (; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "\\") {
      const next = text.charAt(at + 1);
      if (isQuoted && !'$`"\\\n'.includes(next)) addText("\\");
      else {
        if (next !== "\n") addText(next);
        at++;
      }
    } else if (character === '"') {
      isQuoted = !isQuoted;
      addText("");
    } else if (character === "'" && !isQuoted) {
      const end = text.indexOf("'", at + 1);
      if (end < 0) return { word: wordOf(text.length), end: text.length, isReadable: false, substitutes };
      addText(text.slice(at + 1, end));
      at = end;
    } else if (character === "`" || text.startsWith("$(", at)) {
      const end = character === "$" ? endOfSubstitution(text, at + 1) : text.indexOf("`", at + 1);
      const last = end < 0 ? text.length - 1 : end;
      substitutes.push(text.slice(at, last + 1));
      addText(text.slice(at, last + 1));
      at = last;
    } else if (character === "$") {
      const variable = /^\$(?:([A-Za-z_]\w*|[0-9])|\{([A-Za-z_]\w*)(?::?-([^}$`"'\\]*))?\})/.exec(text.slice(at));
      const [found = "", plain, braced, fallback = null] = variable ?? [];
      const name = plain ?? braced;
      if (name !== undefined) {
        parts.push({ is: "variable", name, fallback, quoted: isQuoted });
        at += found.length - 1;
      } else {
        if (/^\$[{#?@*!$-]/.test(text.slice(at))) isReadable = false;
        addText(character);
      }
    } else if (!isQuoted && /[\s;&|<>()]/.test(character)) break;
    else addText(character);
  }
  return { word: wordOf(at), end: at, isReadable: isReadable && !isQuoted, substitutes };

  function wordOf(end: number): RawWord {
    return { parts, raw: text.slice(start, end), line: lineAt(start) };
  }
}

function endOfSubstitution(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text.charAt(at) === "(") depth++;
    if (text.charAt(at) === ")" && --depth === 0) return at;
  }
  return text.length - 1;
}
