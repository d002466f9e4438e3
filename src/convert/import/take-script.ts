import { tell } from "./draft.ts";
import type { Job, Role } from "./job.ts";
import type { Stretch } from "./lines.ts";
import { assign, changeFolder, readVariables } from "./script-variables.ts";
import { type ShellStep, shellSteps } from "./shell/shell.ts";
import { takeCommand } from "./take-command.ts";

/** A script by its steps; what changes variables is followed, and what only a shell understands is told. */
export function takeScript(job: Job, script: Stretch, role: Role): void {
  const steps = shellSteps(script);
  for (const [at, step] of steps.entries()) {
    const next = steps[at + 1];
    if (step.is === "command" && step.substitutes) tellSubstitution(job, step);
    if (step.is === "unreadable") tellUnreadable(job, step);
    else if (step.after === "|") tellPipe(job, step);
    else if (isTestBefore(step, next)) continue;
    else if (step.words.length === 0) assign(job, step.assignments);
    else if (step.words[0]?.raw === "export")
      assign(
        job,
        step.words.slice(1).filter(({ raw }) => raw.includes("=")),
      );
    else if (step.words[0]?.raw === "." || step.words[0]?.raw === "source")
      readVariables(job, step, isTested(steps[at - 1]));
    else if (step.words[0]?.raw === "cd") changeFolder(job, step.words[1]);
    else {
      const before = new Map(job.variables.known);
      assign(job, step.assignments);
      const { words, line, source } = step;
      takeCommand(job, { words, role, line, source, mayFail: isForgiven(next) });
      // They were for that command alone.
      job.variables.known.clear();
      for (const [name, value] of before) job.variables.known.set(name, value);
    }
  }
}

/** `|| true` */
function isForgiven(next: ShellStep | undefined): boolean {
  return next?.is === "command" && next.after === "||" && /^(true|:|echo)$/.test(next.words[0]?.raw ?? "");
}

function tellSubstitution({ draft }: Job, { line, source }: ShellStep): void {
  const because = "nothing is executed: it stays as it is, write what the command says";
  tell(draft, "not understood", { file: draft.file, line }, ["$(…)", because], { source });
}

function tellPipe({ draft }: Job, { line, source }: ShellStep): void {
  const because = "svc keeps what the container writes: svc logs; left out";
  tell(draft, "changed", { file: draft.file, line }, ["| …", because], { source: `| ${source}` });
}

function tellUnreadable({ draft, variables }: Job, { line, source }: ShellStep): void {
  // What it sets, or may set, nobody knows from here on.
  for (const [, name = ""] of source.matchAll(/\b([A-Za-z_]\w*)=/g)) variables.known.delete(name);
  variables.complete = false;
  // What follows an = may be a secret.
  const [first = ""] = source.split(/[\s=]/);
  const because = "only a shell can make sense of it, and svc runs no scripts";
  tell(draft, "not understood", { file: draft.file, line }, [`script: ${first.slice(0, 20)} …`, because], { source });
}

/** `[ -f FILE ] && . FILE` */
function isTestBefore(step: ShellStep, next: ShellStep | undefined): boolean {
  return (
    isTested(step) && next?.is === "command" && next.after === "&&" && /^(\.|source)$/.test(next.words[0]?.raw ?? "")
  );
}

function isTested(step: ShellStep | undefined): boolean {
  return step?.is === "command" && /^(\[|test)$/.test(step.words[0]?.raw ?? "");
}
