import type { DeployHost, Switch } from "../../../../src/deploy/deploy-host.ts";

/** What a host is told to be like; all else goes well. */
export type Fate = {
  readonly unreachable?: boolean;
  readonly image?: string;
  readonly version?: string;
  /** Of one pull after the other; `never`: that pull goes on until it is aborted. */
  readonly digests?: readonly (string | Error)[];
  readonly task?: number;
  readonly switchTo?: Partial<Switch> | Error;
  readonly putBack?: Partial<Switch> | Error;
  readonly revert?: Partial<Switch> | Error;
  readonly done?: readonly string[];
  readonly lockedBy?: string;
  /** What TAG and REVERT say; else v1, and there is no REVERT. */
  readonly tag?: string;
  readonly reverts?: string;
  readonly isOnTag?: boolean;
  readonly prunes?: string[];
  /** Tasks that run there, as it is asked again. */
  readonly others?: readonly (readonly string[])[];
};

const well: Switch = { ok: true, from: "v1", to: "v2", because: "all its units are ready", lastLines: [] };

/** A host that notes what it is asked for and behaves as it is told. */
export function hostOf(name: string, fate: Fate, asked: string[]): DeployHost {
  const digests = [...(fate.digests ?? [])];
  const others = [...(fate.others ?? [])];
  const outcome = (what: Partial<Switch> | Error | undefined): Switch => {
    if (what instanceof Error) throw what;
    return { ...well, ...what };
  };
  return {
    name,
    async look() {
      if (fate.unreachable) throw new Error("no route");
      const image = fate.image ?? "shop:v2";
      const lockedBy = fate.lockedBy === undefined ? null : { who: fate.lockedBy, why: "deploys", since: "now" };
      const { tag = "v1", reverts: revert = null } = fate;
      return {
        isOnTag: fate.isOnTag ?? true,
        version: fate.version ?? "1",
        units: ["shop"],
        tag,
        revert,
        image,
        freeBytes: 1e12,
        lockedBy,
        tasks: [],
      };
    },
    async lock() {
      asked.push(`${name} locks`);
      return () => void asked.push(`${name} unlocks`);
    },
    async pull({ signal }, onProgress) {
      const next = digests.shift() ?? "sha256:a";
      const progress = { doneBytes: 1, totalBytes: 2, layersDone: 0, layers: 1 };
      if (next === "never") {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        onProgress(progress);
        throw signal.reason;
      }
      onProgress(progress);
      if (next instanceof Error) throw next;
      return next;
    },
    tasksDone: async () => fate.done ?? [],
    tasksRunning: async () => others.shift() ?? [],
    async runTask(_, task) {
      asked.push(`${name} runs ${task.join(" ")}`);
      return fate.task ?? 0;
    },
    noteTask: async () => undefined,
    async switchTo() {
      asked.push(`${name} switches`);
      return outcome(fate.switchTo);
    },
    async putBack() {
      asked.push(`${name} goes back`);
      return outcome(fate.putBack);
    },
    async revert() {
      asked.push(`${name} reverts`);
      return outcome(fate.revert);
    },
    prune: async ({ keep }) => void fate.prunes?.push(`${name} prunes to ${keep}`),
  };
}
