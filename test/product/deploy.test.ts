import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DeployRecord } from "../../src/control/request.ts";
import { type Host, makeHost } from "../support/host.ts";
import { program } from "../support/program.ts";
import { type Ran, run } from "../support/real-engine.ts";
import { until } from "../support/until.ts";

/**
 * svc deploy and revert over three daemons of one engine. `ssh` is a script that runs what it is told with that host's places, as a
 * login there would find them.
 */
const hosts: Host[] = [];
const names = ["one", "two", "three"];
let ssh = "";

beforeAll(async () => {
  for (const _ of names) hosts.push(await makeHost());
  for (const host of hosts) {
    await buildImages(host);
    await host.write("default/PREFIX-shop", `IMAGE=${host.name("shop")}\n`);
    await host.write("www/PREFIX-shop/TAG", "export TAG=v1\n");
    await host.startDaemon();
    await host.unit("relay");
    const keys = { app: "PREFIX-shop", image: undefined, pull_policy: "never", command: ["serve"] };
    await host.unit("shop", { ...keys, links: ["PREFIX-relay:mail"] });
    await host.unit("shop-worker", { ...keys, links: ["PREFIX-relay:mail"] });
  }
  ssh = join(first().folder, "ssh");
  const cases = hosts.map((host, at) => {
    const places = ["SVC_SOCKET", "SVC_UNITS", "SVC_DEFAULT_DIR", "SVC_WWW_DIR"];
    const env = places.map((name) => `${name}='${host.env[name]}'`).join(" ");
    return `${names[at]}) export ${env};;`;
  });
  await mkdir(join(first().folder, "bin"), { recursive: true });
  await writeFile(
    ssh,
    `#!/bin/sh\n[ "$1" = -T ] || exit 255\ncase $2 in\n${cases.join("\n")}\n*) echo "ssh: $2: no such host" >&2; exit 255;;\nesac\nshift 2\ntest -e ${first().folder}/cut && exit 255\ncase $1 in svc) shift; exec ${program} "$@";; docker-runner*) eval "set -- $*"; shift; exec ${program} run "$@";; esac\n`,
  );
  await chmod(ssh, 0o755);
});
afterAll(async () => {
  for (const host of hosts) await host.cleanup();
});

function first(): Host {
  const [host] = hosts;
  if (!host) throw new Error("there is no host");
  return host;
}

/** v1, v2 and v3 run on; `bad` ends at once, `sick` runs and never gets well, `nomigrate` fails its task. Names differ a host. */
async function buildImages(host: Host): Promise<void> {
  const script = (tag: string): string =>
    tag === "bad"
      ? 'echo "no config"; exit 3'
      : `case "$1" in migrate) echo migrating ${tag}; ${tag === "nomigrate" ? "exit 9" : "exit 0"};; linger) sleep 5; exit 0;; esac; trap "exit 0" TERM; echo serving ${tag}; sleep 3600 & wait`;
  for (const tag of ["v1", "v2", "v3", "bad", "nomigrate"]) {
    const form = host.name(`form-${tag}`);
    await host.engine.docker("create", "--name", form, host.engine.image, "true");
    const entrypoint = JSON.stringify(["sh", "-c", script(tag), "sh"]);
    await host.engine.docker("commit", "--change", `ENTRYPOINT ${entrypoint}`, form, `${host.name("shop")}:${tag}`);
    await host.engine.docker("rm", form);
  }
}

/** With the app's name of the first host; the test's hosts have prefixes of their own, so a fleet of one name needs one engine each. */
function deploy(host: Host, ...args: string[]): Promise<Ran> {
  return run(program, ["deploy", host.name("shop"), ...args, "--min-healthy", "500ms", "--deadline", "15s"], {
    env: { ...host.env, SVC_SSH: ssh },
  });
}
const www = (host: Host, file: string): Promise<string> =>
  readFile(join(host.folder, "www", host.name("shop"), file), "utf8").catch(() => "");
