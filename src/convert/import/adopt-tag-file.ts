import { resolve } from "node:path";
import { parseFlags } from "../../unit/docker-run/parse-flags.ts";
import { tell } from "./draft.ts";
import type { Job } from "./job.ts";
import { catOf } from "./shell/substitution.ts";
import type { Word } from "./shell/words.ts";

type WithoutTag = {
  readonly words: readonly Word[];
  /** The variable that the tag was; null: there is none, or it stays. */
  readonly tag: string | null;
};

/** `IMAGE:$(cat FILE)`, and `IMAGE:$TAG` with a TAG that is what FILE holds, is what svc does with `tag_file`. */
export function adoptTagFile({ draft, variables, state }: Job, words: readonly Word[]): WithoutTag {
  const at = parseFlags(words.map(({ text }) => text)).rest;
  const image = words[at];
  const raw = image?.raw.replace(/["']/g, "") ?? "";
  const [tag = "", name = ""] = /:(?:\$\{?(\w+)\}?|\$\([^()]*\)|`[^`]*`)$/.exec(raw) ?? [];
  const variable = variables.known.get(name);
  const path = variable?.isWholeFile ? variable.file : catOf(tag.slice(1));
  if (!image || path === null) return { words, tag: null };
  const file = resolve(state.workingDirectory, path);
  draft.keys.tag_file = file;
  tell(draft, "taken", { file: draft.file, line: image.line }, [`the tag from ${file}`, "tag_file"], {
    key: "tag_file",
  });
  // No tag has a colon.
  const text = image.text.slice(0, image.text.lastIndexOf(":"));
  return { words: words.with(at, { ...image, text, raw: raw.slice(0, -tag.length) }), tag: name || null };
}
