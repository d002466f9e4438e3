import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dockerEngine } from "../../src/engine/docker/docker-engine.ts";
import type { EngineEvent } from "../../src/engine/engine.ts";
import { type Host, makeHost } from "../support/host.ts";
import { program } from "../support/program.ts";
import { run } from "../support/real-engine.ts";
import { until } from "../support/until.ts";

/** svc is killed and comes back: supervision.md B46, B47, B57, R16, R17. */
let host: Host;

beforeAll(async () => {
  host = await makeHost();
  await host.unit("web");
  await host.unit("still", { enabled: false });
  await host.startDaemon();
});
afterAll(() => host?.cleanup());

const idOf = (short: string): Promise<string> => host.inspect(`PREFIX-${short}`, "{{.Id}}");
const stateFile = (): string => join(host.folder, "state", "state.json");
async function allOf(short: string): Promise<readonly string[]> {
  const filter = `label=svc.unit=${host.name(short)}`;
  return (await host.engine.docker("ps", "-aq", "--no-trunc", "--filter", filter)).stdout.split("\n").filter(Boolean);
}
async function crash(meanwhile: () => Promise<unknown> = async () => undefined): Promise<void> {
  await host.endDaemon("SIGKILL");
  await meanwhile();
  await host.startDaemon();
}

test.each([
  ["start", "create"],
  ["start", "start"],
  ["restart", "kill"],
  ["restart", "destroy"],
  ["restart", "start"],
  ["stop", "kill"],
  ["stop", "die"],
] as const)("B46 killed in a %s, at the engine's %s: what was asked is done, by one container", async (ask, at) => {
  const names = [host.name("web")];
  await host.ask(ask === "start" ? "stop" : "start", { names });
  const before = await idOf("web");
  const { promise: happened, resolve } = Promise.withResolvers<EngineEvent>();
  const close = await dockerEngine().events(
    (event) => {
      if (event.kind === at && event.name === host.name("web")) resolve(event);
    },
    () => undefined,
  );
  // The answer means that the wish is on the disk; before it nothing is promised.
  const [{ id }] = await Promise.all([happened, host.ask(ask, { names, wait: false })]);
  await crash();
  close();
  if (ask === "stop") {
    await host.reaches("PREFIX-web", { phase: "down", container: null, wantedBy: "operator" });
    expect(await allOf("web")).toEqual([]);
    return;
  }
  const { container } = await host.reaches("PREFIX-web", { phase: "up", restarts: 0 });
  expect(await allOf("web")).toEqual([container]);
  expect(container).not.toBe(before);
  if (at === "start") expect(container).toBe(id);
});

test("what is asked whether it is ready is up since it came up, and not since svc came", async () => {
  await host.unit("asked", { ready: { tcp: 80 }, command: ["httpd", "-f", "-p", "80"] });
  await host.ask("start", { names: [host.name("asked")] });
  const { since, container } = await host.status(host.name("asked"));
  for (let time = 0; time < 2; time++) {
    await crash();
    expect(await host.reaches("PREFIX-asked", { phase: "up", container })).toMatchObject({ since });
  }
  await host.ask("stop", { names: [host.name("asked")] });
});

test("the first answer after a crash tells how things are, not how they were", async () => {
  await host.ask("start", { names: [host.name("web")] });
  const id = await idOf("web");
  await crash();
  expect(await host.ask("list", { units: [host.name("web")] })).toMatchObject([{ phase: "up", container: id }]);
  await crash(() => host.engine.docker("rm", "-f", id));
  const [status] = await host.ask("list", { units: [host.name("web")] });
  expect(status?.container).not.toBe(id);
  expect(status?.phase).not.toBe("up");
  await host.reaches("PREFIX-web", { phase: "up" });
});

test("B46 counts, back-off and what the operator stopped are as they were", async () => {
  await host.unit("failing", { command: ["sh", "-c", "exit 5"], ready: { after: "10s" } });
  await host.unit("stopped");
  await host.ask("start", { names: [host.name("web"), host.name("stopped")] });
  await host.ask("stop", { names: [host.name("stopped")] });
  await host.ask("start", { names: [host.name("failing")] });
  const deep = await until(async () => {
    const status = await host.reaches("PREFIX-failing", { phase: "backoff", container: null });
    return status.restarts >= 7 ? status : null;
  });
  const web = await idOf("web");
  await crash();
  const after = await host.reaches("PREFIX-failing", { phase: "backoff" });
  expect({ restarts: after.restarts, because: after.because }).toEqual({
    restarts: deep.restarts,
    because: deep.because,
  });
  expect(await host.status(host.name("stopped"))).toMatchObject({ phase: "down", wantedBy: "operator" });
  await host.reaches("PREFIX-web", { phase: "up", container: web });
  await host.ask("stop", { names: [host.name("failing")] });
});

