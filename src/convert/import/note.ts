/** Where something stands in what people have; a running container has no lines. */
export type Origin = { readonly file: string; readonly line: number | null };

/** `taken`: it means the same in the unit file. `changed`: it means something else there, or was left out on purpose. */
export type Verdict = "taken" | "changed" | "not understood";

/** `hook`: a command of the host that svc does not run. `for run line`: a variable of docker's client. */
export type NoteCode = "hook" | "for run line";

/** What became of one thing. No value is in it, as it may be a secret: only names of directives, flags and variables. */
export type Note = Origin & {
  readonly what: string;
  readonly verdict: Verdict;
  readonly because: string;
  /** The key of the unit file that its comment stands at; null: at the head of the file. */
  readonly key: string | null;
  /** Of a variable or a label: its name in the map that the key is. */
  readonly name?: string;
  /** By which others of the import tell it from the rest. */
  readonly code?: NoteCode;
  /** The text as it stood there, for the comment in the unit file and nothing else. */
  readonly source?: string;
};

/** `web.service:12`. */
export function placeOf({ file, line }: Origin): string {
  const name = file.replace(/^.*\//, "");
  return line === null ? name : `${name}:${line}`;
}
