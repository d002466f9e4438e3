export type ShellWord =
  /** `offsets` says where in the text each character of the value stands. */
  | {
      readonly value: string;
      readonly offsets: readonly number[];
      readonly end: number;
      /** Variables that are not known, for which nothing is put in. */
      readonly unset: readonly { readonly name: string; readonly at: number }[];
    }
  | { readonly message: string; readonly hint: string; readonly at: number };

/** The word that begins there, as sh reads the value of an assignment: quotes, backslashes and known variables, nothing else. */
export function readShellWord(text: string, start: number, known: ReadonlyMap<string, string>): ShellWord {
  let value = "";
  const offsets: number[] = [];
  const unset: { name: string; at: number }[] = [];
  const add = (added: string, from: number, moves: 0 | 1 = 1): void => {
    value += added;
    for (let index = 0; index < added.length; index++) offsets.push(from + index * moves);
  };
  let openedAt = -1;
  let at = start;
  for (; at < text.length; at++) {
    const character = text.charAt(at);
    const quoted = openedAt >= 0;
    if (character === "\\") {
      const next = text.charAt(at + 1);
      if (next === "\n") at++;
      else if (next === "" || (quoted && !'$`"\\'.includes(next))) add("\\", at);
      else add(next, ++at);
    } else if (character === '"') openedAt = quoted ? -1 : at;
    else if (character === "'" && !quoted) {
      const end = text.indexOf("'", at + 1);
      if (end < 0) return { at, message: "this single quote is not closed", hint: "close it" };
      add(text.slice(at + 1, end), at + 1);
      at = end;
    } else if (character === "`") return { at, ...command };
    else if (character === "$") {
      // What follows may stand on the next line.
      const ahead = text.slice(at, at + 512);
      const joined = ahead.replaceAll("\\\n", "");
      const variable = /^\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})/.exec(joined);
      if (joined.startsWith("$(")) return { at, ...command };
      // The shell's own: $$, $1, $?; and ${NAME:-…}.
      if (!variable && /^\$[{0-9$?#!@*-]/.test(joined))
        return { at, message: "this expansion is not known here", hint: "write the value, or quote it with '…'" };
      if (!variable) add("$", at);
      else {
        const name = variable[1] ?? variable[2] ?? "";
        if (!known.has(name)) unset.push({ name, at });
        add(known.get(name) ?? "", at, 0);
        at += lengthBeforeJoining(ahead, variable[0].length) - 1;
      }
    } else if (!quoted && /[ \t\n;]/.test(character)) break;
    else if (!quoted && "&|<>()".includes(character)) {
      return { at, message: `an unquoted ${character} ends the value for a shell`, hint: "quote the value" };
    } else add(character, at);
  }
  if (openedAt >= 0) return { at: openedAt, message: "this double quote is not closed", hint: "close it" };
  return { value, offsets, end: at, unset };
}

const command = {
  message: "this is a command, and nothing here is executed",
  hint: "write its result, or quote it with '…'",
};

/** How much of the text makes so many characters, where a backslash before the end of a line joins it to the next. */
function lengthBeforeJoining(text: string, length: number): number {
  let at = 0;
  for (let joined = 0; joined < length; joined++) {
    while (text.startsWith("\\\n", at)) at += 2;
    at++;
  }
  return at;
}
