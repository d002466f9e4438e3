import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { until } from "../support/until.ts";

/** When a unit counts as ready (R13), tasks, and templates. */
let host: Host;

beforeAll(async () => {
  host = await makeHost();
  await host.startDaemon();
});
afterAll(() => host?.cleanup());

/** Does not get ready before it is told to, by a file in the container. */
const whenTold = (then: string) => [
  "sh",
  "-c",
  `trap 'exit 0' TERM; until cat /tmp/go 2>/dev/null; do sleep 0.1; done; ${then} sleep 3600 & wait`,
];
const tell = (short: string) => host.engine.docker("exec", host.name(short), "sh", "-c", "echo > /tmp/go");

describe.concurrent("ready", () => {
  test.each([
    ["healthcheck", { ready: "healthy" }, whenTold("echo > /tmp/well;")],
    ["image-default", {}, whenTold("echo > /tmp/well;")],
    ["tcp", { ready: { tcp: 5000 } }, whenTold("httpd -p 5000;")],
    ["http", { ready: { http: "8000/page", status: 200 } }, whenTold("echo > /tmp/page; httpd -p 8000 -h /tmp;")],
    ["log", { ready: { log: "^listening on \\d+$" } }, whenTold("echo listening on 80;")],
  ] as const)("by %s: starting until it is so, and not before", async (kind, ready, command) => {
    const health = { test: ["CMD", "cat", "/tmp/well"], interval: "300ms", timeout: "5s", retries: 200 };
    const checks = kind === "healthcheck" || kind === "image-default" ? { healthcheck: health } : {};
    await host.unit(kind, { ready: undefined, ...ready, ...checks, command });
    await host.unit(`after-${kind}`, { depends_on: [`PREFIX-${kind}`] });
    const started = host.svc("start", `PREFIX-after-${kind}`);
    await host.reaches(`PREFIX-${kind}`, { phase: "starting" });
    // Long enough for a probe or two to have found nothing.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await host.status(host.name(kind))).phase).toBe("starting");
    expect((await host.status(host.name(`after-${kind}`))).phase).toBe("waiting");
    await until(async () => (await tell(kind)).code === 0);
    expect((await started).code).toBe(0);
    expect((await host.status(host.name(kind))).phase).toBe("up");
  });

  test("while it is not, its port's or page's answer is told", async () => {
    await host.unit("deaf", { ready: { tcp: 5000 } });
    await host.unit("lost", { ready: { http: "8000/page" }, command: ["httpd", "-f", "-p", "8000", "-h", "/tmp"] });
    await host.svc("start", "--no-wait", "PREFIX-deaf", "PREFIX-lost");
    const because = (short: string, words: string) => host.reaches(`PREFIX-${short}`, { because: words });
    await because("deaf", "nothing answers on its port 5000 yet: connection refused");
    await because("lost", "no good answer from port 8000/page yet: status 404");
    await host.svc("stop", "PREFIX-deaf", "PREFIX-lost");
  });

  test("no line that a container writes keeps svc busy, whatever its ready.log looks for", async () => {
    const lines = `${"a".repeat(50)}!; echo serving`;
    await host.unit("busy", { ready: { log: "^(a+)+$|^serving$" }, command: whenTold(`echo ${lines};`) });
    const started = host.svc("start", "PREFIX-busy", "--timeout", "20s");
    await host.reaches("PREFIX-busy", { phase: "starting" });
    await until(async () => (await tell("busy")).code === 0);
    expect(await started).toMatchObject({ code: 0 });
  });

  test("by default it is up for a second; with after, as long as is said", async () => {
    await host.unit("default", { ready: undefined });
    await host.unit("after", { ready: { after: "2s" } });
    for (const [name, ms] of [
      ["default", 1_000],
      ["after", 2_000],
    ] as const) {
      await host.svc("start", `PREFIX-${name}`);
      const { since } = await host.status(host.name(name));
      const startedAt = Date.parse(await host.inspect(`PREFIX-${name}`, "{{.State.StartedAt}}"));
      expect(Date.parse(since) - startedAt).toBeGreaterThanOrEqual(ms);
    }
  });

  test("a task is done when it ends with 0: start waits for that, and again runs it again", async () => {
    await host.unit("task", { type: "task", command: ["sh", "-c", "echo ran"] });
    for (const runs of [1, 2]) {
      expect((await host.svc("start", "PREFIX-task")).code).toBe(0);
      expect(await host.status(host.name("task"))).toMatchObject({ phase: "done", container: null });
      expect(await host.ask("history", { unit: host.name("task") })).toHaveLength(runs);
    }
    expect((await host.svc("wait", "PREFIX-task", "--for", "done")).code).toBe(0);
  });

  test("a template makes a unit of each name that is given to it", async () => {
    await host.unit("worker@", {
      command: ["sh", "-c", "echo I am %i of %p, %n; sleep 3600"],
      stop_grace_period: "1s",
    });
    await host.unit("front", { depends_on: ["PREFIX-worker@b"] });
    expect((await host.svc("start", "PREFIX-worker@a", "PREFIX-front")).code).toBe(0);
    expect(await host.inspect("PREFIX-worker-a", "{{.State.Status}}")).toBe("running");
    const [line] = (await host.svc("logs", "PREFIX-worker@a", "--grep", "I am")).stdout.split("\n");
    expect(line).toContain(`I am a of ${host.name("worker")}, ${host.name("worker@a")}`);
    expect(await host.status(host.name("worker@b"))).toMatchObject({ phase: "up", wantedBy: host.name("front") });
    expect((await host.svc("start", "PREFIX-worker@")).code).toBe(2);
    for (const odd of ["PREFIX-worker@../../x", "PREFIX-worker@a b", "PREFIX-worker@\u001b[31m"]) {
      const refused = await host.svc("start", odd, "--plan");
      expect(refused).toMatchObject({ code: 2, stdout: "" });
      expect(refused.stderr).not.toContain("\u001b");
    }
    expect((await host.svc("why", "PREFIX-worker@new")).stdout).toContain("is down");
    expect((await host.svc("list")).stdout).not.toContain("worker@new");
    // One that runs is of its template, and nothing that is left over.
    const findings = JSON.parse((await host.svc("doctor", "--json")).stdout) as { readonly found: string }[];
    expect(findings.filter(({ found }) => found.includes(`${host.engine.prefix}-worker`))).toEqual([]);
    expect((await host.svc("stop", "PREFIX-worker@a")).code).toBe(0);
  });
});
