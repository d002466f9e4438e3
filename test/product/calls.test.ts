import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { type WatchedEngine, watchedEngine } from "../support/watched-engine.ts";

/** What the engine is asked for, call by call: nothing that svc knows already. */
let host: Host;
let engine: WatchedEngine;
const asked: string[] = [];

beforeAll(async () => {
  host = await makeHost();
  engine = await watchedEngine(join(host.folder, "engine"));
  host.env.DOCKER_HOST = engine.host;
  engine.watch(({ request, at }) => {
    if (at === "asked") asked.push(request);
  });
  await host.startDaemon();
  await host.unit("web");
  expect((await host.svc("start", "PREFIX-web")).code).toBe(0);
});
afterAll(async () => {
  await host?.cleanup();
  await engine?.close();
});

/** As `POST start`, of containers alone; the first call since the last time stands first. */
function calls(): readonly string[] {
  return asked.splice(0).map((request) => {
    const [, method = "", path = ""] = /^(\S+) (\S+)/.exec(request) ?? [];
    const words = path.replace(/\?.*$/, "").split("/").slice(2);
    return [method, ...words.filter((word) => !/^[0-9a-f]{64}$/.test(word))].join(" ");
  });
}

const launch = ["POST create", "POST attach", "POST start", "GET json"];
const removal = ["POST wait", "DELETE"];

test("a process dies: its container goes, and the next one comes", async () => {
  calls();
  await host.engine.docker("kill", host.name("web"));
  await host.reaches("PREFIX-web", { phase: "up", restarts: 1 });
  expect(calls()).toEqual([...removal, ...launch]);
});

test("a stop: how it is to be stopped is known; by hand in a pause it is woken", async () => {
  expect((await host.svc("stop", "PREFIX-web")).code).toBe(0);
  expect(calls()).toEqual(["POST kill", ...removal]);
  expect((await host.svc("start", "PREFIX-web")).code).toBe(0);
  await host.engine.docker("pause", host.name("web"));
  await host.reaches("PREFIX-web", { phase: "degraded" });
  calls();
  expect((await host.svc("stop", "PREFIX-web")).code).toBe(0);
  expect(calls()).toEqual(["POST kill", "POST unpause", ...removal]);
});

test("svc comes back: a container that it did not start is looked at before it is stopped", async () => {
  expect((await host.svc("start", "PREFIX-web")).code).toBe(0);
  await host.endDaemon("SIGKILL");
  await host.startDaemon();
  await host.reaches("PREFIX-web", { phase: "up" });
  calls();
  expect((await host.svc("stop", "PREFIX-web")).code).toBe(0);
  const told = calls();
  expect(told[told.indexOf("POST kill") - 1]).toBe("GET json");
  expect(told.slice(-2)).toEqual(removal);
});
