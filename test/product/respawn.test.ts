import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExitRecord } from "../../src/control/request.ts";
import { type Host, makeHost } from "../support/host.ts";
import { until } from "../support/until.ts";

/** What comes back, when, and what does not: supervision.md B11, B16 to B21, B27 to B30, B34, B35. */
let host: Host;

beforeAll(async () => {
  host = await makeHost();
  await host.startDaemon();
});
afterAll(() => host?.cleanup());

const ask = (short: string): Promise<readonly ExitRecord[]> => host.ask("history", { unit: host.name(short) });
const idOf = (short: string): Promise<string> => host.inspect(`PREFIX-${short}`, "{{.Id}}");

/** Ends at once, so that it is soon in back-off, and then for minutes. */
const crashing = { command: ["sh", "-c", "exit 1"], ready: { after: "10s" } };
/** Runs on for some seconds when it is told to end. */
const slowToEnd = ["sh", "-c", "trap 'sleep 4; exit 0' TERM; sleep 3600 & wait"];

describe.concurrent("respawn", () => {
  test("B16 B17 a service comes back after exit 0; a task that ends with 0, and a normal exit, are done", async () => {
    await host.unit("zero", { command: ["sh", "-c", "sleep 1"], ready: { after: "200ms" } });
    await host.unit("task", { type: "task", command: ["sh", "-c", "exit 0"] });
    await host.unit("normal", { normal_exit: "3 TERM", command: ["sh", "-c", "sleep 2; exit 3"] });
    expect(await host.svc("start", "PREFIX-task", "PREFIX-normal")).toMatchObject({ code: 0 });
    expect((await host.svc("start", "PREFIX-zero", "--no-wait")).code).toBe(0);
    await host.reaches("PREFIX-task", { phase: "done", restarts: 0, container: null });
    await host.reaches("PREFIX-normal", { phase: "done", because: "it ended as it may: exit 3", restarts: 0 });
    const zero = await until(async () => {
      const status = await host.status(host.name("zero"));
      return status.restarts > 0 ? status : null;
    });
    expect(zero.lastExit).toMatchObject({ code: 0, by: "itself" });
    await host.svc("stop", "PREFIX-zero");
  });

  test("B18 B20 in back-off: a stop keeps it down, a start tries at once and counts anew", async () => {
    await host.unit("crashing", crashing);
    expect((await host.svc("start", "PREFIX-crashing")).code).toBe(1);
    const before = await host.reaches("PREFIX-crashing", { phase: "backoff", container: null });
    expect(before.restarts).toBeGreaterThanOrEqual(4);
    expect(before.because).toMatch(/^it keeps failing \(\d+ of 10\): exit 1$/);
    expect((await host.svc("start", "PREFIX-crashing", "--no-wait")).code).toBe(0);
    const runs = (await ask("crashing")).length;
    await until(async () => (await ask("crashing")).length > runs);
    await host.reaches("PREFIX-crashing", { phase: "backoff", container: null });
    expect((await host.svc("stop", "PREFIX-crashing")).code).toBe(0);
    const after = (await ask("crashing")).length;
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect({ runs: (await ask("crashing")).length, phase: (await host.status(host.name("crashing"))).phase }).toEqual({
      runs: after,
      phase: "down",
    });
  });

  test("B19 B34 a stop during a restart wins; one that ends within its grace is not killed", async () => {
    await host.unit("graceful", { command: slowToEnd, stop_grace_period: "20s" });
    await host.svc("start", "PREFIX-graceful");
    await host.ask("restart", { names: [host.name("graceful")], wait: false });
    await host.reaches("PREFIX-graceful", { phase: "stopping" });
    expect(await host.ask("stop", { names: [host.name("graceful")] })).toMatchObject({ ok: true });
    expect(await host.status(host.name("graceful"))).toMatchObject({ phase: "down", restarts: 0, container: null });
    expect(await ask("graceful")).toMatchObject([{ code: 0, by: "asked" }]);
  });

  test("B11 a start during a stop: the stop is finished, then it starts, in another container, one at a time", async () => {
    await host.unit("between", { command: slowToEnd, stop_grace_period: "20s" });
    await host.svc("start", "PREFIX-between");
    const id = await idOf("between");
    const stopping = host.svc("stop", "PREFIX-between");
    await host.reaches("PREFIX-between", { phase: "stopping" });
    expect((await host.svc("start", "PREFIX-between")).code).toBe(0);
    const status = await host.status(host.name("between"));
    expect(status).toMatchObject({ phase: "up", restarts: 0, wantedBy: "operator" });
    expect(status.container).not.toBe(id);
    // Who waited for the stop is told that somebody else wanted otherwise.
    const stopped = await stopping;
    expect([stopped.code, stopped.stderr]).toEqual([
      1,
      expect.stringContaining("meanwhile operator asked for it to be up"),
    ]);
    expect(await ask("between")).toMatchObject([{ container: id, code: 0, by: "asked" }]);
  });

  test("B27 one that is never ready is stopped, removed and told of, and tried again", async () => {
    await host.unit("never", { ready: { tcp: 81 }, start_timeout: "1s" });
    expect((await host.svc("start", "PREFIX-never")).code).toBe(1);
    const { stdout } = await host.svc("events", "PREFIX-never");
    expect(stdout).toContain("it was not ready within 1 s");
    const runs = await ask("never");
    expect(runs.slice(0, 4).map((run) => run.by)).toEqual(["asked", "asked", "asked", "asked"]);
    expect(runs[0]?.words).toContain("; it was not ready in time");
    expect(await host.inspect(runs[0]?.container ?? "", "{{.Id}}")).toBe("");
    await host.svc("stop", "PREFIX-never");
  });

  test("B28 a command or an image that is not there is told with the engine's words", async () => {
    await host.unit("no-command", { command: ["/no/such/program"] });
    await host.unit("no-image", { image: "PREFIX-nothing:1", pull_policy: "never" });
    const started = await host.svc("start", "PREFIX-no-command", "PREFIX-no-image");
    expect(started.code).toBe(1);
    expect(started.stderr).toContain('exec: "/no/such/program"');
    expect(started.stderr).toContain(`No such image: ${host.name("nothing")}:1`);
    expect(await host.reaches("PREFIX-no-command", { container: null })).toMatchObject({ restarts: 0 });
    await host.svc("stop", "PREFIX-no-command", "PREFIX-no-image");
  });

  test("a start tries anew what is needed too, if that has failed or is in back-off", async () => {
    await host.unit("lacking", { image: "PREFIX-later:1", pull_policy: "never" });
    await host.unit("limited", { ...crashing, respawn_limit: "0 in 1m", on_limit: "fail" });
    await host.unit("needing-both", { depends_on: ["PREFIX-lacking", "PREFIX-limited"] });
    expect((await host.svc("start", "PREFIX-needing-both")).code).toBe(1);
    await host.reaches("PREFIX-limited", { phase: "failed" });
    for (let failures = 0; failures < 4; failures++) await host.svc("start", "PREFIX-lacking");
    await host.reaches("PREFIX-lacking", { phase: "backoff" });
    await host.engine.docker("tag", host.engine.image, host.name("later:1"));
    await host.unit("limited", { respawn_limit: "0 in 1m", on_limit: "fail" });
    expect(await host.svc("start", "PREFIX-needing-both")).toMatchObject({ code: 0 });
    await host.engine.docker("rmi", host.name("later:1"));
    const ran = await idOf("lacking");
    await host.svc("start", "PREFIX-needing-both");
    expect(await idOf("lacking")).toBe(ran);
    await host.svc("stop", "PREFIX-needing-both", "PREFIX-lacking", "PREFIX-limited");
  });

  test("a pull that takes longer than it may is told as that, and the engine is not taken for away", async () => {
    const registry = createServer((socket) => void socket.on("error", () => undefined));
    await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
    const { port } = registry.address() as { port: number };
    await host.unit("pulled", { image: `127.0.0.1:${port}/app:1`, pull_timeout: "1s" });
    const started = await host.svc("start", "PREFIX-pulled");
    registry.close();
    expect(started.code).toBe(1);
    expect(started.stderr).toContain(`cannot pull 127.0.0.1:${port}/app:1: it took longer than pull_timeout`);
    await host.svc("stop", "PREFIX-pulled");
  });

  test("B29 one that ends before it is ready has failed, even with 0", async () => {
    await host.unit("too-soon", { command: ["true"], ready: { after: "10s" } });
    const started = await host.svc("start", "PREFIX-too-soon");
    expect(started.code).toBe(1);
    expect(started.stderr).toContain("exit 0");
    await host.svc("stop", "PREFIX-too-soon");
  });

  test("B30 one that ignores SIGTERM is killed when its grace is over, and starts again", async () => {
    await host.unit("stubborn", { command: ["sleep", "3600"], stop_grace_period: "1s" });
    await host.svc("start", "PREFIX-stubborn");
    expect((await host.svc("stop", "PREFIX-stubborn")).code).toBe(0);
    expect(await idOf("stubborn")).toBe("");
    const [run] = await ask("stubborn");
    expect(run).toMatchObject({ code: 137, signal: "SIGKILL", oom: false, by: "asked" });
    expect((await host.svc("start", "PREFIX-stubborn")).code).toBe(0);
  });

  test.each([
    ["kill", ["kill"], 137, "exit 137 (SIGKILL)"],
    ["stop", ["stop"], 0, "exit 0"],
    ["rm", ["rm", "-f"], 137, "exit 137 (SIGKILL)"],
  ] as const)(
    "B35 docker %s by hand is seen, recorded as external, and it comes back",
    async (name, by, code, words) => {
      // Which is not what ended it.
      await host.unit(`by-${name}`, { mem_limit: "64m" });
      await host.svc("start", `PREFIX-by-${name}`);
      const id = await idOf(`by-${name}`);
      await host.engine.docker(...by, id);
      await until(async () => !["", id].includes(await idOf(`by-${name}`)));
      await host.reaches(`PREFIX-by-${name}`, { phase: "up", restarts: 1 });
      expect(await ask(`by-${name}`)).toMatchObject([{ container: id, by: "external", code, words }]);
    },
  );

  test("one that is paused by hand is shown, and stops all the same", async () => {
    await host.unit("paused", { command: slowToEnd });
    await host.svc("start", "PREFIX-paused");
    await host.engine.docker("pause", host.name("paused"));
    const paused = await host.reaches("PREFIX-paused", { phase: "degraded" });
    expect(paused.because).toContain("somebody paused its container");
    await host.engine.docker("unpause", host.name("paused"));
    await host.reaches("PREFIX-paused", { phase: "up" });
    await host.engine.docker("pause", host.name("paused"));
    await host.reaches("PREFIX-paused", { phase: "degraded" });
    expect((await host.svc("stop", "PREFIX-paused")).code).toBe(0);
    expect(await idOf("paused")).toBe("");
  });

  test("one that is renamed by hand is still the unit's, and a restart gives it its name back", async () => {
    await host.unit("named");
    await host.svc("start", "PREFIX-named");
    const id = await idOf("named");
    await host.engine.docker("rename", id, host.name("other"));
    await host.reaches("PREFIX-named", {
      phase: "up",
      container: id,
      stale: [`its container was renamed to ${host.name("other")}`],
    });
    expect((await host.svc("restart", "PREFIX-named")).code).toBe(0);
    expect(await idOf("named")).not.toBe(id);
    expect(await idOf("other")).toBe("");
  });

  test("one whose file says another name for its container is stale by that: nobody has renamed it", async () => {
    await host.unit("called");
    await host.svc("start", "PREFIX-called");
    await host.unit("called", { container_name: host.name("fresh") });
    await host.svc("reload");
    await host.reaches("PREFIX-called", {
      phase: "up",
      stale: [`container name ${host.name("called")} -> ${host.name("fresh")}`, "unit file changed"],
    });
    expect((await host.svc("restart", "PREFIX-called")).code).toBe(0);
    await host.reaches("PREFIX-called", { phase: "up", stale: [] });
    expect(await idOf("fresh")).not.toBe("");
    await host.svc("stop", "PREFIX-called");
  });

  test("B21 past its limit one that is to fail stays down, and so does what needs it, until it is started again", async () => {
    await host.unit("looping", { ...crashing, respawn_limit: "2 in 1m", on_limit: "fail" });
    await host.unit("on-top", { depends_on: ["PREFIX-looping"] });
    const started = await host.svc("start", "PREFIX-on-top");
    expect(started.code).toBe(1);
    const failed = await host.reaches("PREFIX-looping", { phase: "failed", restarts: 3, container: null });
    expect(failed.because).toBe("crash loop: 2 respawns within 60 s; last: exit 1");
    expect((await host.status(host.name("on-top"))).phase).toBe("waiting");
    expect((await ask("looping")).length).toBe(3);
    await host.svc("start", "PREFIX-looping");
    await until(async () => (await ask("looping")).length === 6);
  });

  test("an unhealthy one is restarted where that is asked for", async () => {
    await host.unit("sick", {
      command: ["sh", "-c", "echo > /tmp/well; trap 'exit 0' TERM; sleep 3600 & wait"],
      healthcheck: { test: ["CMD", "cat", "/tmp/well"], interval: "500ms", timeout: "5s", retries: 1 },
      ready: "healthy",
      on_unhealthy: "restart",
    });
    expect((await host.svc("start", "PREFIX-sick")).code).toBe(0);
    const id = await idOf("sick");
    await host.engine.docker("exec", id, "/bin/busybox", "rm", "/tmp/well");
    await until(async () => !["", id].includes(await idOf("sick")));
    await host.reaches("PREFIX-sick", { phase: "up", restarts: 1 });
    const words = "exit 0; its healthcheck said unhealthy";
    expect(await ask("sick"), host.daemonOutput()).toMatchObject([{ container: id, by: "asked", words }]);
  });
});
