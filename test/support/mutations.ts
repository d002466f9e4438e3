import fc from "fast-check";

/** What makes trouble in texts of any grammar. */
const trouble = [
  ...["", " ", "\t", "\n", "\r\n", "\0", "\u2028", "\uFEFF", "\uD800", "é", "日本", "👩‍👩‍👧", "\u202E"],
  ...["'", '"', "`", "\\", "\\\n", "$", "${", "$(", "$$", "}", "#", "=", ";", "&", "*a", "&a", "<<: *a", "%i", "%"],
  ...[":", ": ", "- ", "[", "]", "{", "}", "|", ">", "!!", "---", "...", "?", "~", "@", "-", "--", "/", "..", "x-"],
  ...[
    "0",
    "-1",
    "1e999",
    "0x7f",
    "99999999999999999999",
    "1.5",
    ".nan",
    "null",
    "true",
    "no",
    "10m",
    "5s",
    "__proto__",
    "constructor",
  ],
];

type Mutation =
  | { readonly how: "insert" | "replace"; readonly at: number; readonly text: string }
  | { readonly how: "cut" | "repeat" | "swap"; readonly at: number; readonly length: number };

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({
    how: fc.constantFrom("insert" as const, "replace" as const),
    at: fc.nat(10_000),
    text: fc.oneof(fc.constantFrom(...trouble), fc.string({ unit: "binary", maxLength: 4 })),
  }),
  fc.record({
    how: fc.constantFrom("cut" as const, "repeat" as const, "swap" as const),
    at: fc.nat(10_000),
    length: fc.nat(60),
  }),
);

/** A good text with a few things done to it, or the one half of it with the other half of another. */
export function mutated(seeds: readonly string[]): fc.Arbitrary<string> {
  const seed = fc.constantFrom(...seeds);
  return fc
    .tuple(seed, seed, fc.nat(9), fc.array(mutation, { maxLength: 6, size: "max" }))
    .map(([one, other, how, mutations]) => {
      const text = how === 0 ? one.slice(0, one.length / 2) + other.slice(other.length / 2) : one;
      return mutations.reduce(mutate, text);
    });
}

function mutate(text: string, mutation: Mutation): string {
  const at = mutation.at % (text.length + 1);
  if ("text" in mutation)
    return text.slice(0, at) + mutation.text + text.slice(mutation.how === "insert" ? at : at + 1);
  const [before, piece] = [text.slice(0, at), text.slice(at, at + mutation.length)];
  const after = text.slice(at + mutation.length);
  if (mutation.how === "cut") return before + after;
  if (mutation.how === "repeat") return before + piece.repeat(1 + (mutation.length % 5)) + after;
  return before + after + piece;
}
