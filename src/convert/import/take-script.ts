import { resolve } from "node:path";
import { tellHook } from "./as-hook.ts";
import { tell } from "./draft.ts";
import type { Job, Role } from "./job.ts";
import type { Stretch } from "./lines.ts";
import { assign, changeFolder, readVariables } from "./script-variables.ts";
import { hostCommand } from "./shell/host-command.ts";
import { type ShellStep, shellSteps } from "./shell/shell.ts";
import { catOf } from "./shell/substitution.ts";
import { expand } from "./shell/words.ts";
import { keepsOutput, takeCommand } from "./take-command.ts";

/** A script by its steps; what changes variables is followed, and what only a shell understands is told. */
export function takeScript(job: Job, script: Stretch, role: Role): void {
  const steps = shellSteps(script);
  for (const [at, step] of steps.entries()) {
    if (step.is === "unreadable") tellUnreadable(job, step);
    else {
      if (step.after === "|") tellPipe(job, role, { steps, at });
      else if (!isTestBefore(step, steps[at + 1]))
        takeStep(job, step, { role, before: steps[at - 1], next: steps[at + 1] });
      tellSubstitutions(job, step);
    }
  }
}

type Around = { readonly role: Role; readonly before: ShellStep | undefined; readonly next: ShellStep | undefined };

function takeStep(job: Job, step: ShellStep & { readonly is: "command" }, { role, before, next }: Around): void {
  const { assignments, substitutes, words, writes, line, source } = step;
  const program = words[0]?.raw;
  if (words.length === 0) {
    assign(job, assignments, substitutes);
    for (const file of writes) tellHook(job, { ...step, role, what: `> ${file}` });
  } else if (program === "export") {
    const set = words.slice(1).filter(({ raw }) => raw.includes("="));
    assign(job, set, substitutes);
  } else if (program === "." || program === "source") readVariables(job, step, isTested(before));
  else if (program === "cd") changeFolder(job, words[1]);
  else {
    const known = new Map(job.variables.known);
    assign(job, assignments, substitutes);
    takeCommand(job, { words, writes, role, line, source, mayFail: isForgiven(next) });
    // They were for that command alone.
    job.variables.known.clear();
    for (const [name, value] of known) job.variables.known.set(name, value);
  }
}

/** `|| true` */
function isForgiven(next: ShellStep | undefined): boolean {
  return next?.is === "command" && next.after === "||" && /^(true|:|echo)$/.test(next.words[0]?.raw ?? "");
}

/** Of a line that is taken otherwise, this alone is not understood. The text of a file is told of where it is used. */
function tellSubstitutions({ draft, state }: Job, step: ShellStep & { readonly is: "command" }): void {
  const { line, substitutes, assignments, words } = step;
  const set = words[0]?.raw === "export" ? words : assignments;
  for (const source of substitutes) {
    const path = catOf(source);
    const isAssigned = set.some(({ raw }) => raw.includes(source));
    const isTag = path !== null && draft.keys.tag_file === resolve(state.workingDirectory, path);
    if (isTag || (isAssigned && path !== null)) continue;
    const left = isAssigned ? "its value is not known" : "it stays as it is, write what the command says";
    tell(draft, "not understood", { file: draft.file, line }, ["$(…)", `nothing is executed: ${left}`], { source });
  }
}

function tellPipe(job: Job, role: Role, { steps, at }: { steps: readonly ShellStep[]; at: number }): void {
  const { draft } = job;
  const step = steps[at];
  const head = steps.slice(0, at).findLast((one) => one.is !== "command" || one.after !== "|");
  if (!step) return;
  const origin = { file: draft.file, line: step.line };
  const source = `| ${step.source}`;
  const { read } = hostCommand(head?.is === "command" ? expand(head.words, job.variables).words : []);
  if (read.is === "run" || read.is === "runner" || read.is === "start")
    tell(draft, "changed", origin, ["| …", `${keepsOutput}; left out`], { source });
  else tellHook(job, { role, line: step.line, source, what: "| …" });
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