test("what ended while svc was away is recorded; a task that was done is not run again", async () => {
  await host.unit("task", { type: "task", command: ["sh", "-c", "until cat /tmp/go 2>/dev/null; do sleep 0.2; done"] });
  await host.ask("start", { names: [host.name("task")], wait: false });
  await host.ask("start", { names: [host.name("web")] });
  await host.reaches("PREFIX-task", { phase: "up" });
  const [web, task] = [await idOf("web"), await idOf("task")];
  await crash(async () => {
    await host.engine.docker("exec", task, "sh", "-c", "echo > /tmp/go");
    await host.engine.docker("kill", web);
    await host.engine.docker("wait", task, web);
  });
  await host.reaches("PREFIX-task", { phase: "done", container: null, because: "it ended with 0" });
  await until(async () => !["", web].includes(await idOf("web")));
  // Nobody saw why: it counts against nobody.
  await host.reaches("PREFIX-web", { phase: "up", restarts: 0 });
  expect(await host.ask("history", { unit: host.name("task") })).toMatchObject([{ container: task, code: 0 }]);
  expect((await host.ask("history", { unit: host.name("web") })).at(-1)).toMatchObject({ container: web, code: 137 });
});

test("B46 a second daemon on the same socket or state folder is refused, and disturbs nobody", async () => {
  const daemon = (env: object, state: string) =>
    run(program, ["daemon", "--state-dir", state, "--log-dir", join(host.folder, "log")], {
      env: { ...host.env, ...env },
    });
  const other = join(host.folder, "other");
  const [socket, state] = await Promise.all([
    daemon({}, other),
    daemon({ SVC_SOCKET: join(host.folder, "socket2") }, join(host.folder, "state")),
  ]);
  expect(socket).toMatchObject({ code: 4 });
  expect(socket.stderr).toContain(
    `svc: another svc daemon answers on ${host.folder}/socket\nhint: svc version shows it\n`,
  );
  expect(state).toMatchObject({ code: 4 });
  expect(state.stderr).toContain(`another svc daemon (pid ${host.pid}) supervises with ${host.folder}/state\nhint: `);
  expect((await host.svc("list")).code).toBe(0);
});

test.each([
  ["empty", () => ""],
  ["cut short", (text: string) => text.slice(0, text.length / 2)],
  ["of an unknown version", (text: string) => text.replace('"version":1', '"version":999')],
] as const)(
  "B47 a state file that is %s is moved aside, and containers are adopted by their labels",
  async (_, spoil) => {
    await host.ask("start", { names: [host.name("web"), host.name("still")] });
    const ids = [await idOf("web"), await idOf("still")];
    let spoilt = "";
    await crash(async () => {
      spoilt = spoil(await readFile(stateFile(), "utf8"));
      await writeFile(stateFile(), spoilt);
    });
    expect(await readFile(`${stateFile()}.unreadable`, "utf8")).toBe(spoilt);
    expect(host.daemonOutput()).toContain("state.json.unreadable");
    for (const [at, short] of ["web", "still"].entries()) {
      await host.reaches(`PREFIX-${short}`, { phase: "up", container: ids[at] ?? "" });
    }
  },
);

test("B47 the state file of each version that was released is understood", async () => {
  for (const name of ["kept", "stopped", "finished", "never"]) await host.unit(name);
  const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  const saved = join(import.meta.dirname, "../saved");
  for (const file of (await readdir(saved)).filter((name) => name.endsWith(".json"))) {
    await crash(async () => {
      const text = (await readFile(join(saved, file), "utf8")).replace("BOOT", boot);
      await writeFile(stateFile(), text.replaceAll("PREFIX", host.engine.prefix));
    });
    await host.reaches("PREFIX-kept", { phase: "up", restarts: 2, wanted: "up", wantedBy: "operator" });
    expect(await host.inspect("PREFIX-kept", '{{index .Config.Labels "svc.generation"}}')).toBe("3");
    expect(await host.status(host.name("stopped"))).toMatchObject({ phase: "down", wantedBy: "operator" });
    expect(await host.status(host.name("finished"))).toMatchObject({ phase: "done", because: "it ended with 0" });
    expect(await host.status(host.name("never"))).toMatchObject({ phase: "down", enabled: false });
  }
});