const tagsOf = async (host: Host): Promise<readonly (string | null)[]> =>
  Promise.all(["shop", "shop-worker"].map(async (name) => (await host.status(host.name(name))).tag));
const containersOf = async (host: Host): Promise<readonly (string | null)[]> =>
  Promise.all(["shop", "shop-worker"].map(async (name) => (await host.status(host.name(name))).container));
const deploysOf = async (host: Host): Promise<readonly DeployRecord[]> => host.ask("deploys", {});

describe("deploy on one host", () => {
  test("a new tag: the task with the new image while TAG is the old one, then all units, REVERT once, on record", async () => {
    const host = first();
    expect((await host.svc("start", "PREFIX-shop", "PREFIX-shop-worker")).code).toBe(0);
    const ran = await deploy(host, "v2", "--tasks", "migrate");
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining("migrating v2") });
    expect(await tagsOf(host)).toEqual(["v2", "v2"]);
    expect([await www(host, "TAG"), await www(host, "REVERT")]).toEqual(["export TAG=v2\n", "export TAG=v1\n"]);
    expect(await deploysOf(host)).toMatchObject([{ from: "v1", to: "v2", result: "done", tasks: ["migrate"] }]);
    expect((await host.svc("deploys")).stdout).toMatch(/v1 -> v2 {2}[0-9a-f]{12} {2}done /);
  });

  test("a task that fails: no host is touched, exit 11", async () => {
    const host = first();
    const before = (await host.status(host.name("shop"))).container;
    const ran = await deploy(host, "nomigrate", "--tasks", "migrate");
    expect(ran.code).toBe(11);
    expect(ran.stderr).toContain("migrate ended with 9 on this host; no host was touched");
    expect([await www(host, "TAG"), await www(host, "REVERT")]).toEqual(["export TAG=v2\n", "export TAG=v1\n"]);
    expect((await host.status(host.name("shop"))).container).toBe(before);
  });

  test("a build that dies: its last lines are shown, the old tag and REVERT are put back, exit 10", async () => {
    const host = first();
    const ran = await deploy(host, "bad");
    expect(ran.code).toBe(10);
    expect(ran.stderr).toContain("| no config");
    expect(ran.stderr).toContain("every host is on the old tag again");
    expect(await tagsOf(host)).toEqual(["v2", "v2"]);
    await host.reaches("PREFIX-shop", { phase: "up" });
    expect([await www(host, "TAG"), await www(host, "REVERT")]).toEqual(["export TAG=v2\n", "export TAG=v1\n"]);
    expect((await deploysOf(host)).at(-1)).toMatchObject({ from: "v2", to: "bad", result: "reverted" });
  });

  test("svc revert puts back what REVERT holds, and never twice", async () => {
    const host = first();
    expect((await deploy(host, "v3")).code).toBe(0);
    const reverted = await host.svc("revert", "PREFIX-shop", "--min-healthy", "300ms");
    expect(reverted).toMatchObject({ code: 0, stdout: `${host.name("shop")} is on v2 again: this host\n` });
    expect(await tagsOf(host)).toEqual(["v2", "v2"]);
    expect([await www(host, "TAG"), await www(host, "REVERT")]).toEqual(["export TAG=v2\n", "export TAG=v2\n"]);
    const again = await host.svc("revert", "PREFIX-shop");
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("is on v2 already, which is what REVERT says");
  });

  test("a lock by hand keeps deploys off, and says who and why; of two at once one is told of the other", async () => {
    const host = first();
    const locked = await host.svc("lock", "PREFIX-shop", "--why", "the database is moved", "--json");
    expect(JSON.parse(locked.stdout)).toEqual({ app: host.name("shop"), locked: true });
    const refused = await deploy(host, "v3");
    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(/locked by \S+ since \S+: the database is moved/);
    expect((await host.svc("unlock", "PREFIX-shop")).stdout).toBe(`${host.name("shop")} is not locked\n`);
    for (const command of ["deploys", "unlock", "lock"]) {
      const unknown = await host.svc(command, "PREFIX-shp");
      expect(unknown).toMatchObject({ code: 2, stdout: "" });
      expect(unknown.stderr).toContain(
        `there is no app ${host.name("shp")} here\nhint: did you mean ${host.name("shop")}?`,
      );
    }
    const both = await Promise.all([deploy(host, "v3"), deploy(host, "v3")]);
    expect(both.map(({ code }) => code).sort()).toEqual([0, 3]);
    expect(await tagsOf(host)).toEqual(["v3", "v3"]);
  });

  test("what the operator has stopped stays stopped; a tag that is not there touches nothing", async () => {
    const host = first();
    await host.svc("stop", "PREFIX-shop-worker");
    expect((await deploy(host, "v2")).code).toBe(0);
    expect(await host.status(host.name("shop-worker"))).toMatchObject({ phase: "down" });
    const absent = await deploy(host, "v9");
    expect(absent.code).toBe(11);
    expect(absent.stderr).toContain(`${host.name("shop")}:v9 is not on this host, and is never pulled for `);
    expect(await www(host, "TAG")).toBe("export TAG=v2\n");
    expect((await deploy(host, "no/tag")).code).toBe(11);
    await host.svc("start", "PREFIX-shop-worker");
  });

  test("the deployer is killed in the middle of a switch: the daemon goes on; resumed, nothing is done twice", async () => {
    const host = first();
    const id = "11111111-2222-3333-4444-555555555555";
    const { spawn } = await import("node:child_process");
    const args = ["deploy", host.name("shop"), "v3", "--resume", id, "--tasks", "migrate", "--min-healthy", "1s"];
    const child = spawn(program, args, { env: host.env, stdio: "ignore" });
    await until(async () => (await www(host, "TAG")) === "export TAG=v3\n");
    child.kill("SIGKILL");
    const resumed = await run(program, args, { env: host.env });
    expect(resumed, resumed.stderr).toMatchObject({ code: 0 });
    expect(resumed.stderr).toContain("migrate was done before");
    expect(await tagsOf(host)).toEqual(["v3", "v3"]);
    expect(await www(host, "REVERT")).toBe("export TAG=v2\n");
    expect((await deploysOf(host)).filter((one) => one.id === id)).toMatchObject([{ result: "done" }]);
  });
});

