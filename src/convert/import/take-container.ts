import { adoptEnvFile } from "./adopt-env-file.ts";
import { adoptTagFile } from "./adopt-tag-file.ts";
import { asHook } from "./as-hook.ts";
import { commandValue, tell } from "./draft.ts";
import type { Command, Job, Role } from "./job.ts";
import { takeRunLine } from "./run-line.ts";
import { readRunnerWords } from "./runner-line.ts";
import type { HostCommand } from "./shell/host-command.ts";
import type { Expanded, Variable, Word } from "./shell/words.ts";
import { tellVariables, type Used } from "./tell-variables.ts";

type Container = HostCommand & { readonly is: "run" | "runner" };
type Read = Pick<Expanded, "replaced" | "unknown"> & { readonly read: Container };

/** The docker run or docker-runner that the unit is about. */
export function takeContainer(job: Job, command: Command, { read, replaced, unknown }: Read): void {
  const { draft } = job;
  const origin = { file: draft.file, line: command.line };
  const because =
    job.state.runs === null ? helpers[command.role] : "a unit has one container; make another unit of this";
  if (because !== undefined) {
    tell(draft, "not understood", origin, ["docker run", because], { source: command.source });
    return;
  }
  job.state.runs = origin;
  if (command.mayFail)
    tell(draft, "changed", origin, ["docker run", "its failure was passed over; svc counts it, and tells of it"]);
  const used = read.is === "runner" ? takeRunner(job, read.words) : takeRun(job, read.words, read.variables);
  tellVariables(job, command, { ...used, replaced, unknown });
}

const helpers: { readonly [role in Role]?: string } = {
  before: "make a unit of it with type: task, and name that in depends_on",
  "after start": "make another unit of this",
  stop: asHook("stop"),
  "after stop": asHook("after stop"),
  reload: "svc reloads nothing: restart the unit, or send it a signal by hand",
};

type Taken = Pick<Used, "words" | "keyOf" | "tag">;

function takeRun(job: Job, given: readonly Word[], prefixed: readonly Word[]): Taken {
  const { draft, host, state } = job;
  const words = withoutUnknownFlags(given);
  const environment = new Map<string, Variable>(job.variables.known);
  for (const { text } of prefixed) {
    const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    environment.set(name, { value, file: null });
  }
  const adopted = adoptEnvFile(job, words);
  const own = adopted ? { words: adopted.words, tag: null } : adoptTagFile(job, words);
  const { keyOf, isDetached } = takeRunLine(draft, {
    words: own.words,
    imageIsElsewhere: adopted !== null,
    workingDirectory: state.workingDirectory,
    environment,
    host,
  });
  state.isDetached ||= isDetached;
  return { ...own, keyOf };
}

/** `$OPTS` that nobody knows is no flag, and would be taken for the image. */
function withoutUnknownFlags(words: readonly Word[]): readonly Word[] {
  return words.filter(({ text }) => !/^\$\{\w*(OPT|ARG|FLAG|PARAM|EXTRA)\w*\}$/i.test(text));
}

function takeRunner(job: Job, words: readonly Word[]): Taken {
  const { draft } = job;
  const { app, args, left } = readRunnerWords(words);
  const origin = { file: draft.file, line: words[0]?.line ?? null };
  const taken: Taken = { words, keyOf: new Map(), tag: null };
  if (app === null) {
    tell(draft, "not understood", origin, ["docker-runner", "it names no app"]);
    return taken;
  }
  draft.keys.app = app.text;
  // The app's own file, which docker-runner reads.
  delete draft.keys.env_file;
  for (const [at, note] of draft.notes.entries())
    if (note.code === "for run line") draft.notes[at] = { ...note, verdict: "changed", because: notPassedOn };
  const because = "the unit has the app's image, tag, env and flags, and unlike the task its name and published ports";
  tell(draft, "changed", origin, ["docker-runner", because], { key: "app" });
  for (const { text } of left) tell(draft, "changed", origin, [`docker-runner ${text}`, "it is for a task; left out"]);
  if (args.length > 0) draft.keys.command = commandValue(args.map(({ text }) => text));
  return taken;
}

const notPassedOn = "docker-runner passes on no variables of its own; write environment if the container needs it";
