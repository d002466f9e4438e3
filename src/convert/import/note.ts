/** Where something stands in what people have; a running container has no lines. */
export type Origin = { readonly file: string; readonly line: number | null };

/** `taken`: it means the same in the unit file. `changed`: it means something else there, or was left out on purpose. */
export type Verdict = "taken" | "changed" | "not understood";

/** What became of one thing. No value is in it, as it may be a secret: only names of directives, flags and variables. */
export type Note = Origin & {
  readonly what: string;
  readonly verdict: Verdict;
  readonly because: string;
  /** The key of the unit file that its comment stands at; null: at the head of the file. */
  readonly key: string | null;
  /** The text as it stood there, for the comment in the unit file and nothing else. */
  readonly source?: string;
};

/** `web.service:12`. */
export function placeOf({ file, line }: Origin): string {
  const name = file.replace(/^.*\//, "");
  return line === null ? name : `${name}:${line}`;
}
