import { add, commandValue, tell, type Value } from "./draft.ts";
import type { Command, Job, Role } from "./job.ts";
import type { HostCommand } from "./shell/host-command.ts";
import { type Expanded, type Word, whyUnknown } from "./shell/words.ts";

type Read = Pick<Expanded, "replaced" | "unknown"> & { readonly read: HostCommand & { readonly is: "exec" } };

const hooks: { readonly [role in Role]?: string } = { "after start": "post_start", stop: "pre_stop" };

/** docker exec in the unit's own container, once it runs or before it stops, is a hook. */
export function takeExec(job: Job, { role, line, source, mayFail }: Command, { read, replaced, unknown }: Read): void {
  const { draft } = job;
  const origin = { file: draft.file, line };
  const refuse = (because: string): void => tell(draft, "not understood", origin, ["docker exec", because], { source });
  const key = hooks[role];
  const hook = hookOf(read.words);
  const lost = [...unknown, ...replaced.filter(({ name }) => !job.variables.known.has(name))][0];
  if (key === undefined)
    refuse(
      role === "reload"
        ? "svc reloads nothing: by hand, docker exec"
        : "svc has a hook in the container only while it runs",
    );
  else if (!hook) refuse(`svc waits for what a hook runs, and knows not all flags: svc help unit ${key}`);
  else if (lost) refuse(`$${lost.name}: ${whyUnknown(job.variables, lost.name)}`);
  else job.named.push({ is: "container", what: "docker exec", names: [hook.container], origin, source, take });

  function take(): void {
    if (key === undefined || !hook) return;
    add(draft, key, hook.value);
    const isCounted = key === "post_start" && !mayFail;
    const because = isCounted ? `${key}; a failure is told of and ends nothing` : key;
    tell(draft, isCounted ? "changed" : "taken", origin, ["docker exec", because], { key });
  }
}

const switches = /^(-[it]{1,2}|--interactive|--tty|--detach-keys=.*)$/;

/** null: it has flags that a hook has not. */
function hookOf(words: readonly Word[]): { readonly container: string; readonly value: Value } | null {
  const texts = words.map(({ text }) => text);
  const hook: { [key: string]: Value } = {};
  const environment: string[] = [];
  let at = 0;
  for (; texts[at]?.startsWith("-"); at++) {
    const text = texts[at] ?? "";
    const [, name = text, together] = /^(--[a-z-]+)=(.*)$/s.exec(text) ?? [];
    if (switches.test(text)) continue;
    if (name === "--privileged") hook.privileged = true;
    else {
      const value = together ?? texts[++at] ?? "";
      if (name === "-u" || name === "--user") hook.user = value;
      else if (name === "-w" || name === "--workdir") hook.working_dir = value;
      else if (name === "-e" || name === "--env") environment.push(value);
      else return null;
    }
  }
  const [container, ...command] = texts.slice(at);
  if (container === undefined || command.length === 0) return null;
  const value = { command: commandValue(command), ...hook, ...(environment.length === 0 ? {} : { environment }) };
  return { container, value };
}
