import type { Command } from "commander";
import { bashCompletion } from "./bash.ts";
import { fishCompletion } from "./fish.ts";
import { grammarOf } from "./grammar.ts";
import { zshCompletion } from "./zsh.ts";

const writers = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** The script by which a shell completes svc and docker-runner. */
export function completionOf(shell: keyof typeof writers, program: Command): string {
  return writers[shell](grammarOf(program));
}
