import { SvcError } from "../svc-error.ts";
import { type Attempt, attempt } from "./attempt.ts";
import type { Errand } from "./deploy.ts";
import { type DeployHost, tell } from "./deploy-host.ts";
import { type Look, lookEverywhere } from "./look-everywhere.ts";

export type Reverted = { readonly host: string; readonly tag: string };

/**
 * TAG becomes what REVERT says, host by host; resolves with the tag of each. A host that is there already is left alone. Where one does not
 * get well those after it keep what they have: they may be well with it. Rejects with an SvcError that says what was done.
 */
export async function revert(what: Errand): Promise<readonly Reverted[]> {
  const { app, signal, say } = what;
  const locks: (() => void)[] = [];
  let looks: readonly Look[] = [];
  const begun: Attempt[] = [];
  try {
    looks = await lookedAt(what);
    const hosts = looks.filter(isToGoBack).map(({ host }) => host);
    for (const host of hosts) locks.push(await host.lock(what, "reverts"));
    for (const host of hosts) {
      signal.throwIfAborted();
      const one = await attempt(host, () => host.revert(what), say);
      begun.push(one);
      if (!one.result.ok) throw new SvcError("failed", `${host.name}: ${one.result.because}`);
    }
    return looks.map(({ host, found }) => ({ host: host.name, tag: found.revert ?? "" }));
  } catch (error) {
    const failure = error instanceof SvcError ? error : new SvcError("failed", String(error));
    if (begun.length === 0) throw what.hosts.length === 1 ? failure : untouched(failure);
    throw unfinished(failure, app, begun, looks.filter(isToGoBack).slice(begun.length));
  } finally {
    for (const unlock of locks) unlock();
  }
}

/** All hosts: each has a REVERT, and one at least is to go back to it. */
async function lookedAt(what: Errand): Promise<readonly Look[]> {
  const { app, signal, say } = what;
  const looks = await lookEverywhere(what, { verb: "revert" }, () => null);
  signal.throwIfAborted();
  const without = looks.filter(({ found }) => found.revert === null);
  if (without.length > 0) throw noWayBack(app, `there is no REVERT of ${app} on ${namesOf(without).join(", ")}`);
  const [first] = looks;
  if (first && !looks.some(isToGoBack)) throw noWayBack(app, isThere(app, first));
  for (const look of looks) {
    const { tag, revert: to, units } = look.found;
    const words = `${tag ?? "no tag"} -> ${to}, units ${units.join(", ") || "none that is up"}`;
    tell(say, look.host, isToGoBack(look) ? words : isThere(app, look));
  }
  return looks;
}

/** One that says it is there, and is not well there, did not get so far. */
function isToGoBack({ found }: Look): boolean {
  return found.revert !== found.tag || !found.isOnTag;
}

/** After a revert TAG and REVERT are the same: there is no way further back. */
function isThere(app: string, { found }: Look): string {
  return `${app} is on ${found.tag} already, which is what REVERT says`;
}

function noWayBack(app: string, words: string): SvcError {
  return new SvcError("missing-tag", words, {
    hint: `name a tag: svc deploy ${app} TAG   (svc deploys ${app} shows which there were)`,
  });
}

function untouched(failure: SvcError): SvcError {
  if (failure.code === "app-locked" || failure.code === "missing-tag") return failure;
  const { message, hint } = failure;
  return new SvcError("deploy-untouched", `${message}; no host was touched`, hint === undefined ? {} : { hint });
}

/** Some hosts have gone back. That an interrupt came between two leaves all of them well, with one tag or the other. */
function unfinished(
  { message }: SvcError,
  app: string,
  begun: readonly Attempt[],
  untouched: readonly Look[],
): SvcError {
  const done = begun.filter(({ result }) => result.ok);
  const bad = begun.find(({ result }) => !result.ok);
  const words = [
    ...(done.length > 0 ? [`reverted: ${namesOf(done).join(", ")}`] : []),
    ...(untouched.length > 0 ? [`not touched: ${namesOf(untouched).join(", ")}`] : []),
  ];
  return new SvcError(bad ? "deploy-stuck" : "failed", [message, ...words].join("; "), {
    hint: `${bad ? `on ${bad.host.name}: svc why ${app}; then ` : ""}revert again, or: svc deploy ${app} TAG`,
  });
}

function namesOf(all: readonly { readonly host: DeployHost }[]): readonly string[] {
  return all.map(({ host }) => host.name);
}
