import type { AppOnHost } from "../control/request.ts";
import { messageOf, SvcError } from "../svc-error.ts";
import type { Deploy } from "./deploy.ts";
import type { DeployHost } from "./deploy-host.ts";

export type Look = { readonly host: DeployHost; readonly found: AppOnHost };

/**
 * Reachable, with the app, not locked, and nothing that `wrongWith` finds: all hosts are asked at once, and all that is wrong is told. That
 * somebody is at it is told as such where nothing else is wrong.
 */
export async function lookEverywhere(
  { hosts, app }: Pick<Deploy, "hosts" | "app">,
  about: { readonly tag?: string; readonly id?: string; readonly verb: string },
  wrongWith: (found: AppOnHost) => string | null,
): Promise<readonly Look[]> {
  const { verb, ...ask } = about;
  const looks: Look[] = [];
  const wrong: string[] = [];
  const locked: string[] = [];
  const asked = await Promise.allSettled(hosts.map((host) => host.look({ app, ...ask })));
  for (const [at, host] of hosts.entries()) {
    const answer = asked[at];
    if (answer?.status !== "fulfilled") {
      // Of a single host all is told that it says: the code, and what to do next.
      if (hosts.length === 1 && answer?.reason instanceof SvcError) throw saidBy(host, answer.reason);
      wrong.push(`${host.name}: ${messageOf(answer?.reason)}`);
      continue;
    }
    const { value: found } = answer;
    looks.push({ host, found });
    const { lockedBy } = found;
    const problem = wrongWith(found);
    if (problem !== null) wrong.push(`${host.name}: ${problem}`);
    else if (lockedBy) locked.push(`${host.name}: locked by ${lockedBy.who} since ${lockedBy.since}: ${lockedBy.why}`);
  }
  if (wrong.length > 0)
    throw new SvcError("failed", [...wrong, ...locked].join("; "), { hint: `mend this, then ${verb} again` });
  if (locked.length > 0)
    throw new SvcError("app-locked", locked.join("; "), {
      hint: `wait; a lock that was set by hand goes with: svc unlock ${app}   (--force: any)`,
    });
  return looks;
}

function saidBy({ name }: DeployHost, { code, message, hint }: SvcError): SvcError {
  return new SvcError(code, `${name}: ${message}`, hint === undefined ? {} : { hint });
}
