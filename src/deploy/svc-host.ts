import { randomUUID } from "node:crypto";
import { type Dial, request } from "../control/client.ts";
import type { Progress } from "../control/request.ts";
import { isDaemonAway, messageOf } from "../svc-error.ts";
import type { Deploy, Errand } from "./deploy.ts";
import type { DeployHost } from "./deploy-host.ts";
import { dialHost, runOn } from "./dial-host.ts";

type Environment = { readonly [name: string]: string | undefined };

const askAgainMs = 1_000;

/** A host with a daemon of svc: this one by its socket, another by ssh. `units`: those of the app that are its concern; null: all. */
export function svcHost(
  name: string | null,
  units: readonly string[] | null,
  { socket, environment }: { readonly socket: string; readonly environment: Environment },
): DeployHost {
  const place: string | Dial = name === null ? socket : dialHost(name, environment);
  const only = units === null ? {} : { units };
  const session = randomUUID();
  const about = ({ id, app, tag, who }: Deploy) => ({ id, app, tag, who, session, ...only });
  const gate = ({ minHealthyMs, deadlineMs }: Errand) => ({ minHealthyMs, deadlineMs });
  const host: DeployHost = {
    name: name ?? "this host",
    look: ({ app, tag, id }) =>
      request(place, "deploy-look", {
        app,
        ...(tag === undefined ? {} : { tag }),
        ...(id === undefined ? {} : { id }),
        ...only,
      }),
    async lock(errand, why) {
      const release = new AbortController();
      await hold(errand, why, release.signal);
      return () => release.abort();
    },
    async pull({ app, tag, signal }, onProgress) {
      const show = ({ pull }: Progress): void => void (pull && onProgress(pull));
      return (await request(place, "deploy-pull", { app, tag }, show, signal)).digest;
    },
    async tasksDone(id) {
      return (await request(place, "deploys", {})).find((one) => one.id === id)?.tasks ?? [];
    },
    tasksRunning: async (app) => (await request(place, "deploy-look", { app })).tasks,
    runTask: ({ app, tag, signal }, task) =>
      name === null
        ? runOn(null, ["svc", "run", "--tag", tag, app, ...task], { environment, signal })
        : runOn(name, ["docker-runner", "--tag", tag, app, ...task], { environment, signal }),
    async noteTask({ id, app, tag, who }, task) {
      await request(place, "deploy-task-done", { id, app, tag, who, task });
    },
    switchTo: (deploy) =>
      again(deploy, deploy.signal, () =>
        request(place, "deploy-switch", { ...about(deploy), ...gate(deploy) }, show(deploy)),
      ),
    // What has begun is not given up: an interrupt is one of the reasons for it.
    putBack: (deploy) =>
      again(deploy, new AbortController().signal, () =>
        request(place, "deploy-back", { ...about(deploy), ...gate(deploy) }, show(deploy)),
      ),
    revert: (errand) =>
      again(errand, errand.signal, () => {
        const { id, app, who } = errand;
        return request(place, "deploy-revert", { id, app, who, session, ...only, ...gate(errand) }, show(errand));
      }),
    async prune({ app, keep }) {
      await request(place, "deploy-prune", { app, keep });
    },
  };
  return host;

  /** Resolves once it is held; it is until `release`, or until somebody else has it when a lost connection is back. */
  function hold(errand: Errand, why: string, release: AbortSignal): Promise<void> {
    const { app, who, say } = errand;
    const ask = { app, who, why, session };
    let isHeld = false;
    return new Promise((resolve, reject) => {
      const held = (): void => {
        isHeld = true;
        resolve();
      };
      request(place, "deploy-lock", ask, held, release).catch((error) => {
        reject(error);
        if (!isHeld || release.aborted) return;
        if (isDaemonAway(error)) void holdAgain(errand, why, release);
        else say(host.name, `its lock is lost: ${messageOf(error)}`);
      });
    });
  }

  async function holdAgain(errand: Errand, why: string, release: AbortSignal): Promise<void> {
    while (!release.aborted) {
      try {
        return await hold(errand, why, release);
      } catch (error) {
        if (release.aborted) return;
        if (!isDaemonAway(error)) return errand.say(host.name, `its lock is lost: ${messageOf(error)}`);
        await errand.wait(askAgainMs, release).catch(() => undefined);
      }
    }
  }

  /** What the daemon there does goes on without us: it is asked again for as long as it may take, and tells how it went. */
  async function again<T>(
    { deadlineMs, minHealthyMs, wait, say }: Errand,
    signal: AbortSignal,
    ask: () => Promise<T>,
  ): Promise<T> {
    const forMs = deadlineMs + minHealthyMs;
    for (let giveUpAt: number | null = null; ; ) {
      try {
        return await ask();
      } catch (error) {
        const now = performance.now();
        if (!isDaemonAway(error) || (giveUpAt !== null && now >= giveUpAt)) throw error;
        if (giveUpAt === null) {
          giveUpAt = now + forMs;
          say(host.name, `${messageOf(error)}; it is asked again for ${forMs / 1_000} s`);
        }
        await wait(askAgainMs, signal);
      }
    }
  }

  function show({ say }: Errand) {
    return ({ unit, phase, because }: { unit: string; phase: string; because: string }): void =>
      say(host.name, `${unit}: ${phase}: ${because}`);
  }
}
