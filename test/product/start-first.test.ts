import { connect, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Plan } from "../../src/control/request.ts";
import type { FrontAnswers } from "../../src/front/front-socket.ts";
import { type Host, makeHost } from "../support/host.ts";
import { run } from "../support/real-engine.ts";
import { freePort } from "../support/tcp.ts";
import { until } from "../support/until.ts";

let host: Host;
let port: number;
beforeAll(async () => {
  host = await makeHost();
  await host.startDaemon();
  port = await freePort();
});
afterAll(() => host.cleanup());

/** Serves its word; `late`: seconds until it does. */
const serves = (word: string, late = 0): readonly string[] => [
  "sh",
  "-c",
  `trap 'exit 0' TERM; echo ${word} >/tmp/index.html; sleep ${late}; httpd -p 8000 -h /tmp; sleep 3600 & wait`,
];

const web = (word: string, change: object = {}): Promise<void> =>
  host.unit("web", {
    command: serves(word),
    ready: undefined,
    update: "start-first",
    listen: { published: port, target: 8000, drain: "20s" },
    ...change,
  });

const get = async (): Promise<string> => (await (await fetch(`http://127.0.0.1:${port}/`)).text()).trim();
const id = async (): Promise<string | null> => (await host.status("PREFIX-web")).container;
const names = async (): Promise<readonly string[]> =>
  (await host.engine.docker("ps", "-a", "--filter", `name=${host.engine.prefix}-web`, "--format", "{{.Names}}")).stdout
    .split("\n")
    .filter(Boolean)
    .sort();

test("a restart hands over: not one request fails, and the next container ends up with the unit's name", async () => {
  await web("one");
  const started = await host.svc("start", "PREFIX-web");
  expect(started, started.stderr + host.daemonOutput()).toMatchObject({ code: 0 });
  expect(await get()).toBe("one");
  const before = await id();
  const heard = asking();
  await web("two");
  const planned = JSON.parse((await host.svc("restart", "PREFIX-web", "--plan", "--json")).stdout) as Plan;
  expect(planned.steps.map(({ does }) => does)).toEqual(["start", "hand over", "stop", "remove"]);
  expect([planned.meanwhile, planned.darkPorts]).toEqual([[], []]);
  const since = String(Date.now() / 1000);
  expect(await host.svc("restart", "PREFIX-web")).toMatchObject({ code: 0 });
  expect(await get()).toBe("two");
  await until(async () => (await names()).length === 1);
  expect(await heard()).toEqual(["one", "two"]);
  const happened = [
    "--since",
    since,
    "--until",
    String(Date.now() / 1000),
    "--filter",
    `label=svc.unit=${host.name("web")}`,
  ];
  const { stdout } = await host.engine.docker("events", ...happened, "--format", "{{.Action}} {{.ID}}");
  const deeds = stdout.split("\n").filter((line) => /^(start|die|destroy|rename) /.test(line));
  expect(deeds.map((line) => line.split(" ")[0])).toEqual(["start", "die", "destroy", "rename"]);
  expect(deeds[1]).toBe(`die ${before}`);
  expect(await id()).not.toBe(before);
  expect(await host.inspect("PREFIX-web", "{{.Id}}")).toBe(await id());
  expect(await host.status("PREFIX-web")).toMatchObject({ phase: "up", stale: [] });
  const [end] = await host.ask("history", { unit: host.name("web") });
  expect(end).toMatchObject({ container: before, by: "asked", code: 0 });
});

test("one that does not get ready changes nothing; the old one serves on, and why is told", async () => {
  const before = await id();
  await web("three", { command: ["sh", "-c", "echo no such luck; exit 3"] });
  const failed = await host.svc("restart", "PREFIX-web");
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain("exit 3");
  await until(async () => (await names()).length === 1);
  expect(await id()).toBe(before);
  expect(await get()).toBe("two");
  await web("three", { command: serves("three", 3600), start_timeout: "1s" });
  expect((await host.svc("restart", "PREFIX-web")).stderr).toContain("not ready within 1 s");
  await until(async () => (await names()).length === 1);
  expect((await host.status("PREFIX-web")).because).not.toContain("its next container");
  expect(await get()).toBe("two");
  const { stdout } = await host.svc("logs", "PREFIX-web");
  expect(stdout).toContain("no such luck");
});

