import { isDeepStrictEqual } from "node:util";
import { readEnvText } from "../../unit/app-files/env-file.ts";
import { parseFlags } from "../../unit/docker-run/parse-flags.ts";
import { isOwnVariable } from "../../unit/flag-layers.ts";
import { add, instanceMark, tell } from "./draft.ts";
import type { Job } from "./job.ts";
import type { Word } from "./shell/words.ts";

/**
 * `docker run $OPTS $IMAGE:$TAG` with a file that says what these are is what svc does by itself with `env_file`. It puts every other
 * variable of the file into the container too; so the file is taken as a whole only if they go there anyway, or there are none.
 */
export function adoptEnvFile(job: Job, words: readonly Word[]): { readonly words: readonly Word[] } | null {
  const { draft, host, variables } = job;
  const parsed = parseFlags(words.map(({ text }) => text));
  const image = words[parsed.rest];
  const raw = (image?.raw ?? "").replace(/["']/g, "").replace(/\$\{(\w+)\}/g, "$$$1");
  if (!/^(\$REPOSITORY\/)?\$IMAGE(:\$TAG)?$/.test(raw)) return null;
  const known = variables.known.get("IMAGE")?.file;
  // Of files that are not there, one that is named TAG says the tag, and the other all else.
  const unread = job.files.map(({ path }) => path).filter((path) => host.readFile(path) === null);
  const isTagFile = (path: string): boolean => path.endsWith("/TAG");
  const [only, ...more] = unread.filter((path) => !isTagFile(path));
  const file = known ?? (more.length === 0 ? only : undefined);
  if (file === undefined || file === null) return null;

  const text = host.readFile(file);
  const read = readEnvText(text ?? "", "sh");
  const others = read.assignments.filter(({ name }) => !isOwnVariable(name));
  const passed = parsed.flags.filter(({ name, value }) => name === "env-file" && value === file);
  const isSame = ({ name, value }: { name: string; value: string }): boolean =>
    variables.known.get(name)?.value === value;
  if (read.problems.length > 0 || !read.assignments.every(isSame)) return null;
  if (others.length > 0 && (passed.length === 0 || !isReadAlike(text ?? ""))) return null;
  const tagOf = variables.known.get("TAG");
  const tagFile = raw.includes("$TAG") ? (tagOf ? tagOf.file : unread.find(isTagFile)) : file;
  if (tagFile !== undefined && tagFile !== file) {
    if (tagFile === null) return null;
    draft.keys.tag_file = tagFile;
  }
  // Without $TAG in the line, a TAG that the file sets was not used.
  if (!raw.includes("$TAG") && read.assignments.some(({ name }) => name === "TAG")) return null;

  const isOfInstance = file.includes(instanceMark);
  const required = job.files.find(({ path }) => path === file)?.required ?? true;
  if (!isOfInstance || draft.keys.env_file === undefined)
    add(draft, "env_file", required ? file : { path: file, required: false });
  const origin = { file: draft.file, line: image?.line ?? null };
  if (text === null && !isOfInstance) {
    const because = `${file} cannot be read here; svc takes IMAGE, TAG and OPTS from it, and puts every other variable into the container`;
    tell(draft, "not understood", origin, ["the image", because], { key: "env_file" });
  } else tell(draft, "taken", origin, ["the image", "env_file says it"], { key: "env_file" });
  if (passed.length > 0) {
    const because = "env_file; IMAGE, TAG, OPTS and the like in it are svc's, and do not go into the container";
    tell(draft, "changed", origin, ["--env-file", because], { key: "env_file" });
  }

  const isOurs = (word: Word): boolean =>
    /^"?\$\{?(OPTS|EXTRA)\}?"?$/.test(word.raw) &&
    (variables.known.get(word.raw.replace(/\W/g, ""))?.file ?? file) === file;
  const passing = new Set(passed.flatMap(({ word }) => (words[word]?.text === file ? [word - 1, word] : [word])));
  return { words: words.filter((word, at) => !isOurs(word) && !passing.has(at)) };
}

/** docker reads an env file by a simpler grammar. */
function isReadAlike(text: string): boolean {
  const [shell, docker] = (["sh", "docker"] as const).map((format) =>
    readEnvText(text, format)
      .assignments.filter(({ name }) => !isOwnVariable(name))
      .map(({ name, value }) => [name, value]),
  );
  return isDeepStrictEqual(shell, docker);
}
