import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { program } from "../support/program.ts";
import { run } from "../support/real-engine.ts";
import { until } from "../support/until.ts";

/** Hooks and on_event commands, on a real engine: supervision.md R20, B32. */
let host: Host;

beforeAll(async () => {
  host = await makeHost();
  await host.startDaemon();
});
afterAll(() => host?.cleanup());

const path = (name: string): string => join(host.folder, name);
const read = (name: string): Promise<string> => readFile(path(name), "utf8").catch(() => "");
const logOf = async (short: string): Promise<string> => (await host.svc("logs", `PREFIX-${short}`)).stdout;

describe.concurrent("hooks", () => {
  test("all four on the host, in order, with what they want to know; post_stop before the next start", async () => {
    const tell = (what: string): string =>
      `echo "$SVC_HOOK $SVC_UNIT $SVC_TAG \${SVC_CONTAINER_ID:+id} code=$SVC_EXIT_CODE" >>${path("four")}; echo ${what}`;
    await host.unit("four", {
      pre_start: tell("one"),
      post_start: tell("two"),
      pre_stop: tell("three"),
      post_stop: [tell("four"), `sleep 0.5; echo slept >>${path("four")}`],
    });
    expect((await host.svc("start", "PREFIX-four")).code).toBe(0);
    await until(async () => (await read("four")).includes("post_start"));
    expect((await host.svc("restart", "PREFIX-four")).code).toBe(0);
    expect((await host.svc("stop", "PREFIX-four")).code).toBe(0);
    const name = host.name("four");
    const round = [`pre_start ${name} 1  code=`, `post_start ${name} 1 id code=`];
    const end = [`pre_stop ${name} 1 id code=`, `post_stop ${name} 1 id code=0`, "slept"];
    const lines = (await read("four")).trimEnd().split("\n");
    expect(lines.filter((line) => !line.startsWith("post_start"))).toEqual(
      [...round, ...end, ...round, ...end].filter((line) => !line.startsWith("post_start")),
    );
    for (const word of ["pre_start: one", "post_start: two", "pre_stop: three", "post_stop: four"])
      expect(await logOf("four")).toContain(word);
  });

  test("B32 a pre_start that fails is why the unit does not start; it is tried again, and nothing was made", async () => {
    await host.unit("blocked", { pre_start: `echo no disk >&2; test -e ${path("disk")}` });
    const started = await host.svc("start", "PREFIX-blocked");
    expect(started.code).toBe(1);
    expect(started.stderr).toContain("pre_start failed: exit 1: no disk");
    expect(await host.inspect("PREFIX-blocked", "{{.Id}}")).toBe("");
    await writeFile(path("disk"), "");
    await host.reaches("PREFIX-blocked", { phase: "up" });
  });

  test("B32 a pre_stop and a post_stop that fail or take too long are told of, and hold up nothing", async () => {
    await host.unit("stuck", {
      pre_stop: { command: "sleep 600", in: "host", timeout: "300ms" },
      post_stop: "exit 7",
    });
    await host.svc("start", "PREFIX-stuck");
    expect((await host.svc("stop", "PREFIX-stuck")).code).toBe(0);
    const { stdout } = await host.svc("events", "PREFIX-stuck", "--json");
    expect(stdout).toContain("pre_stop failed: it took longer than 0.3 s");
    expect(stdout).toContain("post_stop failed: exit 7");
    await host.svc("start", "PREFIX-stuck");
    await host.engine.docker("kill", host.name("stuck"));
    await host.reaches("PREFIX-stuck", { phase: "up", restarts: 1 });
  });

  test("in a one-off container with its env and image, and in the unit's own, as Compose has it", async () => {
    await host.write("default/PREFIX-inside", "COLOUR=green\n");
    await host.unit("inside", {
      pre_start: { command: ["sh", "-c", "echo $COLOUR $EXTRA_WORD; exit 0"], environment: { EXTRA_WORD: "grass" } },
      post_start: [{ command: "sh -c 'echo > /tmp/made; echo in $HOSTNAME as $SVC_HOOK'" }],
      post_stop: { command: ["sh", "-c", "echo no room >&2; exit 5"] },
      pre_stop: { command: ["sh", "-c", "printf 'no drain'; exit 6"] },
    });
    expect((await host.svc("start", "PREFIX-inside")).code).toBe(0);
    const id = await host.inspect("PREFIX-inside", "{{.Id}}");
    await until(async () => (await logOf("inside")).includes(`post_start: in ${id.slice(0, 12)} as post_start`));
    expect(await logOf("inside")).toContain("pre_start: green grass");
    expect((await host.engine.docker("exec", id, "cat", "/tmp/made")).code).toBe(0);
    await host.svc("stop", "PREFIX-inside");
    const events = (await host.svc("events", "PREFIX-inside")).stdout;
    expect(events).toContain("post_stop failed: exit 5: no room\n");
    expect(events).toContain("pre_stop failed: exit 6: no drain\n");
    const left = await host.engine.docker("ps", "-aq", "--filter", `label=svc.hook=${host.name("inside")}`);
    expect(left.stdout).toBe("");
  });

  test("a one-off container of a hook that is late is gone", async () => {
    await host.unit("late", { pre_start: { command: "sleep 600", timeout: "1s" } });
    const started = await host.svc("start", "PREFIX-late");
    expect(started.stderr).toContain("pre_start failed: it took longer than 1 s");
    await host.svc("stop", "PREFIX-late");
    await until(async () => {
      const { stdout } = await host.engine.docker("ps", "-aq", "--filter", `label=svc.hook=${host.name("late")}`);
      return stdout === "";
    });
  });

  test("events reach the unit's commands and the host's program as JSON, once each", async () => {
    const collect = `cat >>${path("mail")}`;
    await host.unit("fragile", { on_event: { failed: collect, recovered: [collect] } });
    await writeFile(path("on_event"), `#!/bin/sh\necho "$1 $SVC_UNIT" >>${path("pager")}\n`);
    await chmod(path("on_event"), 0o755);
    await host.svc("start", "PREFIX-fragile");
    await host.engine.docker("kill", host.name("fragile"));
    await until(async () => (await read("pager")).includes(`recovered ${host.name("fragile")}`));
    await until(async () => (await read("mail")).split("\n").length === 3);
    const told = (await read("mail"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(told).toMatchObject([
      {
        event: "failed",
        unit: host.name("fragile"),
        tag: "1",
        because: "exit 137 (SIGKILL)",
        lastExit: { code: 137, by: "external" },
      },
      { event: "recovered", unit: host.name("fragile"), phase: "up", restarts: 1 },
    ]);
    const pager = (await read("pager")).split("\n").filter((line) => line.endsWith(host.name("fragile")));
    expect(pager).toEqual([`failed ${host.name("fragile")}`, `recovered ${host.name("fragile")}`]);
  });
});

// By itself: the others would miss their daemon.
describe("hooks and a svc that is killed", () => {
  test("svc killed in a post_stop: the hook is done again, the exit is kept, the container goes", async () => {
    await host.unit("again", { post_stop: `echo begun >>${path("again")}; test -e ${path("go")} || sleep 20` });
    await host.svc("start", "PREFIX-again");
    const id = await host.inspect("PREFIX-again", "{{.Id}}");
    await host.engine.docker("kill", id);
    await until(async () => (await read("again")) === "begun\n");
    await writeFile(path("go"), "");
    await host.endDaemon("SIGKILL");
    await host.startDaemon();
    await host.reaches("PREFIX-again", { phase: "up" });
    expect(await read("again")).toBe("begun\nbegun\n");
    expect(await host.ask("history", { unit: host.name("again") })).toMatchObject([{ container: id, code: 137 }]);
  });

  test("a one-off container that a hook of it left behind goes when svc is back", async () => {
    await host.unit("orphan", { pre_start: { command: "sleep 600", timeout: "20s" } });
    await host.svc("start", "PREFIX-orphan", "--no-wait");
    const left = async (): Promise<string> =>
      (await host.engine.docker("ps", "-q", "--filter", `label=svc.hook=${host.name("orphan")}`)).stdout;
    await until(async () => (await left()) !== "");
    const before = await left();
    await host.endDaemon("SIGKILL");
    await host.unit("orphan", {});
    await host.startDaemon();
    await until(async () => (await left()) === "");
    expect(before).not.toBe("");
    await host.reaches("PREFIX-orphan", { phase: "up" });
  });
});

describe("hooks and a svc that is replaced", () => {
  test("a reexec waits for a hook that is under way, and says so; it is not run a second time", async () => {
    const go = path("migrate-go");
    const migrate = `echo begin >>${path("migrated")}; until test -e ${go}; do sleep 0.1; done; echo moved; echo end >>${path("migrated")}`;
    await host.unit("migrated", { pre_start: migrate });
    await host.unit("beside");
    await host.svc("start", "PREFIX-migrated", "--no-wait");
    await until(async () => (await read("migrated")) === "begin\n");
    const { upSince } = await host.ask("version", {});

    const waitsFor = expect.stringContaining(`pre_start of ${host.name("migrated")}`);
    const given = reexec();
    expect(await given.told).toEqual(waitsFor);
    given.child.kill("SIGINT");
    await once(given.child, "exit");
    // Whoever asked is gone: svc goes on as it was.
    expect((await host.svc("start", "PREFIX-beside")).code).toBe(0);

    const asked = reexec();
    expect(await asked.told).toEqual(waitsFor);
    const ended = once(asked.child, "exit");
    await host.svc("stop", "PREFIX-beside", "--no-wait");
    expect((await host.ask("version", {})).upSince).toBe(upSince);
    await writeFile(go, "");
    expect((await ended)[0]).toBe(0);
    expect((await host.ask("version", {})).upSince).not.toBe(upSince);
    await host.reaches("PREFIX-migrated", { phase: "up" });
    await host.reaches("PREFIX-beside", { phase: "down" });
    expect(await read("migrated")).toBe("begin\nend\n");
    expect(await logOf("migrated")).toContain("pre_start: moved");
    expect((await run("ps", ["--ppid", String(host.pid), "-o", "stat="])).stdout).not.toContain("Z");
  });

  test("what befalls a unit while a reexec waits is told, and its post_stop is done, before svc is replaced", async () => {
    const go = path("slow-go");
    await host.unit("slow", { pre_start: `echo begun >>${path("slow")}; until test -e ${go}; do sleep 0.1; done` });
    await host.unit("dies", {
      post_stop: `echo stopped >>${path("dies")}`,
      on_event: { failed: `echo failed >>${path("dies")}` },
    });
    expect((await host.svc("start", "PREFIX-dies")).code).toBe(0);
    await host.svc("start", "PREFIX-slow", "--no-wait");
    await until(async () => (await read("slow")) === "begun\n");
    const asked = reexec();
    expect(await asked.told).toContain("nothing else begins meanwhile; Ctrl-C gives it up");
    const ended = once(asked.child, "exit");
    await host.engine.docker("kill", host.name("dies"));
    await until(async () => (await read("dies")) === "stopped\nfailed\n", { within: 15_000 });
    await writeFile(go, "");
    expect((await ended)[0]).toBe(0);
    await host.reaches("PREFIX-dies", { phase: "up" });
    await host.reaches("PREFIX-slow", { phase: "up" });
  });

  test("svc that is told to end while it stands still for a reexec stops everything as ever", async () => {
    await host.unit("held", { pre_start: `echo begun >>${path("held")}; sleep 2` });
    await host.svc("start", "PREFIX-held", "--no-wait");
    await until(async () => (await read("held")) === "begun\n");
    const asked = reexec();
    await asked.told;
    const ended = once(asked.child, "exit");
    const refused = once(asked.child.stderr, "data").then(String);
    await host.endDaemon("SIGTERM");
    expect(await refused).toContain("svc was told to end; it is not replaced");
    expect((await ended)[0]).toBe(4);
    expect(await host.inspect("PREFIX-held", "{{.State.Running}}")).not.toBe("true");
    expect(await host.inspect("PREFIX-migrated", "{{.State.Running}}")).not.toBe("true");
    await host.startDaemon();
  });

  function reexec() {
    const child = spawn(program, ["reexec"], { env: host.env });
    const told = once(child.stderr, "data").then(String);
    return { child, told };
  }
});
