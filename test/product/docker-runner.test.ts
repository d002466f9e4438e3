import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { allGone, cleanUp, runRunner, startRunner, tasksOf } from "../support/runner.ts";

/** What a task has of its app, and what not; with units, and with env files alone. No daemon runs but where a test says so. */
let host: Host;
let network: string;

beforeAll(async () => {
  host = await makeHost();
  const { docker, image, prefix } = host.engine;
  network = `${prefix}-net`;
  await docker("network", "create", network);
  await docker("run", "-d", "--name", `${prefix}-relay-1`, image, "sleep", "600");
  await mkdir(join(host.folder, "media"));
  await writeFile(join(host.folder, "media/picture"), "a picture\n");
  await host.write("units/relay.yml", "image: IMG\ncontainer_name: PREFIX-relay-1\n");
  await host.write(
    "units/PREFIX-site.yml",
    `app: site
command: [sleep, "600"]
links: [relay:mail]
ports: ["127.0.0.1::8000"]
volumes: ["${host.folder}/media:/media:ro"]
hostname: site.example
healthcheck: {test: "true"}
environment: {SERVICE_TAGS: public, GREETING: "it's  \\"here\\""}
`,
  );
  await host.write(
    "default/site",
    `export IMAGE=PREFIX\nOPTS="-m 64m --cpu-shares 77"\nPASSWORD='very secret word'\nSERVICE_NAME=site\n`,
  );
  await host.write("www/site/TAG", "export TAG=1\n");
  await host.write("default/PREFIX-plain", "IMAGE=PREFIX\nTAG=1\nCOLOUR=green\n");
  await host.write("units/PREFIX-net.yml", `image: IMG\nnetworks: [${network}]\noptions: --network-alias front\n`);
});
afterAll(async () => {
  await host?.engine.docker("rm", "-fv", `${host.engine.prefix}-relay-1`);
  await host?.engine.docker("network", "rm", network);
  await cleanUp(host);
});

/** What the engine says of a running task of the app, and what the task has written. */
async function runInspected(args: readonly string[], app: string, command = ":"): Promise<Inspected & Written> {
  const task = startRunner(host, [...args, "sh", "-c", `${command}; echo up; cat`, "a b", ""]);
  await task.says("up\n");
  const [id = ""] = await tasksOf(host, app);
  const { stdout } = await host.engine.docker("inspect", id);
  task.child.stdin?.end();
  expect(await task.ended).toBe(0);
  const [inspected] = JSON.parse(stdout) as readonly Inspected[];
  if (!inspected) throw new Error(`no task of ${app}`);
  return { ...inspected, stdout: task.stdout(), stderr: task.stderr() };
}

type Written = { readonly stdout: string; readonly stderr: string };

type Inspected = {
  readonly Name: string;
  readonly Config: {
    readonly Image: string;
    readonly Hostname: string;
    readonly Env: readonly string[];
    readonly ExposedPorts?: object;
    readonly Healthcheck?: { readonly Test: readonly string[] };
  };
  readonly HostConfig: {
    readonly AutoRemove: boolean;
    readonly Init: boolean;
    readonly CpuShares: number;
    readonly Links: readonly string[];
    readonly Binds: readonly string[];
    readonly PortBindings: object | null;
    readonly RestartPolicy: { readonly Name: string };
  };
  readonly NetworkSettings: { readonly Networks: { readonly [name: string]: { readonly Aliases: readonly string[] } } };
};