test("B57 after a boot the enabled units start, and what somebody had started by hand does not", async () => {
  await host.ask("start", { names: [host.name("still"), host.name("web")] });
  await host.ask("stop", { names: [host.name("web")] });
  await crash(async () => {
    await host.engine.docker("rm", "-f", ...(await allOf("still")), ...(await allOf("kept")));
    const text = await readFile(stateFile(), "utf8");
    await writeFile(stateFile(), text.replace(/"boot":"[^"]*"/, '"boot":"another"'));
  });
  await host.reaches("PREFIX-web", { phase: "up", wantedBy: "boot" });
  expect(await host.status(host.name("still"))).toMatchObject({ phase: "down" });
});

test("a stop that is asked before the engine was looked at is obeyed, and not answered before it is done", async () => {
  await host.ask("start", { names: [host.name("web")] });
  await crash();
  expect(await host.ask("stop", { names: [host.name("web")] })).toMatchObject({ ok: true });
  expect(await allOf("web")).toEqual([]);
  // Nothing is known of it any more, it is enabled, and it is to be down.
  await crash(() => rm(stateFile()));
  await host.ask("stop", { names: [host.name("web")] });
  await host.reaches("PREFIX-still", { phase: "down" });
  expect(await host.status(host.name("web"))).toMatchObject({ phase: "down", wantedBy: "operator" });
  expect(await allOf("web")).toEqual([]);
});

test.each(["is killed", "is upgraded"])(
  "B62 B63 a file is gone or broken, and svc %s: the unit is supervised as before, and can be stopped",
  async (how) => {
    const talks = { command: ["sh", "-c", "trap 'exit 0' TERM; while :; do date +%s.%N; sleep .1 & wait; done"] };
    const [gone, broken] = [host.name("gone"), host.name("broken")];
    const file = (name: string): string => join(host.folder, "units", `${name}.yml`);
    for (const short of ["gone", "broken"]) await host.unit(short, talks);
    await host.ask("start", { names: [gone, broken] });
    const ids = await Promise.all(["gone", "broken"].map(idOf));
    await rm(file(gone));
    await writeFile(file(broken), "imago: 1\n");
    if (how === "is killed") await crash();
    else expect((await host.svc("reexec")).code).toBe(0);

    const known = async (): Promise<readonly unknown[]> =>
      (await host.ask("list", { units: [broken, gone] })).map(({ phase, container, refused }) => [
        phase,
        container,
        refused,
      ]);
    expect(await known()).toEqual([
      ["up", ids[1], "its unit file has errors"],
      ["up", ids[0], "its unit file is gone"],
    ]);
    const log = join(host.folder, "log", `${broken}.log`);
    const { length } = await readFile(log);
    await until(async () => (await readFile(log)).length > length + 100);
    expect(await host.svc("restart", broken)).toMatchObject({ code: 2, stderr: expect.stringContaining("has errors") });
    expect(await known()).toHaveLength(2);
    // It ends by itself: how is on record, and it cannot be started anew before its file is right.
    await host.engine.docker("kill", broken);
    await host.reaches("PREFIX-broken", { phase: "failed", because: "its unit file has errors" });
    expect((await host.svc("history", broken)).stdout).toContain("exit 137");
    await host.unit("broken", talks);
    await host.reaches("PREFIX-broken", { phase: "up" });
    expect((await host.svc("stop", gone, broken)).code).toBe(0);
    expect([...(await allOf("gone")), ...(await allOf("broken"))]).toEqual([]);
    await until(async () => (await host.svc("status", gone)).code === 2);
  },
);

test("a TAG file that is gone when svc comes back is missed", async () => {
  const image = `${host.engine.prefix}-lost`;
  for (const tag of ["a", "latest"]) await host.engine.docker("tag", host.engine.image, `${image}:${tag}`);
  await host.write("www/PREFIX-untagged/TAG", "export TAG=a\n");
  await host.unit("untagged", { image });
  await host.ask("start", { names: [host.name("untagged")] });
  await host.endDaemon("SIGKILL");
  const tagFile = join(host.folder, `www/${host.name("untagged")}/TAG`);
  await rm(tagFile);
  await host.engine.docker("rm", "-f", host.name("untagged"));
  await host.startDaemon();
  await host.reaches("PREFIX-untagged", {
    phase: "failed",
    because: `its tag is gone: ${tagFile} said a, and is not there`,
  });
});