test("a deploy that is done is resumed: nothing is touched; with another tag, or overtaken by another, it is refused", async () => {
  const host = first();
  const id = "11111111-2222-3333-4444-555555555555";
  const before = await containersOf(host);
  const record = (await deploysOf(host)).at(-1);
  const again = await deploy(host, "v3", "--resume", id);
  expect(again, again.stderr).toMatchObject({ code: 0 });
  expect(await containersOf(host)).toEqual(before);
  expect((await deploysOf(host)).at(-1)).toEqual(record);
  const other = await deploy(host, "v1", "--resume", id);
  expect(other.code).toBe(11);
  expect(other.stderr).toContain(`deploy ${id} is to v3, not to v1`);
  expect((await deploy(host, "v1")).code).toBe(0);
  const overtaken = await deploy(host, "v3", "--resume", id);
  expect(overtaken.code).toBe(11);
  expect(overtaken.stderr).toContain(`deploy ${id} was overtaken by v3 -> v1 of `);
  expect([await www(host, "TAG"), await www(host, "REVERT")]).toEqual(["export TAG=v1\n", "export TAG=v3\n"]);
});

test("Ctrl-C while a host is switched: once its switch is over it goes back, exit 10", async () => {
  const host = first();
  const { spawn } = await import("node:child_process");
  const args = ["deploy", host.name("shop"), "v2", "--min-healthy", "2s"];
  const child = spawn(program, args, { env: host.env, stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await until(async () => (await www(host, "TAG")) === "export TAG=v2\n");
  child.kill("SIGINT");
  expect(await ended).toBe(10);
  expect([await www(host, "TAG"), await www(host, "REVERT")]).toEqual(["export TAG=v1\n", "export TAG=v3\n"]);
});

test("where there was no REVERT before there is none after a deploy that went back", async () => {
  const host = first();
  await rm(join(host.folder, "www", host.name("shop"), "REVERT"));
  expect((await deploy(host, "bad")).code).toBe(10);
  expect([await www(host, "TAG"), await www(host, "REVERT")]).toEqual(["export TAG=v1\n", ""]);
  expect((await deploy(host, "v3")).code).toBe(0);
});

test("a lock whose deployer cannot be reached any more is taken away by force alone", async () => {
  const host = first();
  const app = host.name("shop");
  const { promise: isHeld, resolve } = Promise.withResolvers<void>();
  const holds = host.ask("deploy-lock", { app, who: "ann@far", why: "deploys v2" }, () => resolve());
  const loses = expect(holds).rejects.toThrow("somebody took its lock away");
  await isHeld;
  const kept = await host.svc("unlock", "PREFIX-shop");
  expect(kept).toMatchObject({ code: 3, stderr: expect.stringContaining("svc unlock --force") });
  expect((await deploy(host, "v2")).code).toBe(3);
  expect(await host.svc("unlock", "--force", "PREFIX-shop")).toMatchObject({ code: 0 });
  await loses;
  expect(await host.ask("deploy-look", { app })).toMatchObject({ lockedBy: null });
});

test("a deployer whose lock is taken away goes on without it; one whose connection was lost has its own again", async () => {
  const host = first();
  const app = host.name("shop");
  const lockedBy = async () => (await host.ask("deploy-look", { app })).lockedBy;
  const ran = deploy(host, "v2", "--tasks", "linger");
  await until(async () => (await lockedBy()) !== null);
  await host.svc("unlock", "--force", "PREFIX-shop");
  await until(async () => (await www(host, "TAG")) === "export TAG=v2\n");
  expect(await lockedBy()).toBeNull();
  expect(await ran).toMatchObject({ code: 0, stderr: expect.stringContaining("its lock is lost: somebody took") });
  const hold = (session: string): Promise<void> =>
    new Promise((resolve, reject) => {
      host.ask("deploy-lock", { app, who: "ann", why: "deploys v3", session }, () => resolve()).catch(reject);
    });
  await hold("hers");
  await hold("hers");
  await expect(hold("his")).rejects.toThrow("is locked by ann");
  await host.svc("unlock", "--force", "PREFIX-shop");
  expect((await deploy(host, "v3")).code).toBe(0);
});

test("the way back of a deploy that never reached the host: nothing is touched", async () => {
  const host = first();
  const before = (await host.status(host.name("shop"))).container;
  const asked = { app: host.name("shop"), tag: "v1", id: "none", who: "ann" };
  expect(await host.ask("deploy-back", asked)).toMatchObject({ ok: true, because: "it was not touched" });
  expect((await host.status(host.name("shop"))).container).toBe(before);
});

test("the way back of a deploy whose switch is still under way: it comes after that, and is what is left", async () => {
  const host = first();
  const asked = { app: host.name("shop"), tag: "v2", id: "overtaken", who: "ann", deadlineMs: 15_000 };
  const there = host.ask("deploy-switch", { ...asked, minHealthyMs: 3_000 });
  await until(async () => (await www(host, "TAG")) === "export TAG=v2\n");
  expect(await host.ask("deploy-back", { ...asked, minHealthyMs: 300 })).toMatchObject({ ok: true, to: "v3" });
  await there;
  expect(await tagsOf(host)).toEqual(["v3", "v3"]);
  expect((await deploysOf(host)).at(-1)).toMatchObject({ id: "overtaken", result: "reverted" });
});

test("a deploy's task that is still under way, as its deployer was killed: the next one waits for its end", async () => {
  const host = first();
  const running = host.svc("run", "--tag", "v2", "PREFIX-shop", "linger");
  await until(async () => (await host.ask("deploy-look", { app: host.name("shop") })).tasks.length === 1);
  const ran = await deploy(host, "v2", "--tasks", "migrate");
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(ran.stderr).toMatch(/this host: waits for the end of a task that was begun before: \S+/);
  await running;
  expect((await deploy(host, "v3")).code).toBe(0);
});

describe("deploy through ssh", { timeout: 60_000 }, () => {
  test("the daemon of another host, by svc dial-stdio; a host that is not there stops it before anything is touched", async () => {
    const [, second] = hosts;
    if (!second) throw new Error("there is no second host");
    expect((await second.svc("start", "PREFIX-shop", "PREFIX-shop-worker")).code).toBe(0);
    const ran = await deploy(second, "v2", "--hosts", "two", "--tasks", "migrate");
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining("migrating v2") });
    expect(await tagsOf(second)).toEqual(["v2", "v2"]);
    const absent = await deploy(second, "v3", "--hosts", "two,nowhere");
    expect(absent.code).toBe(11);
    expect(absent.stderr).toContain("nowhere cannot be reached: ssh: nowhere: no such host");
    expect(await tagsOf(second)).toEqual(["v2", "v2"]);
  });

  test("svc revert on another host; its lock is its own, and one that somebody else has refuses it", async () => {
    const [, second] = hosts;
    if (!second) throw new Error("there is no second host");
    const app = second.name("shop");
    const back = (...args: string[]): Promise<Ran> =>
      run(program, ["revert", app, "--hosts", "two", "--min-healthy", "300ms", ...args], {
        env: { ...second.env, SVC_SSH: ssh },
      });
    await second.svc("lock", "PREFIX-shop", "--why", "the database is moved");
    const refused = await back();
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining("two: locked by ") });
    await second.svc("unlock", "PREFIX-shop");
    const ran = await back("--json");
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(ran.stdout)).toMatchObject({ app, hosts: [{ host: "two", tag: "v1" }], ok: true });
    expect(await tagsOf(second)).toEqual(["v1", "v1"]);
    expect((await deploysOf(second)).at(-1)).toMatchObject({ from: "v2", to: "v1", result: "done" });
    expect((await back()).code).toBe(2);
  });

  test("a host that is lost in its switch is asked again, and then tells how it went", async () => {
    const [, second] = hosts;
    if (!second) throw new Error("there is no second host");
    const cut = join(first().folder, "cut");
    const args = ["deploy", second.name("shop"), "v3", "--hosts", "two", "--min-healthy", "4s", "--deadline", "15s"];
    const deploying = run(program, args, { env: { ...second.env, SVC_SSH: ssh } });
    await until(async () => (await www(second, "TAG")) === "export TAG=v3\n");
    await writeFile(cut, "");
    await cutSessions(second);
    await until(async () => (await deploysOf(second)).at(-1)?.result === "done");
    await rm(cut);
    const ran = await deploying;
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(ran.stderr).toMatch(/two: two cannot be reached: .*; it is asked again for 19 s/);
    expect(ran.stderr).toContain("two: is on v3: all its units are ready");
    expect(await tagsOf(second)).toEqual(["v3", "v3"]);
  });
});

test("a svc that has deployed ends as soon as all is down: what it remembers for an hour is no reason to live on", async () => {
  const host = first();
  expect((await deploysOf(host)).length).toBeGreaterThan(0);
  await host.endDaemon("SIGTERM");
  const left = await host.engine.docker("ps", "-aq", "--filter", `name=^${host.name("shop")}`);
  expect(left.stdout).toBe("");
}, 60_000);

/** What dials that host's daemon is killed, as where ssh loses its connection. */
async function cutSessions(host: Host): Promise<void> {
  const { stdout } = await run("pgrep", ["-f", "svc dial-stdio|dial-stdio$"]);
  for (const pid of stdout.split("\n").filter(Boolean)) {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    // One that has ended meanwhile is cut too.
    if (environment.includes(`SVC_SOCKET=${host.env.SVC_SOCKET}`)) await run("kill", ["-KILL", pid]);
  }
}
