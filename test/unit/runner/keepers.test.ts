import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { ContainerStateName } from "../../../src/engine/engine.ts";
import { isLeftOver, keeperLabels } from "../../../src/runner/keepers.ts";

const about = { app: "site", run: "r", graceMs: 1_000 };
const running = (labels: { readonly [label: string]: string }, state: ContainerStateName = "running") => ({
  labels,
  state,
});

test("a task whose client or guard lives is kept", async () => {
  const guard = spawn("sleep", ["60"]);
  const client = spawn("sleep", ["60"]);
  const labels = keeperLabels({ ...about, pids: [client.pid ?? 0, guard.pid ?? 0] });
  expect(isLeftOver(running(labels))).toBe(false);
  client.kill("SIGKILL");
  await once(client, "exit");
  expect(isLeftOver(running(labels))).toBe(false);
  guard.kill("SIGKILL");
  await once(guard, "exit");
  expect(isLeftOver(running(labels))).toBe(true);
});

test("a process that has ended and is not yet waited for keeps nothing", async () => {
  const parent = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const child = Number(line.toString());
  // A shell that has not yet become the second sleep would wait for its child.
  await expect.poll(() => readFileSync(`/proc/${parent.pid}/comm`, "utf8")).toBe("sleep\n");
  const labels = keeperLabels({ ...about, pids: [child] });
  expect(isLeftOver(running(labels))).toBe(false);
  process.kill(child, "SIGKILL");
  await expect.poll(() => readFileSync(`/proc/${child}/stat`, "utf8")).toMatch(/\) Z /);
  expect(isLeftOver(running(labels))).toBe(true);
  parent.kill("SIGKILL");
  await once(parent, "exit");
});

test("another process of the same number keeps nothing", () => {
  const labels = keeperLabels({ ...about, pids: [process.pid] });
  const keepers = Object.entries(labels).map(([name, value]) => [name, value.replace(/^(\d+):\d+$/, "$1:1")]);
  expect(isLeftOver(running(labels))).toBe(false);
  expect(isLeftOver(running(Object.fromEntries(keepers)))).toBe(true);
});

test("what another host or another namespace runs is left alone, and its dead are not", () => {
  const labels = keeperLabels({ ...about, pids: [2 ** 22 + 1] });
  const place = Object.keys(labels).find((name) => name.endsWith("place")) ?? "";
  const elsewhere = { ...labels, [place]: "another boot" };
  expect(isLeftOver(running(labels))).toBe(true);
  for (const state of ["created", "running", "paused"] as const)
    expect(isLeftOver(running(elsewhere, state))).toBe(false);
  for (const state of ["exited", "dead"] as const) expect(isLeftOver(running(elsewhere, state))).toBe(true);
});

test("a container that is no task is never left over", () => {
  expect(isLeftOver(running({ "svc.oneoff": "by hand" }, "exited"))).toBe(false);
  expect(isLeftOver(running({}, "dead"))).toBe(false);
});
