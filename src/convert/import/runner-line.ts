import type { Word } from "./shell/words.ts";

/** What stands behind docker-runner: its own options, the app, and the words of the task. */
export function readRunnerWords(words: readonly Word[]): {
  readonly app: Word | null;
  readonly args: readonly Word[];
  readonly left: readonly Word[];
} {
  const valued = /^--(tag|units|default-dir|www-dir)$/;
  let at = 0;
  const left: Word[] = [];
  for (; words[at]?.text.startsWith("-"); at++) {
    const [word] = words.slice(at, at + 1);
    if (!word) break;
    if (valued.test(word.text)) at++;
    if (word.text === "--") {
      at++;
      break;
    }
    if (word.text !== "--service-ports") left.push(word);
  }
  return { app: words[at] ?? null, args: words.slice(at + 1), left };
}
