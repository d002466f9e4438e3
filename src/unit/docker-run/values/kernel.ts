import { path, say } from "../sentence.ts";
import { BadValue } from "./bad-value.ts";
import { cut } from "./pair.ts";

const limits = "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(
  " ",
);

export type Ulimit = { readonly Name: string; readonly Soft: number; readonly Hard: number };

/** `name=soft[:hard]`, -1 is unlimited. */
export function readUlimit(text: string): Ulimit {
  const parts = /^([^=]*)=([+-]?[0-9]+)(?::([+-]?[0-9]+))?$/.exec(text);
  if (!parts?.[1] || !parts[2]) throw new BadValue(say`"${text}" is not NAME=SOFT:HARD`);
  if (!limits.includes(parts[1])) throw new BadValue(say`"${parts[1]}" is no limit; there are ${limits}`);
  const soft = Number(parts[2]);
  const hard = Number(parts[3] ?? parts[2]);
  if (hard !== -1 && (soft === -1 || soft > hard))
    throw new BadValue(say`the soft limit in "${text}" is above the hard one`);
  return { Name: parts[1], Soft: soft, Hard: hard };
}

const kernelSettings = ["msgmax", "msgmnb", "msgmni", "sem", "shmall", "shmmax", "shmmni", "shm_rmid_forced"];

/** Only settings that a container can have of its own. */
export function checkSysctl(text: string): string {
  const { before: key, after } = cut(text, "=");
  const isOwn = kernelSettings.some((name) => key === `kernel.${name}`) || /^(net\.|fs\.mqueue\.)/.test(key);
  if (after === null || !isOwn) throw new BadValue(say`"${text}" is not a setting that a container has of its own`);
  return text;
}

/** The engine's names: upper case with `CAP_`, sorted, each once. */
export function readCapabilities(texts: readonly string[]): readonly string[] {
  const names = texts.map((text) => {
    const name = text.toUpperCase().trim();
    return name === "ALL" || name === "RESET" || name.startsWith("CAP_") ? name : `CAP_${name}`;
  });
  return [...new Set(names)].sort();
}

export type Security = {
  readonly options: readonly string[];
  /** Whether the parts of /proc and /sys that are hidden by default are to be seen. */
  readonly showsSystemPaths: boolean;
};

export function securityFields(options: readonly string[]): Security {
  return {
    options: options.filter((option) => option !== "systempaths=unconfined"),
    showsSystemPaths: options.includes("systempaths=unconfined"),
  };
}

/** The engine is given a seccomp profile by content, so the file is read here; `readFile` refuses what is not there. */
export function readSecurityOption(text: string, readFile: (path: string) => string): string {
  const withEquals = cut(text, "=");
  const isBare = withEquals.before === "no-new-privileges";
  const { before: key, after: value } = withEquals.after === null && !isBare ? cut(text, ":") : withEquals;
  if (!value && !isBare && key !== "no-new-privileges") throw new BadValue(say`"${text}" is not KEY=VALUE`);
  if (key !== "seccomp" || !value || value === "builtin" || value === "unconfined") return text;
  return `seccomp=${compactJson(readFile(value), value)}`;
}

// Written anew by JSON.stringify, numbers and escapes could come out differently from the file.
function compactJson(text: string, file: string): string {
  try {
    JSON.parse(text);
  } catch {
    throw new BadValue(say`${path(file)} is not JSON`);
  }
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, quoted?: string) => quoted ?? "");
}

export function readRestart(text: string): { readonly Name: string; readonly MaximumRetryCount: number } {
  const { before, after } = cut(text, ":");
  if (after !== null && before === "") throw new BadValue(say`"${text}" names no policy before the colon`);
  if (after && !/^[+-]?[0-9]+$/.test(after))
    throw new BadValue(say`"${after}" in "${text}" is not a number of restarts`);
  return { Name: before, MaximumRetryCount: Number(after || 0) };
}

export function checkStorageOption(text: string): string {
  if (!text.includes("=")) throw new BadValue(say`"${text}" is not KEY=VALUE`);
  return text;
}

export function checkStream(text: string): string {
  const name = text.toLowerCase();
  if (!["stdin", "stdout", "stderr"].includes(name)) throw new BadValue(say`"${text}" is not stdin, stdout or stderr`);
  return name;
}
