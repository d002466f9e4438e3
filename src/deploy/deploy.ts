import type { PullProgress } from "../control/request.ts";
import { SvcError } from "../svc-error.ts";
import { attempt } from "./attempt.ts";
import { type DeployHost, type Teller, tell } from "./deploy-host.ts";
import { lookEverywhere } from "./look-everywhere.ts";
import { pullEverywhere } from "./pull-everywhere.ts";

/** What a deploy and a revert have in common. */
export type Errand = {
  readonly id: string;
  readonly app: string;
  readonly who: string;
  /** In this order. */
  readonly hosts: readonly DeployHost[];
  readonly minHealthyMs: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly say: Teller;
};

export type Deploy = Errand & {
  readonly tag: string;
  /** Of the svc that deploys. */
  readonly version: string;
  /** They run on the first host. */
  readonly tasks: readonly (readonly string[])[];
  /** How many hosts are switched at once. */
  readonly batch: number;
  readonly pauseMs: number;
  /** So many of the newest images stay. */
  readonly keep: number;
  /** How far the pull of a host is; null: it is over. */
  readonly pulling: (host: string, progress: PullProgress | null) => void;
  /** null: it went well, else what went wrong. */
  readonly hook: (when: DeployHookTime, now: DeployNow, signal?: AbortSignal) => Promise<string | null>;
  /** What went wrong and changes nothing about how the deploy ended. */
  readonly warn: (words: string) => void;
  /** ISO 8601. */
  readonly date: () => string;
};

export type DeployHookTime = "before" | "after" | "failed";

/** A deploy as its hooks are told of it. */
export type DeployNow = {
  readonly id: string;
  readonly app: string;
  readonly who: string;
  /** null: there was none, or another on each host. */
  readonly from: string | null;
  readonly to: string;
  readonly hosts: readonly { readonly name: string; readonly units: readonly string[]; readonly from: string | null }[];
  readonly tasks: readonly string[];
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly result: "running" | "done" | "untouched" | "reverted" | "stuck";
  readonly because: string;
};

const leastFreeBytes = 64 << 20;

/**
 * A new tag on all hosts, or on none. The order is the safety: everything that can be found out is found out before anything is
 * touched; tasks run with the new image while every TAG still says the old one, so that no respawn ships what is not migrated;
 * hosts are switched in turn, each only when the one before it has been well for a while. What fails after that puts the old tag back
 * where it was switched, newest first. Rejects with an SvcError that says which of this it was. The hook `before` may still end it untouched;
 * `after` and `failed` are told how it ended, and change nothing about that.
 */
export async function deploy(what: Deploy): Promise<void> {
  const switched: Switched = new Map();
  const locks: (() => void)[] = [];
  let now = begun(what);
  try {
    now = withHosts(now, await preflight(what));
    for (const host of what.hosts) locks.push(await host.lock(what, `deploys ${what.tag}`));
    const wrong = await what.hook("before", now, what.signal);
    if (wrong !== null) throw new SvcError("failed", wrong, { hint: "mend this, then deploy again" });
    what.signal.throwIfAborted();
    await pullEverywhere(what);
    await runTasks(what);
    await switchAll(what, switched);
    await tellHook(
      "after",
      { ...now, endedAt: what.date(), result: "done", because: "every host is on the new tag" },
      what,
    );
  } catch (error) {
    const failure = error instanceof SvcError ? error : new SvcError("failed", String(error));
    tell(what.say, null, `failed: ${failure.message}`);
    const end = switched.size === 0 ? untouched(failure) : await putBack(what, switched, failure);
    // Refused is not failed: the deploy that is under way, or will be, is somebody else's.
    const result = results[end.code];
    if (result) await tellHook("failed", { ...now, endedAt: what.date(), result, because: end.message }, what);
    throw end;
  } finally {
    for (const unlock of locks) unlock();
  }
  // Every host is on the new tag: old images that stay take room, and no more.
  await Promise.all(what.hosts.map((host) => host.prune(what).catch(() => undefined)));
}

const results: { readonly [code: string]: DeployNow["result"] } = {
  "deploy-untouched": "untouched",
  "deploy-reverted": "reverted",
  "deploy-stuck": "stuck",
};

function begun({ id, app, who, tag, tasks, date }: Deploy): DeployNow {
  const words = tasks.map((task) => task.join(" "));
  const open = { endedAt: null, result: "running", because: "" } as const;
  return { id, app, who, from: null, to: tag, hosts: [], tasks: words, startedAt: date(), ...open };
}

function withHosts(now: DeployNow, hosts: DeployNow["hosts"]): DeployNow {
  const tags = new Set(hosts.map(({ from }) => from));
  const [from = null] = tags;
  return { ...now, hosts, from: tags.size === 1 ? from : null };
}

async function tellHook(when: "after" | "failed", now: DeployNow, { hook, warn }: Deploy): Promise<void> {
  const wrong = await hook(when, now);
  if (wrong !== null) warn(wrong);
}

