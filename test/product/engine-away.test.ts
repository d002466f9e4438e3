import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EngineProxy, engineProxy } from "../support/engine-proxy.ts";
import { type Host, makeHost } from "../support/host.ts";
import { until } from "../support/until.ts";

/** The engine goes away and comes back (R18): it is reached through a socket that is cut, or that accepts and never answers. */
let host: Host;
let proxy: EngineProxy;
const ticking = "trap 'exit 0' TERM; i=0; while :; do echo tick $i; i=$((i+1)); sleep 0.2; done";

beforeAll(async () => {
  host = await makeHost();
  proxy = await engineProxy(join(host.folder, "engine"));
  host.env.DOCKER_HOST = proxy.host;
  await host.unit("db", { command: ["sh", "-c", ticking] });
  await host.unit("web", { links: ["PREFIX-db:db"] });
  await host.unit("other");
  await host.startDaemon();
  expect((await host.svc("start", "PREFIX-web", "PREFIX-db", "PREFIX-other")).code).toBe(0);
});
afterAll(async () => {
  await host?.cleanup();
  await proxy?.close();
});

const idOf = (short: string): Promise<string> => host.inspect(`PREFIX-${short}`, "{{.Id}}");
const away = (short: string) =>
  host.reaches(`PREFIX-${short}`, { because: "the engine does not answer; it ran when last seen" }, 30_000);

test("while it is away nothing is touched, every command answers at once and says so", async () => {
  const ids = await Promise.all(["db", "web", "other"].map(idOf));
  await proxy.cut();
  const status = await away("web");
  expect(status).toMatchObject({ phase: "degraded", container: ids[1] });
  for (const command of ["start", "stop", "restart"]) {
    await host.unit("new");
    const answer = await host.svc(command, command === "start" ? "PREFIX-new" : "PREFIX-other");
    expect({ command, code: answer.code, says: answer.stderr.includes("the engine does not answer") }).toEqual({
      command,
      code: 5,
      says: true,
    });
  }
  expect((await host.svc("logs", "PREFIX-db", "-n", "3")).stdout).toContain("tick");
  expect((await host.svc("history", "PREFIX-db")).code).toBe(0);
  expect((await host.svc("reload")).code).toBe(0);
  expect((await host.svc("version")).stdout).toContain("engine away");
  expect((await host.svc("start", "PREFIX-new", "--timeout", "1s")).code).toBe(124);
  await proxy.restore();
  // What was asked meanwhile is done now: one is started, one stopped; the restart was refused, so nothing was asked by it.
  await host.reaches("PREFIX-new", { phase: "up" });
  await host.reaches("PREFIX-other", { phase: "down", container: null });
  await host.reaches("PREFIX-web", { phase: "up", container: ids[1] ?? "" });
  expect(await idOf("db")).toBe(ids[0]);
});

test("what ended meanwhile comes back in order, and no respawn is counted", async () => {
  const ids = await Promise.all(["db", "web"].map(idOf));
  await proxy.cut();
  await away("db");
  await host.engine.docker("kill", ...ids);
  await host.engine.docker("rm", "-f", ids[1] ?? "");
  await proxy.restore();
  await until(async () => (await Promise.all(["db", "web"].map(idOf))).every((id) => id !== "" && !ids.includes(id)));
  await host.reaches("PREFIX-web", { phase: "up", restarts: 0 });
  expect(await host.status(host.name("db"))).toMatchObject({ phase: "up", restarts: 0, lastExit: { code: 137 } });
  const [db = "", web = ""] = await Promise.all(
    ["db", "web"].map((short) => host.inspect(`PREFIX-${short}`, "{{.State.StartedAt}}")),
  );
  expect(db < web).toBe(true);
});

test("output goes on where it was, no line lost or doubled", async () => {
  const id = await idOf("db");
  await proxy.cut();
  await away("db");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await proxy.restore();
  await host.reaches("PREFIX-db", { phase: "up", container: id });
  const { stdout } = await host.engine.docker("logs", id);
  const last = stdout.trim().split("\n").at(-1) ?? "";
  const lines = await until(async () => {
    const all = (await host.svc("logs", "PREFIX-db", "--json")).stdout.split("\n").filter(Boolean);
    const texts = all.map((line) => JSON.parse(line) as { text: string; stream: string });
    const run = texts.slice(texts.findLastIndex((line) => line.text === "tick 0"));
    const ticks = run.filter((line) => line.stream === "out").map((line) => line.text);
    return ticks.includes(last) ? ticks : null;
  });
  expect(lines).toEqual(lines.map((_, index) => `tick ${index}`));
});

test("an engine that hangs while nobody asks it for anything is found out, and nothing is touched", async () => {
  const id = await idOf("web");
  await proxy.stall();
  await away("web");
  await proxy.restore();
  await host.reaches("PREFIX-web", { phase: "up", container: id, restarts: 0 });
});

test.each([
  ["restart", []],
  ["its plan", ["--plan"]],
] as const)(
  "who asks an engine that hangs, before that is found out, is told that it does not answer: %s",
  async (_, options) => {
    await host.reaches("PREFIX-web", { phase: "up" });
    await host.svc("start", "PREFIX-other");
    const id = await idOf("other");
    await proxy.stall();
    const answer = await host.svc("restart", "PREFIX-other", ...options);
    await proxy.restore();
    expect(answer).toMatchObject({ code: 5, stderr: expect.stringMatching(/did not answer within|does not answer/) });
    await host.reaches("PREFIX-other", { phase: "up", container: id, restarts: 0 });
    expect(host.daemonOutput()).not.toContain("at async");
  },
);

test("an engine that accepts and never answers is away too, and does not hold up a shutdown", async () => {
  const id = await idOf("web");
  await proxy.stall();
  host.ask("stop", { names: [host.name("web")], only: true }).catch(() => undefined);
  await until(() => proxy.unanswered() > 0);
  await proxy.restore();
  await host.reaches("PREFIX-web", { phase: "down", container: null });
  expect(await idOf("web")).toBe("");
  await host.svc("start", "PREFIX-web");
  expect(await idOf("web")).not.toBe(id);
  await proxy.cut();
  await away("web");
  await host.endDaemon("SIGTERM");
  await host.startDaemon();
  expect((await host.svc("start", "PREFIX-web")).code).toBe(5);
  await proxy.restore();
  await host.reaches("PREFIX-web", { phase: "up" });
});
