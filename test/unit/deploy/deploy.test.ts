import { expect, test } from "vitest";
import { type Deploy, type DeployHookTime, type DeployNow, deploy } from "../../../src/deploy/deploy.ts";
import { SvcError } from "../../../src/svc-error.ts";
import { type Fate, hostOf } from "./support/fated-host.ts";

/** The order in which hosts were asked, in words, and how the deploy ended: `done` or the code of its failure. */
async function played(fates: { readonly [host: string]: Fate }, change: Partial<Deploy> = {}) {
  const asked: string[] = [];
  const hosts = Object.entries(fates).map(([name, fate]) => hostOf(name, fate, asked));
  const what: Deploy = {
    id: "id",
    app: "shop",
    tag: "v2",
    version: "1",
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
    keep: 5,
    pulling: () => undefined,
    hook: async () => null,
    warn: (words) => void asked.push(`warns: ${words}`),
    date: () => "now",
    ...change,
  };
  const end = await deploy(what).then(
    () => "done",
    (error: unknown) => (error instanceof SvcError ? `${error.code}: ${error.message}` : String(error)),
  );
  return { asked, end };
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

test("how far each host has pulled is told until its pull is over, and of none once one host has failed for good", async () => {
  const told: string[] = [];
  const pulling: Deploy["pulling"] = (host, progress) =>
    void told.push(`${host} ${progress === null ? "over" : `${progress.doneBytes} of ${progress.totalBytes}`}`);
  expect((await played({ a: {}, b: {} }, { pulling })).end).toBe("done");
  expect(told.splice(0)).toEqual(["a 1 of 2", "b 1 of 2", "a over", "b over", "a over", "b over"]);
  const gone = new SvcError("no-such-image", "no such image");
  const { end } = await played({ a: { digests: ["never"] }, b: { digests: [gone] } }, { pulling });
  expect(end).toBe("deploy-untouched: no such image; no host was touched");
  expect(told).toEqual(["b 1 of 2", "b over", "a over", "b over"]);
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

test("a connection that is lost in a switch counts as switched; it keeps no other from going back, and is stuck if it cannot", async () => {
  const lost = new SvcError("daemon-away", "connection lost");
  const { asked, end } = await played({ a: {}, b: { switchTo: lost, putBack: lost } });
  expect(end).toBe("deploy-stuck: b: connection lost; and the old tag could not be put back: b: connection lost");
  expect(asked.filter((one) => one.endsWith("back"))).toEqual(["a goes back", "b goes back"]);
});

test("what fails before the first switch touches no host: unreachable, another svc, other images, other digests, a task, a registry", async () => {
  for (const [fates, words] of [
    [{ a: {}, b: { unreachable: true } }, "b: no route"],
    [{ a: {}, b: { version: "2" } }, "b: it has svc 2, and this is 1: install the same there"],
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

test("an interrupt while a task runs touches no host, and tells that the task may go on", async () => {
  const interrupted = new AbortController();
  const told: string[] = [];
  const { end } = await played(
    { a: { task: 255 }, b: {} },
    {
      signal: interrupted.signal,
      say(host, line) {
        told.push(`${host}: ${line}`);
        if (line === "runs migrate") interrupted.abort(new SvcError("failed", "it was interrupted"));
      },
    },
  );
  expect(end).toBe("deploy-untouched: it was interrupted; no host was touched");
  expect(told).toContain("a: migrate was left to itself; if it still runs the next deploy waits for its end");
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

test("an interrupt while the last host is switched puts all back too", async () => {
  const interrupted = new AbortController();
  const { asked, end } = await played(
    { a: {}, b: {} },
    {
      signal: interrupted.signal,
      say: (host, line) =>
        host === "b" && line.startsWith("is on") && interrupted.abort(new SvcError("failed", "it was interrupted")),
    },
  );
  expect(end).toBe("deploy-reverted: it was interrupted; every host is on the old tag again");
  expect(asked.filter((one) => /switches|back/.test(one))).toEqual([
    "a switches",
    "b switches",
    "b goes back",
    "a goes back",
  ]);
});

/** Hooks of which those named fail; each is noted where the hosts' doings are. */
async function playedWithHooks(fates: Parameters<typeof played>[0], failing: readonly DeployHookTime[] = []) {
  const told: DeployNow[] = [];
  const order: string[] = [];
  const hook: Deploy["hook"] = async (when, now) => {
    told.push(now);
    order.push(when);
    return failing.includes(when) ? `the hook ${when} failed: exit 1` : null;
  };
  const { asked, end } = await played(fates, { hook, tasks: [] });
  return { told, order, asked, end };
}

test("hooks: before when all is locked and nothing is touched, after when every host is switched, with the deploy as it is then", async () => {
  const { told, order, end } = await playedWithHooks({ a: {}, b: {} });
  expect({ order, end }).toEqual({ order: ["before", "after"], end: "done" });
  const open = {
    id: "id",
    app: "shop",
    who: "ann",
    from: "v1",
    to: "v2",
    hosts: [
      { name: "a", units: ["shop"], from: "v1" },
      { name: "b", units: ["shop"], from: "v1" },
    ],
    tasks: [],
    startedAt: "now",
  };
  expect(told).toEqual([
    { ...open, endedAt: null, result: "running", because: "" },
    { ...open, endedAt: "now", result: "done", because: "every host is on the new tag" },
  ]);
});

test("a before that fails ends the deploy untouched, and failed is told", async () => {
  const { told, order, asked, end } = await playedWithHooks({ a: {}, b: {} }, ["before"]);
  expect(end).toBe("deploy-untouched: the hook before failed: exit 1; no host was touched");
  expect(order).toEqual(["before", "failed"]);
  expect(asked).toEqual(["a locks", "b locks", "a unlocks", "b unlocks"]);
  expect(told.at(-1)).toMatchObject({ result: "untouched", because: expect.stringContaining("exit 1") });
});

test("failed comes after the way back, and says how it ended; what fails of after and failed is told and changes nothing", async () => {
  const reverted = await playedWithHooks({ a: { switchTo: { ok: false, because: "unhealthy" } } }, ["failed"]);
  expect(reverted.end).toBe("deploy-reverted: a: unhealthy; every host is on the old tag again");
  expect(reverted.asked).toEqual([
    "a locks",
    "a switches",
    "a goes back",
    "warns: the hook failed failed: exit 1",
    "a unlocks",
  ]);
  expect(reverted.told.at(-1)).toMatchObject({ result: "reverted", endedAt: "now" });
  const no = { ok: false, because: "unhealthy" };
  const stuck = await playedWithHooks({ a: { switchTo: no, putBack: no } });
  expect(stuck.told.at(-1)).toMatchObject({ result: "stuck" });
  const done = await playedWithHooks({ a: {} }, ["after"]);
  expect(done.end).toBe("done");
  expect(done.asked).toContain("warns: the hook after failed: exit 1");
});

test("one that is refused since somebody else deploys runs no hook", async () => {
  const { order, end } = await playedWithHooks({ a: { lockedBy: "bob" } });
  expect({ order, end: end.split(":")[0] }).toEqual({ order: [], end: "app-locked" });
});

test("images are pruned last, when the hooks have been told", async () => {
  const asked: string[] = [];
  await played(
    { a: { prunes: asked } },
    {
      hook: async (when) => {
        asked.push(when);
        return null;
      },
    },
  );
  expect(asked).toEqual(["before", "after", "a prunes to 5"]);
});

test("a task waits for the end of one that a deployer before began", async () => {
  const { asked, end } = await played({ a: { others: [["amber_fox"], ["amber_fox"]] } });
  expect(end).toBe("done");
  expect(asked).toEqual(["a locks", "waits 1 s", "waits 1 s", "a runs migrate", "a switches", "a unlocks"]);
});
