import type { Word } from "./words.ts";

/** What a command on the host does with docker. `idle` changes nothing, `other` is everything else. */
export type HostCommand =
  | { readonly is: "run"; readonly words: readonly Word[]; readonly variables: readonly Word[] }
  | { readonly is: "runner"; readonly words: readonly Word[] }
  | {
      readonly is: "stop";
      readonly seconds: number | null;
      readonly signal: string | null;
      readonly isKill: boolean;
      readonly names: readonly string[];
    }
  /** A container that is made now and started by another command. */
  | { readonly is: "create"; readonly words: readonly Word[]; readonly variables: readonly Word[] }
  | {
      readonly is: "start";
      readonly verb: "start" | "restart";
      readonly isAttached: boolean;
      readonly names: readonly string[];
    }
  | { readonly is: "exec"; readonly words: readonly Word[] }
  /** docker compose; null: it looks for its file itself. */
  | { readonly is: "compose"; readonly program: string; readonly file: string | null }
  | { readonly is: "remove"; readonly names: readonly string[] }
  | { readonly is: "wait"; readonly names: readonly string[] }
  | { readonly is: "pull"; readonly image: string }
  | { readonly is: "idle"; readonly program: string }
  /** It does something on the host, and need not be done each time. */
  | { readonly is: "left out"; readonly program: string; readonly because: string }
  | { readonly is: "script"; readonly text: Word }
  /** `because`: null: svc runs no commands of the host but hooks. */
  | { readonly is: "other"; readonly program: string; readonly because: string | null };

/** Takes off what stands before the command (exec, sudo, env) and says what it is; `client`: of that, what was for docker's client. */
export function hostCommand(given: readonly Word[]): {
  readonly read: HostCommand;
  readonly client: readonly string[];
} {
  const { words, variables, because, client } = withoutPrefixes(given);
  const read = because === null ? bareCommand(words, variables) : other(words, because);
  return { read, client: ["run", "runner", "script"].includes(read.is) ? client : [] };
}

