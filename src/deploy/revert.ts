import { SvcError } from "../svc-error.ts";
import { type Attempt, attempt } from "./attempt.ts";
import type { Errand } from "./deploy.ts";
import { type DeployHost, tell } from "./deploy-host.ts";
import { type Look, lookEverywhere } from "./look-everywhere.ts";

/**
 * TAG becomes what REVERT says, host by host; resolves with the names of those that it was done on. A host that is there already is left
 * alone. Where one does not get well those after it keep what they have: they may be well with it. Rejects with an SvcError that says
 * what was done.
 */
export async function revert(what: Errand): Promise<readonly string[]> {
  const { app, signal, say } = what;
  const locks: (() => void)[] = [];
  let hosts: readonly DeployHost[] = [];
  const begun: Attempt[] = [];
  try {
    hosts = await hostsToRevert(what);
    for (const host of hosts) locks.push(await host.lock(what, "reverts"));
    for (const host of hosts) {
      signal.throwIfAborted();
      const one = await attempt(host, () => host.revert(what), say);
      begun.push(one);
      if (!one.result.ok) throw new SvcError("failed", `${host.name}: ${one.result.because}`);
    }
    return namesOf(hosts);
  } catch (error) {
    const failure = error instanceof SvcError ? error : new SvcError("failed", String(error));
    throw begun.length > 0 ? stuck(failure, app, begun, hosts.slice(begun.length)) : untouched(failure);
  } finally {
    for (const unlock of locks) unlock();
  }
}

/** Each has a REVERT, and for one at least that is another tag than TAG. */
async function hostsToRevert(what: Errand): Promise<readonly DeployHost[]> {
  const { app, signal, say } = what;
  const looks = await lookEverywhere(what, { verb: "revert" }, () => null);
  signal.throwIfAborted();
  const without = looks.filter(({ found }) => found.revert === null);
  if (without.length > 0)
    throw noWayBack(app, `there is no REVERT of ${app} on ${namesOf(hostsOf(without)).join(", ")}`);
  const back = looks.filter(({ found }) => found.revert !== found.tag);
  const [first] = looks;
  if (back.length === 0 && first) throw noWayBack(app, isThere(app, first));
  for (const look of looks) {
    const { tag, revert, units } = look.found;
    const words = `${tag ?? "no tag"} -> ${revert}, units ${units.join(", ") || "none that is up"}`;
    tell(say, look.host, back.includes(look) ? words : isThere(app, look));
  }
  return hostsOf(back);
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

function stuck(failure: SvcError, app: string, begun: readonly Attempt[], untouched: readonly DeployHost[]): SvcError {
  const hosts = (ok: boolean) => begun.filter(({ result }) => result.ok === ok).map(({ host }) => host);
  const [bad] = hosts(false);
  const words = [
    ...(hosts(true).length > 0 ? [`reverted: ${namesOf(hosts(true)).join(", ")}`] : []),
    ...(untouched.length > 0 ? [`not touched: ${namesOf(untouched).join(", ")}`] : []),
  ];
  return new SvcError("deploy-stuck", [failure.message, ...words].join("; "), {
    hint: `${bad ? `on ${bad.name}: svc why ${app}; then ` : ""}revert again, or: svc deploy ${app} TAG`,
  });
}

function hostsOf(looks: readonly Look[]): readonly DeployHost[] {
  return looks.map(({ host }) => host);
}

function namesOf(hosts: readonly DeployHost[]): readonly string[] {
  return hosts.map(({ name }) => name);
}
