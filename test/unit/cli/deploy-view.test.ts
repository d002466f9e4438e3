import { expect, test } from "vitest";
import { deployView } from "../../../src/cli/deploying/deploy-view.ts";

function viewed(change: { terminal?: boolean; quiet?: boolean; json?: boolean } = {}) {
  const written: string[] = [];
  const err = (text: string): void => void written.push(text);
  const view = deployView({ terminal: true, quiet: false, json: false, err, ...change });
  /** Without what is the business of redrawn-rows. */
  const take = (): string => {
    const text = written.splice(0).join("");
    return ["?7l", "?7h\x1b[J", "K"].reduce((all, code) => all.replaceAll(`\x1b[${code}`, ""), text);
  };
  return { ...view, take };
}
const part = (doneBytes: number, layersDone = 0, totalBytes = 100) => ({
  doneBytes,
  totalBytes,
  layersDone,
  layers: 4,
});

test("on a terminal: a row a host, redrawn in place, and what is told stands above the rows", () => {
  const { say, pulling, take } = viewed();
  pulling("web1", part(40, 1));
  expect(take()).toBe("web1:  pulls  [########............] 40 %, 1 of 4 layers\n");
  pulling("worker1", part(0));
  expect(take()).toBe(
    "\x1b[1Aweb1:     pulls  [########............] 40 %, 1 of 4 layers\nworker1:  pulls  [....................] 0 %, 0 of 4 layers\n",
  );
  pulling("worker1", part(0.2));
  expect(take()).toBe("");
  pulling("web1", null);
  say("web1", "has v2");
  expect(take().split("\n").slice(1)).toEqual([
    "\x1b[1A\x1b[Jweb1: has v2",
    "worker1:  pulls  [....................] 0 %, 0 of 4 layers",
    "",
  ]);
  pulling("worker1", null);
  expect(take()).toBe("\x1b[1A\x1b[J");
  say(null, "failed");
  expect(take()).toBe("failed\n");
});

test("without a terminal: a line a quarter, never a smaller one, and again from the beginning for another try", () => {
  const { pulling, take } = viewed({ terminal: false });
  for (const bytes of [0, 10, 30, 31]) pulling("web1", part(bytes));
  pulling("web1", part(31, 0, 400));
  pulling("web1", part(100, 4));
  expect(take()).toBe(
    "web1: pulls: 0 %, 0 of 4 layers\nweb1: pulls: 25 %, 0 of 4 layers\nweb1: pulls: 100 %, 4 of 4 layers\n",
  );
  pulling("web1", null);
  pulling("web1", part(1));
  expect(take()).toBe("web1: pulls: 0 %, 0 of 4 layers\n");
});

test("nothing of it with --quiet or --json, or while the engine knows no size", () => {
  for (const change of [{ quiet: true }, { json: true }]) {
    const { say, pulling, take } = viewed(change);
    say("web1", "has v2");
    pulling("web1", part(1));
    expect(take()).toBe("");
  }
  const { pulling, take } = viewed();
  pulling("web1", part(0, 0, 0));
  expect(take()).toBe("");
});
