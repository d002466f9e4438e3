import { expect, test } from "vitest";
import type { Errand } from "../../../src/deploy/deploy.ts";
import { revert } from "../../../src/deploy/revert.ts";
import { SvcError } from "../../../src/svc-error.ts";
import { type Fate, hostOf } from "./support/fated-host.ts";

/** What hosts were asked for, what was told, and how it ended: the hosts that went back, or the code of the failure and its words. */
async function played(fates: { readonly [host: string]: Fate }, change: Partial<Errand> = {}) {
  const asked: string[] = [];
  const told: string[] = [];
  const end = await revert({
    id: "id",
    app: "shop",
    who: "ann",
    hosts: Object.entries(fates).map(([name, fate]) => hostOf(name, fate, asked)),
    minHealthyMs: 0,
    deadlineMs: 0,
    signal: new AbortController().signal,
    wait: async () => undefined,
    say: (host, line) => void told.push(`${host}: ${line}`),
    ...change,
  }).catch((error: unknown) => (error instanceof SvcError ? `${error.code}: ${error.message}` : String(error)));
  return { asked, told, end };
}

const onV2: Fate = { tag: "v2", reverts: "v1" };
const backAlready: Fate = { tag: "v1", reverts: "v1" };

test("all are locked, and go back one after the other; one that is there already is left alone", async () => {
  const { asked, told, end } = await played({ a: onV2, b: backAlready, c: onV2 });
  expect(end).toEqual(["a", "b", "c"].map((host) => ({ host, tag: "v1" })));
  expect(asked).toEqual(["a locks", "c locks", "a reverts", "c reverts", "a unlocks", "c unlocks"]);
  expect(told).toContain("b: shop is on v1 already, which is what REVERT says");
});

test("one that does not get well: those after it keep what they have", async () => {
  const { asked, told, end } = await played({
    a: onV2,
    b: { ...onV2, revert: { ok: false, because: "unhealthy", lastLines: ["no cache"] } },
    c: onV2,
  });
  expect(end).toBe("deploy-stuck: b: unhealthy; reverted: a; not touched: c");
  expect(asked.filter((one) => one.endsWith("reverts"))).toEqual(["a reverts", "b reverts"]);
  expect(asked.filter((one) => one.endsWith("unlocks"))).toHaveLength(3);
  expect(told).toContain("b: | no cache");
});

test("what is wrong before touches no host: unreachable, locked, no REVERT, back already", async () => {
  for (const [fates, words] of [
    [{ a: onV2, b: { unreachable: true } }, "deploy-untouched: b: no route; no host was touched"],
    [{ a: onV2, b: { ...onV2, lockedBy: "bob" } }, "app-locked: b: locked by bob since now: deploys"],
    [{ a: { unreachable: true } }, "failed: a: no route"],
    [{ a: onV2, b: {} }, "missing-tag: there is no REVERT of shop on b"],
    [{ a: backAlready }, "missing-tag: shop is on v1 already, which is what REVERT says"],
  ] as const) {
    const { asked, end } = await played(fates);
    expect({ asked, end }).toEqual({ asked: [], end: words });
  }
});

test("an interrupt between two hosts leaves the second as it is, and says so", async () => {
  const interrupted = new AbortController();
  const { end } = await played(
    { a: onV2, b: onV2 },
    {
      signal: interrupted.signal,
      say: (_, line) => line.startsWith("is on") && interrupted.abort(new SvcError("failed", "it was interrupted")),
    },
  );
  expect(end).toBe("failed: it was interrupted; reverted: a; not touched: b");
});

test("one that says it is there, and is not well there, is put back once more", async () => {
  const { asked } = await played({ a: { ...backAlready, isOnTag: false }, b: backAlready });
  expect(asked).toEqual(["a locks", "a reverts", "a unlocks"]);
});
