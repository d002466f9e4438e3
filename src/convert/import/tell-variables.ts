import { tell } from "./draft.ts";
import type { Command, Job } from "./job.ts";
import { type Expanded, isUsedIn, type Word, whyUnknown } from "./shell/words.ts";

export type Used = Pick<Expanded, "replaced" | "unknown"> & {
  readonly words: readonly Word[];
  /** The key that says a word. */
  readonly keyOf: ReadonlyMap<Word, string>;
  /** The variable that is what tag_file follows. */
  readonly tag: string | null;
};

/** What became of the variables of a docker run line, each at the key that it is in; the head of the file is for those in several. */
export function tellVariables(job: Job, command: Command, used: Used): void {
  const { draft, variables } = job;
  const { replaced, unknown, words, keyOf } = used;
  // What another variable holds may come from one that is not known.
  const image = words.find((word) => keyOf.get(word) === "image");
  const within = [...(image?.text ?? "").matchAll(/\$\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    line: image?.line ?? 0,
  }));
  const lost = [...unknown, ...within];
  const isTold = new Set<string>();
  for (const { name, line } of [...lost, ...replaced]) {
    if (isTold.has(name) || isAdopted(job, name, { command, used })) continue;
    isTold.add(name);
    const origin = { file: draft.file, line };
    const key = within.some((one) => one.name === name) ? "image" : keyWith(name, used);
    const file = variables.known.get(name)?.file;
    if (lost.some((one) => one.name === name))
      tell(draft, "not understood", origin, [`$${name}`, whyUnknown(variables, name)], { key });
    else if (file === undefined)
      tell(draft, "changed", origin, [`$${name}`, "it is not set, so there is nothing in its place"], { key });
    else if (file !== null)
      tell(
        draft,
        "changed",
        origin,
        [`$${name}`, `its value is that of ${file} as it is now; svc does not follow the file`],
        { key },
      );
  }
}

function keyWith(name: string, { words, keyOf }: Used): string | null {
  const keys = new Set(words.filter((word) => isUsedIn(word, name)).map((word) => keyOf.get(word)));
  if (keys.has("image")) return "image";
  const [key = null, ...others] = keys;
  return others.length === 0 ? key : null;
}

type Where = { readonly command: Command; readonly used: Used };

/** The unit follows the file that says it: it is the image's tag and nothing else, or a variable of svc's own in an env file. */
function isAdopted({ draft, variables }: Job, name: string, { command, used: { tag } }: Where): boolean {
  if (name === tag && command.words.filter((word) => isUsedIn(word, name)).length < 2) return true;
  const files = (draft.keys.env_file ?? []) as readonly unknown[];
  const isOwn = /^(IMAGE|TAG|REPOSITORY|OPTS|EXTRA)$/.test(name) && draft.keys.image === undefined && files.length > 0;
  return isOwn && variables.known.get(name)?.file !== null;
}
