import { dirname } from "node:path";
import { type Draft, instanceMark, newDraft, tell } from "../draft.ts";
import type { Host } from "../host.ts";
import { type Job, newJob, tellForRunLine } from "../job.ts";
import { takeCommand } from "../take-command.ts";
import { takeNamed } from "../take-named.ts";
import { tellLeft } from "../tell-left.ts";
import { unitName } from "../unit-name.ts";
import { commandWords } from "./command-words.ts";
import { takeEnding } from "./ending.ts";
import { expanded, type Meanings, onlySupervisord, unknownIn } from "./expansions.ts";
import { type Section, type Setting, sectionsOf } from "./sections.ts";

type Supervisord = {
  readonly programs: readonly Draft[];
  /** Of sections that are no programs, what svc has instead. */
  readonly others: readonly Draft[];
};

/** The units that the programs of a supervisord amount to. */
export function importSupervisord(
  { file, text }: { readonly file: string; readonly text: string },
  host: Host,
): Supervisord {
  const sections = sectionsOf(file, text);
  const others = sections.filter(({ kind }) => Object.hasOwn(noPrograms, kind)).map(noProgram);
  return {
    programs: sections.filter(({ kind }) => kind === "program").map((section) => program(section, host)),
    others: sections.some(({ kind }) => kind === "program") ? others : [...others, withoutProgram(file)],
  };
}

function program(section: Section, host: Host): Draft {
  const { file, settings, unreadable } = section;
  const last = (name: string): Setting | undefined => settings.findLast((one) => one.name === name);
  const count = last("numprocs");
  const isTemplate = count !== undefined && count.text.trim() !== "1";
  const draft = newDraft(`${unitName(section.name)}${isTemplate ? "@" : ""}`, file);
  const job = newJob(draft, host);
  const processes = count?.text.trim() ?? "1";
  const meanings: Meanings = new Map([
    ["program_name", section.name],
    ["group_name", section.name],
    ["here", dirname(file)],
    ["process_num", isTemplate ? instanceMark : "0"],
    ...(/^\d+$/.test(processes) ? [["numprocs", processes] as const] : []),
  ]);
  for (const { line, source } of unreadable)
    tell(draft, "not understood", { file, line }, ["a line", "this is no NAME=value"], { source });
  if (count && isTemplate) {
    const because = `a template: svc start ${draft.name}NAME for each of the ${processes}; process_num is %i`;
    tell(draft, "changed", count, ["numprocs", because]);
  }
  const folder = last("directory");
  if (folder) takeFolder(job, folder, meanings);
  const environment = last("environment");
  if (environment) takeEnvironment(job, environment, meanings);
  const command = last("command");
  if (command) takeProgram(job, command, meanings);
  for (const setting of settings) takePlain(draft, setting);
  takeNamed(job);
  takeEnding(job, last);
  return draft;
}

function takeFolder({ draft, state }: Job, folder: Setting, meanings: Meanings): void {
  const read = expanded(folder.text, meanings);
  const unknown = unknownIn(read);
  if (unknown.length > 0) {
    tell(draft, "not understood", folder, [`directory: ${unknown.join(", ")}`, onlySupervisord]);
    return;
  }
  state.workingDirectory = read.text;
  tell(draft, "taken", folder, ["directory", "paths that begin with a dot begin there"]);
}

function takeProgram(job: Job, command: Setting, meanings: Meanings): void {
  const { line, source } = command;
  const words = commandWords(command, meanings);
  // What supervisord itself was given as its environment nobody knows.
  const variables = { ...job.variables, complete: false };
  if (!words) {
    tell(job.draft, "not understood", command, ["command", "a quote in it is not closed"], { source });
    return;
  }
  const before = job.draft.notes.length;
  takeCommand({ ...job, variables }, { words, writes: [], role: "main", line, source, mayFail: false });
  const marks = expanded(command.text, meanings).left;
  tellLeft(job.draft, { origin: command, marks, because: onlySupervisord }, before);
}

/** `A="1",B=2`: what docker's client gets. */
function takeEnvironment(job: Job, setting: Setting, meanings: Meanings): void {
  for (const found of setting.text.matchAll(/([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^,\n]*))/g)) {
    const [, name = "", double, single, bare = ""] = found;
    const read = expanded(double ?? single ?? bare.trim(), meanings);
    const unknown = unknownIn(read);
    const origin = { file: setting.file, line: setting.lineAt(found.index) };
    const what = `environment ${name}`;
    if (unknown.length === 0) {
      job.variables.known.set(name, { value: read.text, file: null });
      tellForRunLine(job.draft, origin, what);
      continue;
    }
    const because = `${unknown.join(", ")}: ${onlySupervisord}`;
    job.variables.known.set(name, { value: null, file: null, because });
    tell(job.draft, "not understood", origin, [what, because], { code: "for run line" });
  }
}

const elsewhere =
  /^(command|numprocs|directory|environment|autostart|autorestart|exitcodes|startsecs|startretries|stopsignal|stopwaitsecs)$/;
const leftOut: readonly (readonly [names: RegExp, because: string])[] = [
  [/^(stdout|stderr)_|^redirect_stderr$/, "svc keeps the output: svc logs; left out"],
  [/^priority$/, "svc orders by depends_on: write it where one needs another; left out"],
  [/^(user|umask|stopasgroup|killasgroup)$/, "it is of docker's client, not of the container; left out"],
  [/^(process_name|numprocs_start|serverurl)$/, "svc needs it not; left out"],
];

function takePlain(draft: Draft, setting: Setting): void {
  const { name, source } = setting;
  if (elsewhere.test(name)) return;
  const because = leftOut.find(([names]) => names.test(name))?.[1];
  if (because !== undefined) tell(draft, "changed", setting, [name, because], { source });
  else tell(draft, "not understood", setting, [name, "svc has no counterpart"], { source });
}

function withoutProgram(file: string): Draft {
  const draft = newDraft("supervisord", file);
  tell(draft, "not understood", { file, line: null }, ["the file", "no program is in it"]);
  return draft;
}

const noPrograms: { readonly [kind: string]: string } = {
  group: "svc has no groups: name the units, as in svc start A B",
  eventlistener: "svc has no listeners: write on_event in the units",
  "fcgi-program": "svc holds no socket for it: write it by hand",
  include: "import the files that it names",
};

function noProgram({ kind, name, file, line }: Section): Draft {
  const draft = newDraft(name, file);
  const what = name === "" ? `[${kind}]` : `[${kind}:${name}]`;
  tell(draft, "not understood", { file, line }, [what, noPrograms[kind] ?? ""]);
  return draft;
}
