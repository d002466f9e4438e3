import type { Part } from "../shell/words.ts";

/** What supervisord puts in for `%(NAME)s`, by name. */
export type Meanings = ReadonlyMap<string, string>;

export type Expanded = {
  /** The text with what is known put in, and the rest as it stands. */
  readonly text: string;
  /** The same in parts: `%(ENV_NAME)s` is a variable of supervisord's own environment. */
  readonly parts: readonly Part[];
  /** What else stands for a value that nobody knows here. */
  readonly left: ReadonlySet<string>;
};

export const onlySupervisord = "only supervisord knows its value; put it in by hand";

/** `%(process_num)02d` and its like, and `%%`. */
export function expanded(written: string, meanings: Meanings): Expanded {
  const left = new Set<string>();
  const texts: string[] = [];
  const parts: Part[] = [];
  // What is between two expansions, and an expansion, in turn.
  for (const [at, piece] of written.split(/(%%|%\([^)]*\)[-+ #\d.]*[a-zA-Z])/).entries()) {
    const variable = at % 2 === 1 ? /^%\(ENV_(\w+)\)s$/.exec(piece)?.[1] : undefined;
    const meaning = at % 2 === 1 ? meaningOf(piece, meanings) : piece;
    if (meaning === null && variable === undefined) left.add(piece);
    texts.push(meaning ?? piece);
    if (variable !== undefined) parts.push({ is: "variable", name: variable, fallback: null, quoted: true });
    else if (at === 0 || piece !== "") parts.push({ is: "text", text: meaning ?? piece });
  }
  return { text: texts.join(""), parts, left };
}

function meaningOf(expansion: string, meanings: Meanings): string | null {
  if (expansion === "%%") return "%";
  return meanings.get(/^%\(([^)]*)\)/.exec(expansion)?.[1] ?? "") ?? null;
}

/** What of a text has no value here, variables of supervisord's environment too. */
export function unknownIn({ parts, left }: Expanded): readonly string[] {
  const variables = parts.flatMap((part) => (part.is === "variable" ? [`%(ENV_${part.name})s`] : []));
  return [...variables, ...left];
}
