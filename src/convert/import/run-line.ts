import { type ParsedFlag, parseFlags } from "../../unit/docker-run/parse-flags.ts";
import { isReference } from "../../unit/docker-run/values/reference.ts";
import { commandValue, type Draft, instanceMark, tell } from "./draft.ts";
import { keysOfFlags } from "./flags/flag-keys.ts";
import type { Origin } from "./note.ts";
import { ownFlags, type RunLine } from "./run-flags.ts";
import type { Word } from "./shell/words.ts";

type Taken = {
  /** The key that says a word, where one does. */
  readonly keyOf: ReadonlyMap<Word, string>;
  readonly isDetached: boolean;
};

/** The keys for a `docker run` line. */
export function takeRunLine(draft: Draft, run: RunLine): Taken {
  const { words, parsed } = withoutUnknownFlags(draft, run.words);
  const originOf = (word: number) => ({ file: draft.file, line: words[word]?.line ?? words.at(-1)?.line ?? null });
  const others = ownFlags(draft, parsed.flags, run, originOf);
  const { keys, keyOf, refused } = keysOfFlags(others);
  for (const [key, value] of Object.entries(keys)) draft.keys[key] = value;
  for (const { flag, because } of refused)
    tell(draft, "not understood", originOf(flag.word), [nameOf(flag), because], {
      source: `--${flag.name}=${flag.value}`,
    });
  const said = new Map<Word, string>();
  const sayWords = (some: readonly Word[], key: string): void => {
    for (const word of some) said.set(word, key);
  };
  for (const flag of others.filter((one) => !refused.some(({ flag }) => flag === one))) {
    const key = keyOf(flag);
    const because = key === "options" ? "no key says it; it stays a flag in options" : key;
    const name = isNamed(flag) ? flag.value.split("=")[0] : undefined;
    tell(draft, "taken", originOf(flag.word), [nameOf(flag), because], {
      key,
      ...(name === undefined ? {} : { name }),
    });
    sayWords(words.slice(flag.word, flag.word + 1), key);
  }
  if (!run.imageIsElsewhere) takeImage(draft, words, parsed.rest);
  takeCommand(draft, words.slice(parsed.rest + 1));
  sayWords(words.slice(parsed.rest, parsed.rest + 1), "image");
  sayWords(words.slice(parsed.rest + 1), "command");
  return { keyOf: said, isDetached: parsed.flags.some(({ name }) => name === "detach") };
}

/** A flag that nobody knows would make its value the image: both are taken out, and told. */
function withoutUnknownFlags(draft: Draft, given: readonly Word[]) {
  let words = given;
  for (;;) {
    const parsed = parseFlags(words.map(({ text }) => text));
    const [problem] = parsed.problems;
    const wrong = problem && words[problem.word];
    if (!problem || !wrong) return { words, parsed };
    const next = words[problem.word + 1];
    const hasValue = !wrong.text.includes("=") && next !== undefined && !next.text.startsWith("-");
    // The last bare word is the image.
    const isValue = hasValue && words.slice(problem.word + 2).some(({ text }) => !text.startsWith("-"));
    const source = isValue ? `${wrong.text} ${next.text}` : wrong.text;
    const origin = { file: draft.file, line: wrong.line };
    tell(draft, "not understood", origin, [problem.masked, problem.hint], { source });
    words = words.toSpliced(problem.word, isValue ? 2 : 1);
  }
}

/** Of variables and labels the name is told, and no value. */
function nameOf(flag: ParsedFlag): string {
  const { name, value } = flag;
  return isNamed(flag) ? `--${name} ${value.split("=")[0]}` : `--${name}`;
}

function isNamed({ name }: ParsedFlag): boolean {
  return name === "env" || name === "label";
}

function lineOf(draft: Draft, line: number | null): Origin {
  return { file: draft.file, line };
}

function takeImage(draft: Draft, words: readonly Word[], at: number): void {
  const image = words[at];
  const origin = lineOf(draft, image?.line ?? words.at(-1)?.line ?? null);
  if (!image) {
    tell(draft, "not understood", origin, ["the image", "docker run names none"], { key: "image" });
    return;
  }
  draft.keys.image = image.text;
  // Of a variable that is not known it is told elsewhere.
  const known = image.text.replace(/\$\{\w+\}/g, "1");
  const isRight = isReference(known.replaceAll(instanceMark, "1"));
  if (isRight && known === image.text) tell(draft, "taken", origin, ["the image", "image"], { key: "image" });
  else if (!isRight)
    tell(draft, "not understood", origin, ["the image", "this is no image reference"], { key: "image" });
}

function takeCommand(draft: Draft, words: readonly Word[]): void {
  const [first] = words;
  if (!first) return;
  const texts = words.map(({ text }) => text);
  draft.keys.command = commandValue(texts);
  tell(draft, "taken", lineOf(draft, first.line), ["the command", "command"], { key: "command" });
}
