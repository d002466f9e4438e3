import { add, instanceMark, tell } from "../draft.ts";
import { type Job, tellForRunLine } from "../job.ts";
import { whyUnknown } from "../shell/words.ts";
import { environmentFile } from "./environment-file.ts";
import { systemdWords } from "./systemd-words.ts";
import type { Directive } from "./unit-lines.ts";

/** The environment that systemd gives docker's client: what its command line, and `-e NAME`, take their values from. */
export function takeEnvironment(job: Job, directive: Directive, specifiers: (text: string) => string): void {
  const { name, file, line } = directive;
  if (name === "Environment") {
    for (const { parts } of systemdWords(directive, specifiers)) {
      const text = parts.map((part) => (part.is === "text" ? part.text : `$${part.name}`)).join("");
      const [, variable, value = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (variable === undefined) continue;
      job.variables.known.set(variable, { value, file: null });
      if (/^DOCKER_(HOST|CONTEXT)$/.test(variable))
        tell(job.draft, "not understood", { file, line }, [
          variable,
          "svc has one engine for all units: /etc/default/svc",
        ]);
      else tellForRunLine(job.draft, { file, line }, `Environment=${variable}`);
    }
  }
  if (name === "EnvironmentFile") takeFile(job, directive, specifiers(directive.text));
  if (name === "PassEnvironment" || name === "UnsetEnvironment")
    tell(job.draft, "changed", { file, line }, [`${name}=`, "it is of docker's client; left out"], {
      source: directive.source,
    });
}

/** What systemd sets of itself where a unit has a User=. */
export function takeUser({ variables }: Job, user: string): void {
  const isRoot = user === "root" || user === "0";
  const name = isRoot ? "root" : /^\d+$/.test(user) ? null : user;
  const values = { USER: name, LOGNAME: name, HOME: isRoot ? "/root" : null, SHELL: null };
  for (const [variable, value] of Object.entries(values)) {
    const what = variable === "HOME" ? "the home" : "that";
    variables.known.set(variable, { value, file: null, because: `it is ${what} of ${user}, which is not known here` });
  }
}

export function takeFolder({ draft, state, variables }: Job, directive: Directive, text: string): void {
  const path = text.replace(/^-/, "");
  const what = `WorkingDirectory=${path}`;
  if (path !== "~") {
    state.workingDirectory = path;
    tell(draft, "taken", directive, [what, dotPaths]);
    return;
  }
  const name = "HOME";
  const home = variables.known.get(name);
  state.workingDirectory = home === undefined ? "/root" : (home.value ?? `/\${${name}}`);
  if (home?.value === null) tell(draft, "not understood", directive, [what, whyUnknown(variables, name)]);
  else tell(draft, "taken", directive, [what, dotPaths]);
}

export const dotPaths = "paths that begin with a dot begin there";

const ofEachInstance =
  "each instance has a file of its own: svc takes IMAGE, TAG and OPTS from it, and puts every other variable into the container";

function takeFile(job: Job, { file, line }: Directive, text: string): void {
  const path = text.replace(/^-/, "");
  const required = path === text;
  const read = job.host.readFile(path);
  job.files.push({ path, required });
  const what = `EnvironmentFile=${path}`;
  if (read !== null) {
    for (const [name, value] of environmentFile(read)) job.variables.known.set(name, { value, file: path });
    tellForRunLine(job.draft, { file, line }, what);
    return;
  }
  job.variables.complete = false;
  if (path.includes(instanceMark)) {
    add(job.draft, "env_file", required ? path : { path, required });
    tell(job.draft, "changed", { file, line }, [what, ofEachInstance], { key: "env_file", code: "for run line" });
    return;
  }
  if (required) {
    tell(job.draft, "not understood", { file, line }, [what, "this file cannot be read here"]);
    return;
  }
  tell(job.draft, "changed", { file, line }, [what, "it is not there; left out"]);
}
