import { expect, test } from "vitest";
import { type Deploy, deploy } from "../../../src/deploy/deploy.ts";
import type { DeployHost, Switch } from "../../../src/deploy/deploy-host.ts";
import { SvcError } from "../../../src/svc-error.ts";

/** What a host is told to be like; all else goes well. */
type Fate = {
  readonly unreachable?: boolean;
  readonly image?: string;
  readonly digests?: readonly (string | Error)[];
  readonly task?: number;
  readonly switchTo?: Partial<Switch> | Error;
  readonly putBack?: Partial<Switch> | Error;
  readonly done?: readonly string[];
  /** Tasks that run there, as it is asked again. */
  readonly others?: readonly (readonly string[])[];
};

const well: Switch = { ok: true, from: "v1", to: "v2", because: "all its units are ready", lastLines: [] };

/** The order in which hosts were asked, in words, and how the deploy ended: `done` or the code of its failure. */
async function played(fates: { readonly [host: string]: Fate }, change: Partial<Deploy> = {}) {
  const asked: string[] = [];
  const hosts = Object.entries(fates).map(([name, fate]) => hostOf(name, fate, asked));
  const what: Deploy = {
    id: "id",
    app: "shop",
    tag: "v2",
    who: "ann",
    hosts,
    tasks: [["migrate"]],
    batch: 1,
    pauseMs: 0,
    minHealthyMs: 0,
    deadlineMs: 0,
    signal: new AbortController().signal,
    wait: async (ms) => void asked.push(`waits ${ms / 1000} s`),
    say: () => undefined,
    ...change,
  };
  const end = await deploy(what).then(
    () => "done",
    (error: unknown) => (error instanceof SvcError ? `${error.code}: ${error.message}` : String(error)),
  );
  return { asked, end };
}

function hostOf(name: string, fate: Fate, asked: string[]): DeployHost {
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
      return {
        version: "1",
        units: ["shop"],
        tag: "v1",
        revert: null,
        image,
        freeBytes: 1e12,
        lockedBy: null,
        tasks: [],
      };
    },
    async lock() {
      asked.push(`${name} locks`);
      return () => void asked.push(`${name} unlocks`);
    },
    async pull() {
      const next = digests.shift() ?? "sha256:a";
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
    prune: async () => undefined,
  };
}

test("tasks once, on the first host, before any is switched; hosts in turn; every lock is given back", async () => {
  expect(await played({ a: {}, b: {}, c: {} })).toEqual({
    end: "done",
    asked: [
      "a locks",
      "b locks",
      "c locks",
      "a runs migrate",
      "a switches",
      "b switches",
      "c switches",
      "a unlocks",
      "b unlocks",
      "c unlocks",
    ],
  });
});

test("a host that never gets well: it and those before it go back, newest first; those after it are not touched", async () => {
  const { asked, end } = await played({ a: {}, b: { switchTo: { ok: false, because: "unhealthy" } }, c: {} });
  expect(end).toBe("deploy-reverted: b: unhealthy; every host is on the old tag again");
  expect(asked.filter((one) => /switches|back/.test(one))).toEqual([
    "a switches",
    "b switches",
    "b goes back",
    "a goes back",
  ]);
  expect(asked.filter((one) => one.endsWith("unlocks"))).toHaveLength(3);
});

test("a connection that is lost in a switch counts as switched; one that cannot go back is stuck, the others go back all the same", async () => {
  const lost = new SvcError("daemon-away", "connection lost");
  const { asked, end } = await played({ a: {}, b: { switchTo: lost, putBack: lost } });
  expect(end).toBe("deploy-stuck: b: connection lost; and the old tag could not be put back: b: connection lost");
  expect(asked.filter((one) => one.endsWith("back"))).toEqual(["b goes back", "a goes back"]);
});

test("what fails before the first switch touches no host: unreachable, other images, other digests, a task, a registry", async () => {
  for (const [fates, words] of [
    [{ a: {}, b: { unreachable: true } }, "b: no route"],
    [{ a: {}, b: { image: "other:v2" } }, "the hosts have different images: shop:v2, other:v2"],
    [{ a: {}, b: { digests: ["sha256:b"] } }, "the hosts pulled different images for v2: a sha256:a, b sha256:b"],
    [{ a: { task: 3 }, b: {} }, "migrate ended with 3 on a"],
    [{ a: { digests: [new SvcError("no-such-image", "there is no shop:v2")] } }, "there is no shop:v2"],
    [{ a: { digests: Array(5).fill(new Error("no registry")) } }, "a: no registry, 5 times"],
  ] as const) {
    const { asked, end } = await played(fates);
    expect(end).toBe(`deploy-untouched: ${words}; no host was touched`);
    expect(asked.filter((one) => /switches|back/.test(one))).toEqual([]);
  }
});

test("a registry that is away for a moment is asked again, later and later", async () => {
  const away = new Error("no registry");
  const { asked, end } = await played({ a: { digests: [away, away, "sha256:a"] } });
  expect(end).toBe("done");
  expect(asked.filter((one) => one.startsWith("waits"))).toEqual(["waits 1 s", "waits 2 s"]);
});

test("in batches, with a pause between them", async () => {
  const { asked } = await played({ a: {}, b: {}, c: {} }, { batch: 2, pauseMs: 5_000 });
  expect(asked.filter((one) => /switches|waits/.test(one))).toEqual([
    "a switches",
    "b switches",
    "waits 5 s",
    "c switches",
  ]);
});

test("a task that was done before it was cut off is not done again", async () => {
  const { asked } = await played({ a: { done: ["migrate"] } }, { tasks: [["migrate"], ["compress", "--all"]] });
  expect(asked.filter((one) => one.includes("runs"))).toEqual(["a runs compress --all"]);
});

test("an interrupt between two hosts puts back those that were switched", async () => {
  const interrupted = new AbortController();
  const { asked, end } = await played(
    { a: {}, b: {} },
    {
      signal: interrupted.signal,
      pauseMs: 1,
      wait: async () => interrupted.abort(new SvcError("failed", "it was interrupted")),
    },
  );
  expect(end).toBe("deploy-reverted: it was interrupted; every host is on the old tag again");
  expect(asked.filter((one) => /switches|back/.test(one))).toEqual(["a switches", "a goes back"]);
});

test("a task waits for the end of one that a deployer before began", async () => {
  const { asked, end } = await played({ a: { others: [["amber_fox"], ["amber_fox"]] } });
  expect(end).toBe("done");
  expect(asked).toEqual(["a locks", "waits 1 s", "waits 1 s", "a runs migrate", "a switches", "a unlocks"]);
});