test("restarts that are asked for at the same time hand over one after the other, and no request fails", async () => {
  await web("two");
  const heard = asking();
  const restarts = await Promise.all([1, 2, 3].map(() => host.svc("restart", "PREFIX-web")));
  expect(restarts.map(({ code, stderr }) => [code, stderr.includes("not ready:")])).toEqual(
    [1, 2, 3].map(() => [0, false]),
  );
  expect(await heard()).toEqual(["two"]);
  await until(async () => (await names()).length === 1);
});

test("while the next one is not ready status tells of it; a stop then ends both before it returns", async () => {
  await web("never", { command: serves("never", 3600) });
  const restart = host.svc("restart", "PREFIX-web");
  await until(async () => (await host.status("PREFIX-web")).because.includes("its next container, beside it"));
  expect(await host.svc("stop", "PREFIX-web")).toMatchObject({ code: 0 });
  expect(await names()).toEqual([]);
  expect((await restart).code).toBe(1);
  await web("two");
  expect(await host.svc("start", "PREFIX-web")).toMatchObject({ code: 0 });
});

test("svc is killed while the next one is not ready: the old one serves on, the next one is gone", async () => {
  const before = await id();
  await web("four", { command: serves("four", 3600) });
  const restart = host.svc("restart", "PREFIX-web");
  await until(async () => (await names()).length === 2);
  await host.endDaemon("SIGKILL");
  expect((await restart).code).not.toBe(0);
  expect(await get()).toBe("two");
  await host.startDaemon();
  await until(async () => (await names()).length === 1);
  expect(await id()).toBe(before);
  expect(await get()).toBe("two");
});

test("svc is killed while the old one is being drained: the next one serves on, the old one goes", async () => {
  const before = await id();
  await web("five", { listen: { published: port, target: 8000, drain: "1m" } });
  // A client that stays keeps the old container.
  const stays = await fetch(`http://127.0.0.1:${port}/`);
  const client = connect(port, "127.0.0.1");
  client.on("error", () => undefined);
  client.write("GET / HTTP/1.1\r\n");
  await stays.text();
  const restarted = await host.svc("restart", "PREFIX-web");
  expect(restarted, restarted.stderr + host.daemonOutput()).toMatchObject({ code: 0 });
  expect(await names()).toHaveLength(2);
  const after = await id();
  expect(after).not.toBe(before);
  await host.endDaemon("SIGKILL");
  expect(await get()).toBe("five");
  await host.startDaemon();
  expect(await get()).toBe("five");
  client.destroy();
  await until(async () => (await names()).length === 1);
  expect(await id()).toBe(after);
  await host.reaches("PREFIX-web", { phase: "up", stale: [] });
});

test("once a start has returned, or status says that it is up, its clients are served", async () => {
  const name = host.name("web");
  for (let round = 0; round < 8; round++) {
    await host.ask("stop", { names: [name] });
    if (round % 2 === 0) await host.ask("start", { names: [name] });
    else {
      await host.ask("start", { names: [name], wait: false });
      while ((await host.ask("list", {})).find((one) => one.name === name)?.phase !== "up");
    }
    await new Promise<void>((resolve, reject) => {
      const client = connect(port, "127.0.0.1", () => client.write("GET / HTTP/1.0\r\n\r\n"));
      client.once("data", () => resolve()).once("error", reject);
    });
  }
});

test("what listens hangs: status answers all the same, and says so", async () => {
  const { stdout } = await run("pgrep", ["-f", `svc front ${host.folder}/state/front.sock`]);
  process.kill(Number(stdout), "SIGSTOP");
  try {
    expect((await host.status("PREFIX-web")).listen).toMatchObject([
      { problem: expect.stringContaining("did not answer") },
    ]);
    await host.engine.docker("kill", host.name("web"));
    const started = await host.svc("start", "PREFIX-web", "--timeout", "2s");
    expect(started.code, started.stdout + started.stderr).not.toBe(0);
  } finally {
    process.kill(Number(stdout), "SIGCONT");
  }
  await until(async () => (await get().catch(() => "")) === "five");
  await until(async () => (await host.status("PREFIX-web")).listen[0]?.problem === null);
});