/** Every host is well, has room, the same svc, and the same image. */
async function preflight(what: Deploy): Promise<DeployNow["hosts"]> {
  const { id, tag, signal, say } = what;
  const looks = await lookEverywhere(what, { id, tag, verb: "deploy" }, ({ freeBytes, version }) => {
    if (version !== what.version) return `it has svc ${version}, and this is ${what.version}: install the same there`;
    return freeBytes < leastFreeBytes ? "its disk is full" : null;
  });
  const images = new Set(looks.map(({ found }) => found.image));
  if (images.size > 1) {
    throw new SvcError("failed", `the hosts have different images: ${[...images].join(", ")}`, {
      hint: "make IMAGE in their env files the same",
    });
  }
  signal.throwIfAborted();
  for (const { host, found } of looks) {
    tell(say, host, `${found.tag ?? "no tag"} -> ${tag}, units ${found.units.join(", ") || "none that is up"}`);
  }
  return looks.map(({ host, found }) => ({ name: host.name, units: found.units, from: found.tag }));
}

/** Each once, on the first host; one that was done before the deploy was cut off is not done again. */
async function runTasks(what: Deploy): Promise<void> {
  const [first] = what.hosts;
  if (!first) return;
  const done = await first.tasksDone(what.id);
  for (const task of what.tasks) {
    what.signal.throwIfAborted();
    const words = task.join(" ");
    if (done.includes(words)) {
      tell(what.say, first, `${words} was done before`);
      continue;
    }
    await endOfOthers(first, what);
    tell(what.say, first, `runs ${words}`);
    const code = await first.runTask(what, task);
    if (code !== 0 && what.signal.aborted) {
      tell(what.say, first, `${words} was left to itself; if it still runs the next deploy waits for its end`);
      what.signal.throwIfAborted();
    }
    if (code !== 0) {
      throw new SvcError("failed", `${words} ended with ${code} on ${first.name}`, { hint: "its output is above" });
    }
    await first.noteTask(what, words);
  }
}

/** A task outlives the deployer that began it; the same one beside it could spoil what both work on. */
async function endOfOthers(host: DeployHost, { app, signal, wait, say }: Deploy): Promise<void> {
  for (let told = ""; ; await wait(1_000, signal)) {
    const others = (await host.tasksRunning(app)).join(", ");
    if (others === "") return;
    if (others !== told) tell(say, host, `waits for the end of a task that was begun before: ${others}`);
    told = others;
  }
}

/** The hosts whose switch has begun, in that order, and whether they are lost. */
type Switched = Map<DeployHost, { isLost: boolean }>;

async function switchAll(what: Deploy, switched: Switched): Promise<void> {
  for (let at = 0; at < what.hosts.length; at += what.batch) {
    if (at > 0 && what.pauseMs > 0) await what.wait(what.pauseMs, what.signal);
    what.signal.throwIfAborted();
    const batch = what.hosts.slice(at, at + what.batch);
    // Noted before: of one whose connection is lost in the middle it is not known how far it came.
    for (const host of batch) switched.set(host, { isLost: false });
    const all = await Promise.all(batch.map((host) => attempt(host, () => host.switchTo(what), what.say)));
    for (const { host, isLost } of all) switched.set(host, { isLost });
    const bad = all.find(({ result }) => !result.ok);
    if (bad) throw new SvcError("failed", `${bad.host.name}: ${bad.result.because}`);
    what.signal.throwIfAborted();
  }
}

/**
 * Newest first, all of them, whatever becomes of one; a host that is lost keeps no other waiting. A revert that fails is not reverted.
 */
async function putBack(what: Deploy, switched: Switched, failure: SvcError): Promise<SvcError> {
  const stuck: string[] = [];
  const newestFirst = [...switched].reverse();
  const inOrder = [
    ...newestFirst.filter(([, { isLost }]) => !isLost),
    ...newestFirst.filter(([, { isLost }]) => isLost),
  ];
  for (const [host] of inOrder) {
    tell(what.say, host, "gets the old tag back");
    const { result } = await attempt(host, () => host.putBack(what), what.say);
    if (!result.ok) stuck.push(`${host.name}: ${result.because}`);
  }
  if (stuck.length === 0) {
    return new SvcError("deploy-reverted", `${failure.message}; every host is on the old tag again`, {
      hint: `see why: svc logs -n 100 ${what.app}; then deploy again`,
    });
  }
  return new SvcError(
    "deploy-stuck",
    `${failure.message}; and the old tag could not be put back: ${stuck.join("; ")}`,
    {
      hint: `on these hosts: svc why ${what.app}; then: svc revert ${what.app}`,
    },
  );
}

function untouched(failure: SvcError): SvcError {
  if (failure.code === "app-locked") return failure;
  return new SvcError("deploy-untouched", `${failure.message}; no host was touched`, {
    ...(failure.hint === undefined ? {} : { hint: failure.hint }),
  });
}