function bareCommand(words: readonly Word[], variables: readonly Word[]): HostCommand {
  const program = words[0]?.text.replace(/^.*\//, "") ?? "";
  const rest = words.slice(1);
  if (program === "docker-runner") return { is: "runner", words: rest };
  if (program === "svc" && rest[0]?.text === "run") return { is: "runner", words: rest.slice(1) };
  if (program === "docker") return dockerCommand(rest, variables);
  if (program === "docker-compose") return composeCommand(rest, program);
  if (program === "podman") return other(words, "svc runs containers of docker; podman has others");
  if (/^((ba|da|a|k|z)?sh|su|runuser)$/.test(program)) return shellCommand(rest, program);
  if (idle.test(program)) return { is: "idle", program };
  if (writers.test(program)) return { is: "left out", program, because: "it only writes a line; left out" };
  if (program === "set") return { is: "left out", program, because: "svc runs no shell; left out" };
  return other(words, null);
}

function other(words: readonly Word[], because: string | null): HostCommand {
  return { is: "other", program: words[0]?.text.replace(/^.*\//, "") ?? "", because };
}

const idle = /^(true|:|)$/;
const writers = /^(echo|logger|printf|systemd-cat)$/;

function withoutPrefixes(given: readonly Word[]) {
  let words = given;
  const variables: Word[] = [];
  const client: string[] = [];
  for (;;) {
    const program = words[0]?.text.replace(/^.*\//, "");
    if (/^(sudo|nohup|nice|ionice)$/.test(program ?? "")) client.push(program ?? "");
    if (program === "exec" || program === "nohup" || program === "command") words = words.slice(1);
    else if (program === "sudo") words = withoutFlags(words.slice(1), /^-[ugpChTr]$|^--(user|group)$/);
    else if (program === "env") {
      words = withoutFlags(words.slice(1), /^-[uC]$/);
      while (/^[A-Za-z_]\w*=/.test(words[0]?.text ?? "")) {
        variables.push(...words.slice(0, 1));
        words = words.slice(1);
      }
    } else if (program === "nice" || program === "ionice") words = withoutFlags(words.slice(1), /^-[ncp]$/);
    else if (program === "!")
      return { words: words.slice(1), variables, client, because: "its exit code is turned round" };
    else return { words, variables, client, because: null };
  }
}

function withoutFlags(words: readonly Word[], valued: RegExp): readonly Word[] {
  let at = 0;
  for (; words[at]?.text.startsWith("-"); at++) if (valued.test(words[at]?.text ?? "")) at++;
  return words.slice(at);
}

function dockerCommand(given: readonly Word[], variables: readonly Word[]): HostCommand {
  // Of docker's own options only those that choose no other engine can be passed over.
  const told = (because: string): HostCommand => ({ is: "other", program: "docker", because });
  let words = given;
  while (words[0]?.text.startsWith("-")) {
    const flag = words[0].text;
    if (/^(-H|--host|-c|--context)/.test(flag)) return told("it asks another engine; svc has one, by DOCKER_HOST");
    words = words.slice(/^(--config|-l|--log-level|--tls(cacert|cert|key))$/.test(flag) ? 2 : 1);
  }
  const [name = "", ...rest] = words.map(({ text }) => text);
  const verb = name === "container" || name === "image" ? (rest[0] ?? "") : name;
  const after = words.slice(name === verb ? 1 : 2);
  switch (verb) {
    case "run":
      return { is: "run", words: after, variables };
    case "stop":
      return stopCommand(after);
    case "kill": {
      const { signal, names } = stopCommand(after);
      return { is: "stop", seconds: null, signal: signal ?? "SIGKILL", isKill: true, names };
    }
    case "rm":
      return { is: "remove", names: namesIn(after) };
    case "wait":
      return { is: "wait", names: namesIn(after) };
    case "pull":
      return { is: "pull", image: after.findLast(({ text }) => !text.startsWith("-"))?.text ?? "" };
    case "network":
    case "volume":
      if (rest[0] !== "create") return told(`docker ${verb} ${rest[0] ?? ""} has no counterpart`);
      return {
        is: "left out",
        program: "docker",
        because: `svc makes no ${verb}s; if it is not there yet, make it once: docker ${verb} create …`,
      };
    case "create":
      return { is: "create", words: after, variables };
    case "start":
    case "restart": {
      const isAttached = after.some(({ text }) => /^(-[a-z]*a[a-z]*|--attach)$/.test(text));
      return {
        is: "start",
        verb,
        isAttached,
        names: namesIn(after, /^(--detach-keys|-t|--time|--timeout|-s|--signal)$/),
      };
    }
    case "exec":
      return { is: "exec", words: after };
    case "compose":
      return composeCommand(after, "docker compose");
    default:
      return told(`docker ${verb} has no counterpart`);
  }
}

function composeCommand(words: readonly Word[], program: string): HostCommand {
  return { is: "compose", program, file: flagValue(words, /^(-f|--file)$/, /^--file=(.+)$/) };
}

function stopCommand(words: readonly Word[]): HostCommand & { readonly is: "stop" } {
  const seconds = flagValue(words, /^(?:-t|--time|--timeout)$/, /^(?:-t=?|--time=|--timeout=)(.+)$/);
  const signal = flagValue(words, /^(?:-s|--signal)$/, /^(?:-s|--signal=)(.+)$/);
  const names = namesIn(words, /^(?:-t|--time|--timeout|-s|--signal)$/);
  return {
    is: "stop",
    seconds: seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) : null,
    signal,
    isKill: false,
    names,
  };
}

function namesIn(words: readonly Word[], valued: RegExp | null = null): readonly string[] {
  return words
    .filter(({ text }, at) => !text.startsWith("-") && valued?.test(words[at - 1]?.text ?? "") !== true)
    .map(({ text }) => text);
}

function flagValue(words: readonly Word[], alone: RegExp, together: RegExp): string | null {
  for (const [at, { text }] of words.entries()) {
    if (alone.test(text)) return words[at + 1]?.text ?? null;
    const value = together.exec(text)?.[1];
    if (value !== undefined) return value;
  }
  return null;
}

function shellCommand(rest: readonly Word[], program: string): HostCommand {
  const at = rest.findIndex(({ text }) => /^-[a-z]*c$/.test(text));
  const text = rest[at + 1];
  if (at < 0 || !text) return { is: "other", program, because: "a script of the host is not looked into" };
  return { is: "script", text };
}
