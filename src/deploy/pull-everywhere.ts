import { messageOf, SvcError } from "../svc-error.ts";
import type { Deploy } from "./deploy.ts";
import { type DeployHost, tell } from "./deploy-host.ts";

const tries = 5;
const firstDelayMs = 1_000;

/** On all hosts at once, five times each; then every host must have the very same image, or two builds would be one deploy. */
export async function pullEverywhere(what: Deploy): Promise<void> {
  const digests = await digestsOf(what);
  const different = new Set(digests.map(([, digest]) => digest));
  if (different.size <= 1) return;
  const words = digests.map(([name, digest]) => `${name} ${digest.slice(0, 19)}`).join(", ");
  throw new SvcError("failed", `the hosts pulled different images for ${what.tag}: ${words}`, {
    hint: "the tag was moved meanwhile; push it once, then deploy again",
  });
}

/** What fails on one host ends it on all: no host fetches for a deploy that is over. */
async function digestsOf(what: Deploy): Promise<readonly (readonly [string, string])[]> {
  const over = new AbortController();
  const signal = AbortSignal.any([what.signal, over.signal]);
  try {
    return await Promise.all(
      what.hosts.map(async (host) => [host.name, await pull(host, { ...what, signal })] as const),
    );
  } finally {
    over.abort();
    for (const { name } of what.hosts) what.pulling(name, null);
  }
}

async function pull(host: DeployHost, what: Deploy): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    what.signal.throwIfAborted();
    try {
      const digest = await host.pull(what, (progress) => !what.signal.aborted && what.pulling(host.name, progress));
      what.pulling(host.name, null);
      tell(what.say, host, `has ${what.tag}, ${digest.slice(0, 19)}`);
      return digest;
    } catch (error) {
      what.signal.throwIfAborted();
      what.pulling(host.name, null);
      if (error instanceof SvcError && error.code === "no-such-image") throw error;
      if (attempt === tries) {
        throw new SvcError("pull-failed", `${host.name}: ${messageOf(error)}, ${tries} times`, {
          hint: "check the tag and the registry",
        });
      }
      tell(what.say, host, `${messageOf(error)}; tries again`);
      await what.wait(firstDelayMs * 2 ** (attempt - 1), what.signal);
    }
  }
}
