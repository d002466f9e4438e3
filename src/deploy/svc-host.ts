import { type Dial, request } from "../control/client.ts";
import { messageOf, SvcError } from "../svc-error.ts";
import type { Deploy } from "./deploy.ts";
import type { DeployHost } from "./deploy-host.ts";
import { dialHost, runOn } from "./dial-host.ts";

type Environment = { readonly [name: string]: string | undefined };

/** A host with a daemon of svc: this one by its socket, another by ssh. `units`: those of the app that are its concern; null: all. */
export function svcHost(
  name: string | null,
  units: readonly string[] | null,
  { socket, environment }: { readonly socket: string; readonly environment: Environment },
): DeployHost {
  const place: string | Dial = name === null ? socket : dialHost(name, environment);
  const only = units === null ? {} : { units };
  const about = ({ id, app, tag, who }: Deploy) => ({ id, app, tag, who });
  const gate = ({ minHealthyMs, deadlineMs }: Deploy) => ({ minHealthyMs, deadlineMs });
  const host: DeployHost = {
    name: name ?? "this host",
    look: ({ app, tag, id }) =>
      request(place, "deploy-look", {
        app,
        ...(tag === undefined ? {} : { tag }),
        ...(id === undefined ? {} : { id }),
        ...only,
      }),
    async lock(deploy) {
      const release = new AbortController();
      await hold(deploy, release.signal);
      return () => release.abort();
    },
    pull: async (deploy) => {
      const { app, tag, signal } = deploy;
      return (await request(place, "deploy-pull", { app, tag }, undefined, signal)).digest;
    },
    async tasksDone(id) {
      return (await request(place, "deploys", {})).find((one) => one.id === id)?.tasks ?? [];
    },
    tasksRunning: async (app) => (await request(place, "deploy-look", { app })).tasks,
    runTask: ({ app, tag, signal }, task) =>
      name === null
        ? runOn(null, ["svc", "run", "--tag", tag, app, ...task], { environment, signal })
        : runOn(name, ["docker-runner", "--tag", tag, app, ...task], { environment, signal }),
    async noteTask(deploy, task) {
      await request(place, "deploy-task-done", { ...about(deploy), task });
    },
    switchTo: (deploy) =>
      again(() => request(place, "deploy-switch", { ...about(deploy), ...only, ...gate(deploy) }, show(deploy))),
    putBack: (deploy) =>
      again(() => request(place, "deploy-back", { ...about(deploy), ...only, ...gate(deploy) }, show(deploy))),
    async prune({ app, keep }) {
      await request(place, "deploy-prune", { app, keep });
    },
  };
  return host;

  /** Resolves once it is held; it is until `release`, or until somebody else has it when a lost connection is back. */
  function hold(deploy: Deploy, release: AbortSignal): Promise<void> {
    const ask = { app: deploy.app, who: deploy.who, why: `deploys ${deploy.tag}` };
    let isHeld = false;
    return new Promise((resolve, reject) => {
      const held = (): void => {
        isHeld = true;
        resolve();
      };
      request(place, "deploy-lock", ask, held, release).catch((error) => {
        reject(error);
        if (isHeld && !release.aborted) void holdAgain(deploy, release);
      });
    });
  }

  async function holdAgain(deploy: Deploy, release: AbortSignal): Promise<void> {
    while (!release.aborted) {
      try {
        return await hold(deploy, release);
      } catch (error) {
        if (release.aborted) return;
        if (!isAway(error)) return deploy.say(host.name, `its lock is lost: ${messageOf(error)}`);
        await deploy.wait(1_000, release).catch(() => undefined);
      }
    }
  }

  function show({ say }: Deploy) {
    return ({ unit, phase, because }: { unit: string; phase: string; because: string }): void =>
      say(host.name, `${unit}: ${phase}: ${because}`);
  }
}

/** What the daemon there does goes on without us: after a lost connection it is asked again, and tells how it went. */
async function again<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isAway(error)) throw error;
    return ask();
  }
}

const isAway = (error: unknown): boolean => error instanceof SvcError && error.code === "daemon-away";