test("what listens is killed: it is started again, and the next restart hands over as before", async () => {
  const { stdout } = await run("pgrep", ["-f", `svc front ${host.folder}/state/front.sock`]);
  process.kill(Number(stdout), "SIGKILL");
  await until(async () => (await get().catch(() => "")) === "five");
  const before = await id();
  const restarted = await host.svc("restart", "PREFIX-web");
  expect(restarted, restarted.stderr + host.daemonOutput()).toMatchObject({ code: 0 });
  expect(await id()).not.toBe(before);
  await until(async () => (await names()).length === 1);
});

test("svc is killed and comes back, and at once a restart is asked for: it hands over, and no request fails", async () => {
  const heard = asking();
  for (let round = 0; round < 3; round++) {
    const before = await id();
    await host.endDaemon("SIGKILL");
    await host.startDaemon();
    const restarted = await host.svc("restart", "PREFIX-web");
    expect(restarted, restarted.stderr + host.daemonOutput()).toMatchObject({ code: 0 });
    expect(restarted.stderr).toContain("beside the one that serves");
    expect(await id()).not.toBe(before);
    expect(await get()).toBe("five");
  }
  await until(async () => (await names()).length === 1);
  expect(await heard()).toEqual(["five"]);
});

test("svc is killed at the moment when clients are led to the next one, and comes back: no request fails", async () => {
  const heard = asking();
  for (let round = 0; round < 6; round++) {
    const before = await ledTo();
    let isOver = false;
    const restarting = host.svc("restart", "PREFIX-web").finally(() => {
      isOver = true;
    });
    // As often as it can be asked: what is looked for is the moment after.
    while (!isOver && (await ledTo()) === before);
    await host.endDaemon("SIGKILL");
    const restarted = await restarting;
    expect(await ledTo(), restarted.stderr).not.toBe(before);
    await host.startDaemon();
    await host.reaches("PREFIX-web", { phase: "up" });
    await until(async () => (await names()).length === 1);
  }
  expect(await heard()).toEqual(["five"]);
});

test("a stop ends both; the port is free again, and taken by another it keeps the unit from starting", async () => {
  await web("six", { listen: { published: port, target: 8000, drain: "1m" } });
  const restarted = await host.svc("restart", "PREFIX-web");
  expect(restarted, restarted.stderr + host.daemonOutput()).toMatchObject({ code: 0 });
  expect(await host.svc("stop", "PREFIX-web")).toMatchObject({ code: 0 });
  await until(async () => (await names()).length === 0);
  const squatter = createServer();
  await until(
    () =>
      new Promise<boolean>((resolve) =>
        squatter.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true)),
      ),
  );
  const refused = await host.svc("start", "PREFIX-web");
  expect(refused.code).toBe(1);
  expect(refused.stderr + refused.stdout).toContain(`127.0.0.1:${port} is taken`);
  squatter.close();
  await host.reaches("PREFIX-web", { phase: "up" });
  expect(await get()).toBe("six");
});

test("when svc ends, so does what listens for it", async () => {
  await host.endDaemon("SIGTERM");
  expect(await names()).toEqual([]);
  await expect(get()).rejects.toThrow();
  await until(async () => !(await run("ps", ["ax", "-o", "args"])).stdout.includes(host.folder));
});

/** A client that asks on and on until it is told to end; then it says what it heard, each thing once. */
function asking(): () => Promise<readonly string[]> {
  const answers = new Set<string>();
  let over = false;
  const client = (async () => {
    while (!over) answers.add(await get().catch(({ cause }) => String(cause)));
  })();
  return async () => {
    over = true;
    await client;
    return [...answers].sort();
  };
}

/** Where new clients are led to, as what listens says. */
async function ledTo(): Promise<string> {
  const asker = connect(`${host.folder}/state/front.sock`);
  asker.end('{"ask":"status"}\n');
  const { answer } = JSON.parse(await text(asker)) as { answer: FrontAnswers["status"] };
  const [front] = Object.values(answer);
  return front?.targets.find(({ draining }) => !draining)?.address ?? "";
}
