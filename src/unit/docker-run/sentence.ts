/** What is the case, in words that quote what the user wrote; `masked` quotes nothing, for texts that may hold secrets. */
export type Sentence = { readonly text: string; readonly masked: string };

/** A sentence in which every text that is put in is the user's own. Numbers and lists of names are ours, and are never masked. */
export function say(
  words: TemplateStringsArray,
  ...put: readonly (string | number | bigint | readonly string[])[]
): Sentence {
  const shown = put.map((one) => (Array.isArray(one) ? one.join(", ") : String(one)));
  const hidden = put.map((one, index) => (typeof one === "string" ? "…" : (shown[index] ?? "")));
  return { text: String.raw({ raw: words }, ...shown), masked: String.raw({ raw: words }, ...hidden) };
}

export function plain(text: string): Sentence {
  return { text, masked: text };
}

/** A path is no secret, and without it nobody knows what is missing: what looks like one is shown in `masked` too. */
export function path(text: string): string | readonly string[] {
  return /^(\.{0,2}\/[^=]*|[\w.@~+/-]+)$/.test(text) ? [text] : text;
}
