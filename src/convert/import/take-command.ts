import { resolve } from "node:path";
import { tellHook } from "./as-hook.ts";
import { tell } from "./draft.ts";
import type { Command, Job } from "./job.ts";
import { joined } from "./lines.ts";
import { hostCommand } from "./shell/host-command.ts";
import { expand, type Word } from "./shell/words.ts";
import { takeContainer } from "./take-container.ts";
import { takeCreate, takeStart } from "./take-created.ts";
import { takeExec } from "./take-exec.ts";
import { takePull, takeRemove, takeStop, takeWait } from "./take-own-commands.ts";
import { takeScript } from "./take-script.ts";

/** One command of the host: what svc does by itself is dropped, docker run becomes keys, and the rest is told. */
export function takeCommand(job: Job, command: Command): void {
  const { words, replaced, unknown } = expand(command.words, job.variables);
  const { read, client } = hostCommand(words);
  const origin = { file: job.draft.file, line: command.line };
  for (const program of client)
    tell(job.draft, "changed", origin, [program, "it is for docker's client, not for the container; left out"]);
  switch (read.is) {
    case "run":
    case "runner":
      for (const file of command.writes) tellOutput(job, command, file);
      takeContainer(job, command, { read, replaced, unknown });
      return;
    case "script":
      takeScript(job, joined([{ text: read.text.text, line: read.text.line }], ""), command.role);
      return;
    case "create":
      takeCreate(job, command, { read, replaced, unknown });
      return;
    case "start":
      takeStart(job, read, command);
      return;
    case "exec":
      takeExec(job, command, { read, replaced, unknown });
      return;
    case "compose": {
      const path = composeFile(job, read.file);
      tell(job.draft, "not understood", origin, [read.program, `import its file instead: svc import ${path}`], {
        source: command.source,
      });
      return;
    }
    case "stop":
      takeStop(job, read, command);
      return;
    case "remove":
      takeRemove(job, read.names, command);
      return;
    case "wait":
      takeWait(job, read.names, command);
      return;
    case "pull":
      takePull(job, read.image, command);
      return;
    case "idle":
      for (const file of command.writes) tellOutput(job, command, file);
      tell(job.draft, "taken", origin, [read.program || "exec", "it does nothing"]);
      return;
    case "left out": {
      const { program, because } = read;
      const { source, writes } = command;
      const what = programOf(program, words);
      if (writes.length === 0) tell(job.draft, "changed", origin, [what, because], { source });
      else tellHook(job, { ...command, what, because: `it writes ${writes.join(", ")}` });
      return;
    }
    case "other": {
      const { source } = command;
      const what = programOf(read.program, words);
      const path = command.role === "main" ? words.findLast(isProgram)?.text : undefined;
      if (path !== undefined) job.draft.programs.push({ path, origin });
      if (read.because === null) tellHook(job, { ...command, what });
      else tell(job.draft, "not understood", origin, [what, read.because], { source });
      return;
    }
    default:
      read satisfies never;
  }
}

/** The path of a program or a script, which alone is no secret: of `sh FILE ARGS` that of the file. */
function isProgram({ text }: Word, at: number, words: readonly Word[]): boolean {
  const isRun = at === 0 || (at === 1 && /(^|\/)(ba|da|z|k)?sh$/.test(words[0]?.text ?? ""));
  return isRun && !/\/(docker|podman)$/.test(text) && /^\/[\w.@+/-]+$/.test(text);
}

/** The one that is named, or the first that Compose finds in its folder. */
function composeFile({ host, state }: Job, file: string | null): string {
  const usual = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
  const paths = (file === null ? usual : [file]).map((name) => resolve(state.workingDirectory, name));
  const found = paths.find((path) => host.readFile(path) !== null);
  return found ?? (file === null && state.workingDirectory === "/" ? "compose.yaml" : (paths[0] ?? ""));
}

export const keepsOutput = "svc keeps what the container writes: svc logs";

function tellOutput({ draft }: Job, { line }: Command, file: string): void {
  tell(draft, "changed", { file: draft.file, line }, [`> ${file}`, `${keepsOutput}; left out`]);
}

/** Not its arguments: they may hold secrets. */
function programOf(program: string, words: readonly Word[]): string {
  const verb =
    program === "docker" ? (words.find(({ text }) => /^[a-z]+$/.test(text) && text !== "docker")?.text ?? "") : "";
  return verb === "" || verb === program ? program : `${program} ${verb}`;
}
