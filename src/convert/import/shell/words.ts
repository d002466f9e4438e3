/** A piece of a word of a command line. What a variable stands for is found out when the command is read. */
export type Part =
  | { readonly is: "text"; readonly text: string }
  /** `quoted`: its value stays one word; else it is split at blanks, and none at all if it is empty. */
  | { readonly is: "variable"; readonly name: string; readonly fallback: string | null; readonly quoted: boolean };

export type RawWord = { readonly parts: readonly Part[]; readonly raw: string; readonly line: number };

export type Word = { readonly text: string; readonly raw: string; readonly line: number };

export type Variable = {
  /** null: only what is executed says it, or a file that cannot be read here. */
  readonly value: string | null;
  /** The file that it comes from; null: the unit itself says it. */
  readonly file: string | null;
  /** It is all that stands in the file: `$(cat FILE)`. */
  readonly isWholeFile?: boolean;
  /** Why it has no value here. */
  readonly because?: string;
};

export function whyUnknown({ known }: Variables, name: string): string {
  return known.get(name)?.because ?? "nobody says here what it is; svc replaces no variables";
}

/** Whether a variable stands in a word as it was written. */
export function isUsedIn({ raw }: Pick<Word, "raw">, name: string): boolean {
  return new RegExp(`\\$\\{?${name}\\b`).test(raw);
}

/** The variables of a command. When not all files that set some could be read, one that is not known may yet be set. */
export type Variables = { readonly known: ReadonlyMap<string, Variable>; readonly complete: boolean };

export type Expanded = {
  readonly words: readonly Word[];
  /** Variables that were replaced, and those that stay as they are because nobody knows their value. */
  readonly replaced: readonly { readonly name: string; readonly line: number }[];
  readonly unknown: readonly { readonly name: string; readonly line: number }[];
};

/** The words with their variables replaced, as a shell (and systemd) does it. */
export function expand(words: readonly RawWord[], variables: Variables): Expanded {
  const replaced: { readonly name: string; readonly line: number }[] = [];
  const unknown: { readonly name: string; readonly line: number }[] = [];
  const expanded = words.flatMap(({ parts, raw, line }) => {
    const texts: string[] = [];
    // null: no word has begun. A text that is empty because of quotes is a word, an empty variable is none.
    let text: string | null = null;
    for (const part of parts) {
      if (part.is === "text") {
        text = (text ?? "") + part.text;
        continue;
      }
      const value = knownValue(part, variables);
      (value === null ? unknown : replaced).push({ name: part.name, line });
      if (part.quoted || value === null) {
        text = (text ?? "") + (value ?? `\${${part.name}}`);
        continue;
      }
      const pieces = value.split(/[ \t\n]+/);
      for (const [at, piece] of pieces.entries()) {
        if (at > 0 && text !== null) texts.push(text);
        if (at > 0) text = null;
        if (piece !== "") text = (text ?? "") + piece;
      }
    }
    return [...texts, ...(text === null ? [] : [text])].map((one): Word => ({ text: one, raw, line }));
  });
  return { words: expanded, replaced, unknown };
}

function knownValue(
  { name, fallback }: Part & { readonly is: "variable" },
  { known, complete }: Variables,
): string | null {
  const value = known.get(name)?.value;
  if (value === null) return null;
  if (value !== undefined && !(value === "" && fallback !== null)) return value;
  if (!complete) return null;
  return fallback ?? "";
}
