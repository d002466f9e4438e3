import { resolve } from "node:path";
import { readAssignments } from "../../unit/app-files/shell-assignments.ts";
import { type Draft, tell } from "./draft.ts";
import type { Host } from "./host.ts";
import { joined, type Stretch } from "./lines.ts";
import type { Origin } from "./note.ts";
import { type HostCommand, hostCommand } from "./shell/host-command.ts";
import { type ShellStep, shellSteps } from "./shell/shell.ts";
import { expand, type RawWord, type Variable, type Word } from "./shell/words.ts";
import { takeContainer } from "./take-container.ts";

/** What is known of a service of another init while its commands are read, one after the other. */
export type Job = {
  readonly draft: Draft;
  readonly host: Host;
  readonly variables: { readonly known: Map<string, Variable>; complete: boolean };
  /** Files of variables, in the order in which they were read. */
  readonly files: { readonly path: string; readonly required: boolean }[];
  /** Containers and images that commands beside docker run name. */
  readonly named: {
    readonly is: "container" | "image";
    readonly name: string;
    readonly origin: Origin;
    readonly source: string;
  }[];
  readonly state: JobState;
};

export type JobState = {
  workingDirectory: string;
  /** Where the docker run or docker-runner stands. */
  runs: Origin | null;
  /** docker stop, and not systemd or upstart, says how long a stop takes, and docker stop or kill what the signal is. */
  stopsByItself: boolean;
  signalsByItself: boolean;
};

export type Role = "before" | "main" | "after start" | "stop" | "after stop" | "reload";

export function newJob(draft: Draft, host: Host): Job {
  const variables = { known: new Map<string, Variable>(), complete: true };
  const state = { workingDirectory: "/", runs: null, stopsByItself: false, signalsByItself: false };
  return { draft, host, variables, files: [], named: [], state };
}

export type Command = {
  readonly words: readonly RawWord[];
  readonly role: Role;
  readonly line: number;
  readonly source: string;
  /** Its failure does not count. */
  readonly mayFail: boolean;
};

/** One command of the host: what svc does by itself is dropped, docker run becomes keys, and the rest is told. */
export function takeCommand(job: Job, command: Command): void {
  const { words, replaced, unknown } = expand(command.words, job.variables);
  const read = hostCommand(words);
  const origin = { file: job.draft.file, line: command.line };
  const { source } = command;
  switch (read.is) {
    case "run":
    case "runner":
      takeContainer(job, command, { read, replaced, unknown });
      return;
    case "script":
      takeScript(job, joined([{ text: read.text.text, line: read.text.line }], ""), command.role);
      return;
    case "stop":
      if (command.role === "reload" || command.role === "after start") {
        const because = "svc sends no signals to a unit that is to run on: docker kill -s SIGNAL NAME, by hand";
        tell(job.draft, "not understood", origin, ["docker stop or kill", because], { source });
        return;
      }
      if (command.role === "stop") takeStop(job, read, origin);
      else tell(job.draft, "taken", origin, ["docker stop", byItself(command.role)]);
      for (const name of read.names) job.named.push({ is: "container", name, origin, source });
      return;
    case "remove":
      for (const name of read.names) job.named.push({ is: "container", name, origin, source });
      tell(job.draft, "taken", origin, ["docker rm", byItself(command.role)]);
      return;
    case "pull":
      takePull(job, read.image, command);
      return;
    case "nothing":
      return;
    case "other":
      tell(job.draft, "not understood", origin, [programOf(read.program, words), read.because], { source });
      return;
    default:
      read satisfies never;
  }
}

function byItself(role: Role): string {
  return role === "before" || role === "main"
    ? "svc stops and removes what is in the way before each start"
    : "svc removes the container after each run";
}

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

function assign(job: Job, assignments: readonly RawWord[]): void {
  for (const word of assignments) {
    const quoted = word.parts.map((part) => (part.is === "variable" ? { ...part, quoted: true } : part));
    const { words } = expand([{ ...word, parts: quoted }], job.variables);
    const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(words[0]?.text ?? "") ?? [];
    job.variables.known.set(name, { value, file: null });
  }
}

function readVariables(job: Job, step: ShellStep & { readonly is: "command" }, isOptional: boolean): void {
  const path = expand(step.words.slice(1, 2), job.variables).words[0]?.text ?? "";
  readShellFile(job, resolve(job.state.workingDirectory, path), { required: !isOptional, line: step.line });
}

/** A file that a shell reads its variables from. */
export function readShellFile(job: Job, path: string, { required, line }: { required: boolean; line: number }): void {
  const text = job.host.readFile(path);
  job.files.push({ path, required });
  const origin = { file: job.draft.file, line };
  if (text === null) {
    job.variables.complete = false;
    if (!required) return;
    tell(job.draft, "not understood", origin, [`. ${path}`, "this file cannot be read here"]);
    return;
  }
  const known = new Map([...job.variables.known].map(([name, { value }]) => [name, value]));
  const read = readAssignments(text, known);
  for (const { name, value } of read.assignments) job.variables.known.set(name, { value, file: path });
  if (read.problems.length === 0) return;
  job.variables.complete = false;
  tell(job.draft, "not understood", origin, [
    `. ${path}`,
    `line ${read.problems[0]?.line} of it is no plain assignment`,
  ]);
}

function changeFolder(job: Job, word: RawWord | undefined): void {
  if (word)
    job.state.workingDirectory = resolve(
      job.state.workingDirectory,
      expand([word], job.variables).words[0]?.text ?? "",
    );
}

function takeStop(job: Job, { seconds, signal, isKill }: HostCommand & { readonly is: "stop" }, origin: Origin): void {
  // After docker kill it was systemd that waited.
  job.state.stopsByItself = !isKill;
  job.state.signalsByItself = true;
  if (seconds !== null) job.draft.keys.stop_grace_period = `${seconds}s`;
  if (signal !== null) job.draft.keys.stop_signal = signal;
  tell(job.draft, "taken", origin, ["docker stop", seconds === null ? "svc stops it" : "stop_grace_period"]);
}

function takePull(job: Job, image: string, { role, line, mayFail, source }: Command): void {
  const { draft } = job;
  const origin = { file: draft.file, line };
  if (role !== "before" && role !== "main") {
    tell(draft, "not understood", origin, ["docker pull", "svc pulls at a start only"], { source });
    return;
  }
  job.named.push({ is: "image", name: image, origin, source });
  draft.keys.pull_policy = "always";
  if (!mayFail) {
    tell(draft, "taken", origin, ["docker pull", "pull_policy: always"], { key: "pull_policy" });
    return;
  }
  tell(
    draft,
    "changed",
    origin,
    ["docker pull", "a pull that fails was passed over; svc starts nothing while it fails"],
    {
      key: "pull_policy",
    },
  );
}

/** Not its arguments: they may hold secrets. */
function programOf(program: string, words: readonly Word[]): string {
  const verb =
    program === "docker" ? (words.find(({ text }) => /^[a-z]+$/.test(text) && text !== "docker")?.text ?? "") : "";
  return verb === "" || verb === program ? program : `${program} ${verb}`;
}
