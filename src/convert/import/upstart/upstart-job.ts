import { type Draft, instanceMark, newDraft, tell } from "../draft.ts";
import type { Host } from "../host.ts";
import { type Job, newJob, type Role, tellForRunLine } from "../job.ts";
import { expand } from "../shell/words.ts";
import { dotPaths } from "../systemd/environment.ts";
import { systemdWords } from "../systemd/systemd-words.ts";
import { takeNamed } from "../take-named.ts";
import { takeScript } from "../take-script.ts";
import { takeEnding } from "./ending.ts";
import { takeRelations } from "./relations.ts";
import { type Stanza, stanzasOf } from "./stanzas.ts";

export type UpstartFiles = {
  /** NAME of NAME.conf. */
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly override: { readonly file: string; readonly text: string } | null;
};

/** The unit that an upstart job with its override amounts to; a job with instances becomes a template. */
export function importUpstart({ name, file, text, override }: UpstartFiles, host: Host): Draft {
  const stanzas = [{ file, text }, ...(override ? [override] : [])].flatMap((one) => stanzasOf(one.file, one.text));
  const instance = stanzas.findLast((one) => one.name === "instance");
  const draft = newDraft(instance ? `${name}@` : name, file);
  const job = newJob(draft, host);
  job.variables.known.set("UPSTART_JOB", { value: name, file: null });
  if (instance) takeInstance(job, instance);
  for (const one of stanzas) if (one.name === "env") takeVariable(job, one);
  const folder = stanzas.findLast((one) => one.name === "chdir");
  if (folder) {
    job.state.workingDirectory = folder.text;
    tell(draft, "taken", folder, ["chdir", dotPaths]);
  }
  for (const [wanted, role] of Object.entries(roles))
    for (const stanza of lastOf(stanzas, wanted)) takeAlone(job, stanza, role);
  for (const stanza of stanzas) {
    takePlain(draft, stanza);
    if (stanza.isOpen) tell(draft, "not understood", stanza, [stanza.name, "no end script follows it"]);
  }
  takeRelations(draft, stanzas);
  takeNamed(job);
  takeEnding(job, stanzas);
  if (stanzas.some((one) => one.name === "manual")) draft.keys.enabled = false;
  return draft;
}

const roles: { readonly [name: string]: Role } = {
  "pre-start exec": "before",
  "pre-start script": "before",
  exec: "main",
  script: "main",
  "post-start exec": "after start",
  "post-start script": "after start",
  "pre-stop exec": "stop",
  "pre-stop script": "stop",
  "post-stop exec": "after stop",
  "post-stop script": "after stop",
};

/** Each script has a shell of its own: what one sets the next does not see. */
function takeAlone(job: Job, stanza: Stanza, role: Role): void {
  const before = new Map(job.variables.known);
  takeScript(job, stanza, role);
  job.variables.known.clear();
  for (const [name, value] of before) job.variables.known.set(name, value);
}

/** An override says a stanza anew. */
function lastOf(stanzas: readonly Stanza[], name: string): readonly Stanza[] {
  return stanzas.filter((one) => one.name === name).slice(-1);
}

function takeInstance({ draft, variables }: Job, stanza: Stanza): void {
  const variable = /^["']?\$\{?([A-Za-z_]\w*)\}?["']?$/.exec(stanza.text)?.[1];
  if (variable === undefined) {
    tell(draft, "not understood", stanza, ["instance", "only one variable can become the %i of a template"], {
      source: stanza.source,
    });
    return;
  }
  variables.known.set(variable, { value: instanceMark, file: null });
  tell(draft, "changed", stanza, ["instance", `a template: svc start ${draft.name}NAME; $${variable} is %i`]);
}

function takeVariable(job: Job, stanza: Stanza): void {
  const { words } = expand(
    systemdWords(stanza, (text) => text),
    job.variables,
  );
  const [, name, value = ""] = /^([^=]+)=(.*)$/s.exec(words[0]?.text ?? "") ?? [];
  if (name === undefined) {
    job.variables.complete = false;
    tell(job.draft, "not understood", stanza, ["env", "it passes on a variable of the event; svc has no events"], {
      source: stanza.source,
    });
    return;
  }
  job.variables.known.set(name, { value, file: null });
  tellForRunLine(job.draft, stanza, `env ${name}`);
}

const notOfContainer = /^(setuid|setgid|chroot|nice|umask|limit|oom score|apparmor (load|switch)|cgroup|debug)$/;
const ofReaders = /^(author|version|usage|emits|export|end)$/;
const elsewhere =
  /^(start on|stop on|env|chdir|instance|task|respawn|respawn limit|normal exit|kill timeout|kill signal)$/;

function takePlain(draft: Draft, stanza: Stanza): void {
  const { name, source } = stanza;
  if (name in roles || elsewhere.test(name)) return;
  const text = stanza.text.replace(/^(["'])(.*)\1$/, "$2");
  if (name === "description") {
    draft.keys.description = text;
    tell(draft, "taken", stanza, ["description", "description"], { key: "description" });
  } else if (name === "manual") tell(draft, "taken", stanza, ["manual", "enabled: false"], { key: "enabled" });
  else if (name === "expect") tell(draft, "taken", stanza, ["expect", "svc follows the container itself"]);
  else if (name === "console")
    tell(draft, "changed", stanza, ["console", "svc keeps the output: svc logs; left out"], { source });
  else if (ofReaders.test(name)) tell(draft, "changed", stanza, [name, "svc needs it not; left out"], { source });
  else if (notOfContainer.test(name))
    tell(draft, "changed", stanza, [name, "it is of docker's client, not of the container; left out"], { source });
  else tell(draft, "not understood", stanza, [name, "svc has no counterpart"], { source });
}
