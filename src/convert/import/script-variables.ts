import { resolve } from "node:path";
import { readAssignments } from "../../unit/app-files/shell-assignments.ts";
import { tell } from "./draft.ts";
import type { Job } from "./job.ts";
import type { ShellStep } from "./shell/shell.ts";
import { catOf } from "./shell/substitution.ts";
import { expand, type RawWord } from "./shell/words.ts";

/** `NAME=value …` of a script; of what is executed for it only the text of a file is known. */
export function assign(job: Job, assignments: readonly RawWord[], substitutes: readonly string[]): void {
  for (const word of assignments) {
    if (substitutes.some((one) => word.raw.includes(one))) {
      assignSubstitution(job, word.raw);
      continue;
    }
    const quoted = word.parts.map((part) => (part.is === "variable" ? { ...part, quoted: true } : part));
    const { words } = expand([{ ...word, parts: quoted }], job.variables);
    const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(words[0]?.text ?? "") ?? [];
    job.variables.known.set(name, { value, file: null });
  }
}

function assignSubstitution({ variables, host, state }: Job, raw: string): void {
  const [, name = "", given = ""] = /^([^=]*)=(.*)$/s.exec(raw) ?? [];
  const path = catOf(given.replace(/^"(.*)"$/s, "$1"));
  if (path === null) {
    variables.known.set(name, { value: null, file: null });
    return;
  }
  const file = resolve(state.workingDirectory, path);
  const value = host.readFile(file)?.replace(/\n+$/, "") ?? null;
  const because = `it is the text of ${file}, which cannot be read here`;
  variables.known.set(name, { value, file, isWholeFile: true, because });
}

export function readVariables(job: Job, step: ShellStep & { readonly is: "command" }, isOptional: boolean): void {
  const path = expand(step.words.slice(1, 2), job.variables).words[0]?.text ?? "";
  readShellFile(job, resolve(job.state.workingDirectory, path), { required: !isOptional, line: step.line });
}

export function changeFolder(job: Job, word: RawWord | undefined): void {
  if (word)
    job.state.workingDirectory = resolve(
      job.state.workingDirectory,
      expand([word], job.variables).words[0]?.text ?? "",
    );
}

/** A file that a shell reads its variables from. */
function readShellFile(job: Job, path: string, { required, line }: { required: boolean; line: number }): void {
  const text = job.host.readFile(path);
  job.files.push({ path, required });
  const origin = { file: job.draft.file, line };
  if (text === null) {
    job.variables.complete = false;
    if (!required) return;
    tell(job.draft, "not understood", origin, [`. ${path}`, "this file cannot be read here"]);
    return;
  }
  const known = new Map([...job.variables.known].map(([name, { value }]) => [name, value ?? `\${${name}}`]));
  const read = readAssignments(text, known);
  for (const { name, value } of read.assignments) job.variables.known.set(name, { value, file: path });
  if (read.problems.length === 0) return;
  job.variables.complete = false;
  tell(job.draft, "not understood", origin, [
    `. ${path}`,
    `line ${read.problems[0]?.line} of it is no plain assignment`,
  ]);
}
