import { SvcError } from "../svc-error.ts";
import { splitWords } from "../unit/docker-run/split-words.ts";
import { FileReader } from "../unit/file-reader.ts";
import { durationMs } from "../unit/keys/quantities.ts";
import { readKeysFile } from "../unit/keys-file.ts";
import { byPlace, type UnitProblem } from "../unit/unit-problem.ts";
import { unreadable } from "../unit/unreadable.ts";
import type { Path } from "../unit/yaml-text.ts";
import type { DeployHook, DeployHooks } from "./deploy-hooks.ts";
import { type DeployKeys, deployGrammar } from "./deploy-schema.ts";

/** A host, with those units of the app that run there; null: all. */
export type HostUnits = { readonly name: string; readonly units: readonly string[] | null };

/** What a deploy.yml says; what it does not say is null, or empty. */
export type DeployFile = {
  readonly app: string | null;
  readonly hosts: readonly HostUnits[];
  readonly tasks: readonly (readonly string[])[];
  readonly batch: number | null;
  readonly pauseMs: number | null;
  readonly minHealthyMs: number | null;
  readonly deadlineMs: number | null;
  readonly keep: number | null;
  readonly hooks: DeployHooks;
};

const hookTimeoutMs = 30_000;

/** Reads a deploy.yml. All that is wrong with it is told at once, each with its place. */
export async function readDeployFile(file: string): Promise<DeployFile> {
  const content = await new FileReader().read(file).catch((error: NodeJS.ErrnoException) => {
    throw new SvcError("missing-file", `${file} cannot be read: ${unreadable(error).because}`, {
      hint: "name it with -f FILE",
    });
  });
  const { keys, problems, place } = readKeysFile(file, content, deployGrammar);
  const all: UnitProblem[] = problems.map((problem) => ({ unit: null, ...problem }));
  const wrong = (path: Path, message: string, hint: string): void => {
    all.push({ unit: null, severity: "error", code: "bad-value", ...place(path, "value"), message, hint });
  };
  const read = keys && deployFileOf(keys, wrong);
  if (read && all.every(({ severity }) => severity !== "error")) return read;
  const errors = all.filter(({ severity }) => severity === "error").length;
  const error = new SvcError("invalid-deploy-file", `${file} has ${errors === 1 ? "an error" : `${errors} errors`}`, {
    hint: "svc help deploy.yml shows all keys",
  });
  throw Object.assign(error, { problems: all.sort(byPlace) });
}

type Wrong = (path: Path, message: string, hint: string) => void;

function deployFileOf(keys: DeployKeys, wrong: Wrong): DeployFile {
  const span = (said: string | number | undefined): number | null => (said === undefined ? null : durationMs(said));
  for (const key of ["batch", "keep"] as const)
    if ((keys[key] ?? 1) < 1) wrong([key], `${key}: ${keys[key]} is no number above 0`, `write ${key}: 1`);
  if (keys.hosts !== undefined && keys.roles !== undefined)
    wrong(["hosts"], "hosts and roles do not go together: roles name their hosts", "take hosts out");
  return {
    app: keys.app ?? null,
    hosts: keys.roles === undefined ? hostsOf(keys, wrong) : hostsByRole(keys.roles, wrong),
    tasks: (keys.tasks ?? []).flatMap((task, at) => tasksOf(task, at, wrong)),
    batch: keys.batch ?? null,
    pauseMs: span(keys.pause),
    minHealthyMs: span(keys.min_healthy),
    deadlineMs: span(keys.deadline),
    keep: keys.keep ?? null,
    hooks: {
      before: hooksOf(keys.hooks?.before),
      after: hooksOf(keys.hooks?.after),
      failed: hooksOf(keys.hooks?.failed),
    },
  };
}

function hostsOf({ hosts = [] }: DeployKeys, wrong: Wrong): readonly HostUnits[] {
  tellOfTwins(["hosts"], hosts, wrong);
  return hosts.map((name) => ({ name, units: null }));
}

/** A host with several roles has the units of all of them. Hosts are in the order in which they are named first. */
function hostsByRole(roles: NonNullable<DeployKeys["roles"]>, wrong: Wrong): readonly HostUnits[] {
  const found = new Map<string, Set<string>>();
  for (const [role, { hosts, units }] of Object.entries(roles)) {
    tellOfTwins(["roles", role, "hosts"], hosts, wrong);
    for (const [key, named] of Object.entries({ hosts, units }))
      if (named.length === 0)
        wrong(["roles", role, key], `roles.${role}.${key} names none`, "name one, or take the role out");
    for (const host of hosts) found.set(host, new Set([...(found.get(host) ?? []), ...units]));
  }
  return [...found].map(([name, units]) => ({ name, units: [...units] }));
}

function tellOfTwins(path: Path, hosts: readonly string[], wrong: Wrong): void {
  const twin = hosts.find((name, at) => hosts.indexOf(name) < at);
  if (twin !== undefined) wrong(path, `the host ${twin} is named twice`, "name each once");
}

function tasksOf(task: string, at: number, wrong: Wrong): readonly (readonly string[])[] {
  const split = splitWords(task);
  if (split.ok && split.words.length > 0) return [split.words];
  wrong(
    ["tasks", at],
    `tasks: ${split.ok ? "a task has no words" : split.message}`,
    'write tasks: [migrate, "clean --all"]',
  );
  return [];
}

function hooksOf(said: NonNullable<DeployKeys["hooks"]>["before"]): readonly DeployHook[] {
  return (said ?? []).map((one) => {
    const { command, timeout } = typeof one === "string" ? { command: one, timeout: undefined } : one;
    return { command, timeoutMs: (timeout === undefined ? null : durationMs(timeout)) ?? hookTimeoutMs };
  });
}
