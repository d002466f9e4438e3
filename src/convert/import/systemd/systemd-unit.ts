import { extname } from "node:path";
import { type Draft, newDraft, tell } from "../draft.ts";
import type { Host } from "../host.ts";
import { type Job, newJob, type Role } from "../job.ts";
import { takeCommand } from "../take-command.ts";
import { takeNamed } from "../take-named.ts";
import { takeEnding } from "./ending.ts";
import { takeEnvironment, takeFolder, takeUser } from "./environment.ts";
import { reasonToLeaveOut } from "./left-out.ts";
import { tellLeftSpecifiers } from "./left-specifiers.ts";
import { takeRelation } from "./relations.ts";
import { specifiersOf } from "./specifiers.ts";
import { systemdCommands } from "./systemd-words.ts";
import { type Directive, unitLines, withoutReset } from "./unit-lines.ts";

export type SystemdFiles = {
  /** NAME of NAME.service. */
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly dropIns: readonly { readonly file: string; readonly text: string }[];
  /** Files of the timers, sockets and paths that start it. */
  readonly starters: readonly string[];
};

/** The unit that a systemd service with its drop-ins amounts to. */
export function importSystemd({ name, file, text, dropIns, starters }: SystemdFiles, host: Host): Draft {
  const draft = newDraft(name, file);
  const read = [{ file, text }, ...dropIns].map((one) => unitLines(one.file, one.text));
  for (const { source, because, ...origin } of read.flatMap(({ unreadable }) => unreadable))
    tell(draft, "not understood", origin, ["a line", because], { source });
  const directives = withoutReset(read.flatMap(({ directives }) => directives));
  const job = newJob(draft, host);
  const specifiers = specifiersOf(name);
  const last = (wanted: string): Directive | undefined => directives.findLast((one) => one.name === wanted);

  const user = last("User");
  if (user) takeUser(job, specifiers(user.text));
  const folder = last("WorkingDirectory");
  if (folder) takeFolder(job, folder, specifiers(folder.text));
  for (const directive of directives) {
    if (directive.section !== "Service" || !directive.name.includes("Environment")) continue;
    const before = draft.notes.length;
    takeEnvironment(job, directive, specifiers);
    tellLeftSpecifiers(draft, directive, before);
  }
  for (const [wanted, role] of Object.entries(roles))
    for (const directive of directives) if (directive.name === wanted) takeExec(job, directive, role, specifiers);
  for (const directive of directives) takePlain(job, directive, specifiers);
  takeNamed(job);
  takeEnding(job, { last });
  for (const starter of starters) tellStarter(draft, starter);
  return draft;
}

function tellStarter(draft: Draft, file: string): void {
  const what = `the ${extname(file).slice(1)}`;
  const because = file.endsWith(".timer")
    ? `svc starts nothing by the clock: let the timer's service run svc start ${draft.name}`
    : "svc starts nothing when something is asked of it: it is up, or started by svc start";
  tell(draft, "not understood", { file, line: null }, [what, because], { key: "enabled" });
}

const roles: { readonly [name: string]: Role } = {
  ExecCondition: "before",
  ExecStartPre: "before",
  ExecStart: "main",
  ExecStartPost: "after start",
  ExecReload: "reload",
  ExecStop: "stop",
  ExecStopPost: "after stop",
};

/** Directives of which others than this file see to it. */
const elsewhere =
  /^(Environment|EnvironmentFile|PassEnvironment|UnsetEnvironment|WorkingDirectory|Type|RemainAfterExit|Restart|RestartSec|StartLimit\w+|SuccessExitStatus|RestartPreventExitStatus|RestartForceExitStatus|Timeout(Start|Stop)?Sec|KillSignal|WatchdogSec)$/;

function takeExec(job: Job, directive: Directive, role: Role, specifiers: (text: string) => string): void {
  const { source, file } = directive;
  const forFile = { ...job, draft: { ...job.draft, file } };
  const before = job.draft.notes.length;
  for (const { words, mayFail, line } of systemdCommands(directive, specifiers))
    takeCommand(forFile, { words, writes: [], role, line, source, mayFail });
  tellLeftSpecifiers(job.draft, directive, before);
}

function takePlain(job: Job, directive: Directive, specifiers: (text: string) => string): void {
  const { draft } = job;
  const { section, name, source, file, line } = directive;
  const origin = { file, line };
  const text = specifiers(directive.text);
  if (name in roles || elsewhere.test(name) || takeRelation(draft, directive, text)) return;
  if (name === "Description") {
    draft.keys.description = text;
    const before = draft.notes.length;
    tell(draft, "taken", origin, ["Description=", "description"], { key: "description" });
    tellLeftSpecifiers(draft, directive, before);
    return;
  }
  const reason = reasonToLeaveOut(section, name);
  if (reason !== null) {
    const shown = /^[\w.:%@+-]{1,24}$/.test(text) && !name.startsWith("X-") ? text : "";
    tell(draft, "changed", origin, [`${name}=${shown}`, `${reason}; left out`], { source });
    return;
  }
  const none =
    name === "RuntimeMaxSec"
      ? `svc ends nothing by the clock: let a timer's service run svc restart ${draft.name}`
      : "svc has no counterpart";
  tell(draft, "not understood", origin, [`${name}=`, none], { source });
}