test("a task has what its unit has, and nothing that would take the service's place; -v says what was left out", async () => {
  const command = 'cat /media/picture; cat /etc/hosts; echo "$GREETING"; echo "$0" "$1"';
  const ran = await runInspected(["-v", "PREFIX-site"], "PREFIX-site", command);
  const { Name, Config, HostConfig } = ran;
  const { prefix, image } = host.engine;
  expect(Config.Image).toBe(image);
  expect(Config.Env).toEqual(expect.arrayContaining(["PASSWORD=very secret word", `GREETING=it's  "here"`]));
  expect(HostConfig.Links).toEqual([`/${prefix}-relay-1:${Name}/mail`]);
  expect(HostConfig.Binds).toEqual([`${host.folder}/media:/media:ro`]);
  const { CpuShares, Init, AutoRemove } = HostConfig;
  expect({ CpuShares, Init, AutoRemove }).toEqual({ CpuShares: 77, Init: true, AutoRemove: true });

  expect(Name).not.toContain(prefix);
  expect(Config.Hostname).not.toBe("site.example");
  expect(Config.Env.filter((variable) => variable.startsWith("SERVICE_"))).toEqual([]);
  expect(Config.Healthcheck).toEqual({ Test: ["NONE"] });
  expect({ ...HostConfig.PortBindings, ...Config.ExposedPorts }).toEqual({});
  expect(HostConfig.RestartPolicy.Name).toMatch(/^(no)?$/);

  expect(ran.stdout).toMatch(/^a picture\n/);
  expect(ran.stdout).toMatch(/\tmail \w+ \S+-relay-1\n/);
  expect(ran.stdout).toMatch(/\nit's {2}"here"\na b \nup\n$/);
  expect(ran.stderr).toBe(
    `docker-runner: not taken from the service: the name ${prefix}-site; the host name site.example; the healthcheck; the published ports 8000/tcp; the variables SERVICE_NAME, SERVICE_TAGS\n`,
  );
});

test("--service-ports keeps the ports", async () => {
  const kept = await runInspected(["--service-ports", "PREFIX-site"], "PREFIX-site");
  expect(kept.HostConfig.PortBindings).toEqual({ "8000/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] });
  expect(kept.stderr).toBe("");
});

test("what the engine warns of is told as docker run tells it", async () => {
  await host.write("units/PREFIX-warned.yml", "image: IMG\noom_kill_disable: true\n");
  const { docker, image } = host.engine;
  const theirs = await docker("run", "--rm", "--oom-kill-disable", image, "true");
  expect(theirs.stderr).toMatch(/^WARNING: .*oom/i);
  expect((await runInspected(["PREFIX-warned"], "PREFIX-warned")).stderr).toBe(theirs.stderr);
});

test("an env file alone is an app too, with another tag when one is named", async () => {
  await host.engine.docker("tag", host.engine.image, `${host.engine.prefix}:2`);
  const other = await runInspected(["--tag", "2", "PREFIX-plain"], "PREFIX-plain", "echo $COLOUR");
  await host.engine.docker("rmi", `${host.engine.prefix}:2`);
  expect(other.Config.Image).toBe(`${host.engine.prefix}:2`);
  expect(other.stdout).toBe("green\nup\n");
});

test("a task joins the networks of its app, without the aliases that draw the service's traffic", async () => {
  const { NetworkSettings } = await runInspected(["PREFIX-net"], "PREFIX-net");
  expect(Object.keys(NetworkSettings.Networks)).toEqual([network]);
  expect(NetworkSettings.Networks[network]?.Aliases).not.toContain("front");
});

test("two at once are fine, and no value of a variable stands in a process list", async () => {
  const tasks = [1, 2].map(() => startRunner(host, ["PREFIX-site", "sh", "-c", "echo up; cat"]));
  await Promise.all(tasks.map((task) => task.says("up")));
  expect((await tasksOf(host, "PREFIX-site")).length).toBe(2);
  const list = spawn("ps", ["-eww", "-o", "args"], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  list.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(list, "close");
  expect(text).toContain("__guard");
  expect(text).not.toContain("very secret");
  for (const task of tasks) task.child.stdin?.end();
  expect(await Promise.all(tasks.map((task) => task.ended))).toEqual([0, 0]);
  await allGone(host, "PREFIX-site");
});

test("B60 tasks run while the service is restarted, and neither is in the other's way", async () => {
  await host.write(
    "units/PREFIX-busy.yml",
    "app: PREFIX-plain\nready: {after: 100ms}\nstop_grace_period: 0s\ncommand: [sleep, '600']\n",
  );
  await host.startDaemon();
  const restarts = (async () => {
    const codes: number[] = [];
    for (let round = 0; round < 2; round++) codes.push((await host.svc("restart", "PREFIX-busy")).code);
    return codes;
  })();
  const runs: number[] = [];
  for (let round = 0; round < 2; round++) runs.push((await runRunner(host, ["PREFIX-busy", "true"])).code);
  expect({ restarts: await restarts, runs }).toEqual({ restarts: [0, 0], runs: [0, 0] });
  await host.endDaemon("SIGTERM");
});
