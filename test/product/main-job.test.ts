import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { program } from "../support/program.ts";

/** The main job on a real engine: a mail relay and a site that links to it, as an operator meets them. */
let host: Host;
const relay = "PREFIX-relay";
const site = "PREFIX-site";

beforeAll(async () => {
  host = await makeHost();
  await host.write(
    "units/PREFIX-relay.yml",
    `image: IMG\nstop_grace_period: 2s\nready: {after: 200ms}\ncommand: ["sh", "-c", "echo relay up; trap 'exit 0' TERM; while :; do sleep 1 & wait; done"]\n`,
  );
  await host.write(
    "units/PREFIX-site.yml",
    `app: site\nstop_grace_period: 2s\nlinks: [PREFIX-relay:mail]\nready: {after: 200ms}\ncommand: ["sh", "-c", "echo site up; trap 'exit 0' TERM; while :; do sleep 1 & wait; done"]\n`,
  );
  await host.write(
    "default/site",
    `export IMAGE=${host.engine.prefix}\nOPTS="-m 64m --label 'a=b c'"\nPASSWORD='very secret word'\n`,
  );
  await host.write("www/site/TAG", "export TAG=1\n");
  await host.startDaemon();
});
afterAll(() => host?.cleanup());

const named = (name: string): string => name.replaceAll("PREFIX", host.engine.prefix);

async function inspect(name: string, format: string): Promise<string> {
  return (await host.engine.docker("inspect", "-f", format, named(name))).stdout.trim();
}

test("start brings up the unit and what it links to, needed ones first", async () => {
  const started = await host.svc("start", site);
  expect({ code: started.code, stderr: started.stderr }).toMatchObject({ code: 0 });
  expect((await host.status(relay)).phase).toBe("up");
  expect(await host.status(site)).toMatchObject({ phase: "up", tag: "1", restarts: 0, stale: [] });
  const [relayAt, siteAt] = [await inspect(relay, "{{.State.StartedAt}}"), await inspect(site, "{{.State.StartedAt}}")];
  expect(relayAt < siteAt).toBe(true);
  expect(await inspect(site, '{{.HostConfig.Memory}} {{index .Config.Labels "a"}}')).toBe("67108864 b c");
});

test("the relay's main process is killed: relay and site come back, in order", async () => {
  const before = { relay: await inspect(relay, "{{.Id}}"), site: await inspect(site, "{{.Id}}") };
  process.kill(Number(await inspect(relay, "{{.State.Pid}}")), "SIGKILL");
  await expect
    .poll(
      async () =>
        [await inspect(relay, "{{.Id}}"), await inspect(site, "{{.Id}}")].some(
          (id) => id === "" || id === before.relay || id === before.site,
        ),
      { timeout: 20_000 },
    )
    .toBe(false);
  expect((await host.svc("wait", relay, site, "--timeout", "20s")).code).toBe(0);
  expect((await inspect(relay, "{{.State.StartedAt}}")) < (await inspect(site, "{{.State.StartedAt}}"))).toBe(true);
  const history = JSON.parse((await host.svc("history", relay, "--json")).stdout) as {
    code: number;
    signal: string;
    lastLines: string[];
  }[];
  expect(history.at(-1)).toMatchObject({ code: 137, signal: "SIGKILL", lastLines: ["relay up"] });
});

test("a stop of what others link to is refused in a script, with exit 3, and changes nothing", async () => {
  const id = await inspect(relay, "{{.Id}}");
  const refused = await host.svc("stop", relay);
  expect({ code: refused.code, words: refused.stderr.includes(named(site)) }).toEqual({ code: 3, words: true });
  expect(await inspect(relay, "{{.Id}}")).toBe(id);
});

test("svc is killed and comes back: the same containers run, and their output goes on", async () => {
  const ids = [await inspect(relay, "{{.Id}}"), await inspect(site, "{{.Id}}")];
  await host.endDaemon("SIGKILL");
  await host.startDaemon();
  expect((await host.svc("wait", relay, site, "--timeout", "20s")).code).toBe(0);
  expect([await inspect(relay, "{{.Id}}"), await inspect(site, "{{.Id}}")]).toEqual(ids);
  expect((await host.status(relay)).restarts).toBe(1);
});

test("a new TAG is shown as stale and comes in with a restart; an image that is not to be had touches nothing", async () => {
  await host.write("www/site/TAG", "export TAG=nosuch\n");
  const id = await inspect(site, "{{.Id}}");
  expect((await host.svc("restart", site)).code).toBe(1);
  expect(await inspect(site, "{{.Id}}")).toBe(id);
  await host.engine.docker("tag", host.engine.image, `${host.engine.prefix}:2`);
  await host.write("www/site/TAG", "TAG=2\n");
  expect((await host.status(site)).stale).toEqual(["tag 1 -> 2"]);
  expect((await host.svc("restart", site)).code).toBe(0);
  expect(await host.status(site)).toMatchObject({ phase: "up", tag: "2", stale: [] });
  await host.write("www/site/TAG", "export TAG=1\n");
  await host.svc("restart", site);
  await host.engine.docker("rmi", `${host.engine.prefix}:2`);
});

test("docker-runner has the app's image, env and links, and passes stdin and the exit code on", async () => {
  const piped = await host.runner([site, "cat"], "through\n");
  expect(piped).toEqual({ code: 0, stdout: "through\n", stderr: "" });
  const env = await host.runner([site, "sh", "-c", "env; echo to stderr >&2; exit 7"]);
  expect(env.code).toBe(7);
  expect(env.stderr).toBe("to stderr\n");
  expect(env.stdout).toContain("PASSWORD=very secret word\n");
  expect(env.stdout).toContain("MAIL_NAME=");
  expect((await host.runner([site, "no-such-command"])).code).toBe(127);
  expect((await host.runner(["no-such-app", "x"])).code).toBe(125);
  expect((await host.engine.docker("ps", "-aq", "--filter", `label=svc.oneoff=${named(site)}`)).stdout).toBe("");
});

test("a task whose client is killed is ended and removed", async () => {
  const child = spawn(program, ["run", named(site), "sh", "-c", "echo ready; sleep 600"], {
    env: host.env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await expect
    .poll(async () => (await host.engine.docker("ps", "-aq", "--filter", `label=svc.oneoff=${named(site)}`)).stdout, {
      timeout: 30_000,
    })
    .toBe("");
});

test("a foreign container of the name is replaced", async () => {
  await host.svc("stop", site, "--with-dependents");
  await host.engine.docker("run", "-d", "--name", named(site), host.engine.image, "sleep", "600");
  expect((await host.svc("start", site)).code).toBe(0);
  expect(await inspect(site, '{{index .Config.Labels "svc.unit"}}')).toBe(named(site));
});

test("a broken unit file is shown with its place and disturbs no other unit", async () => {
  await host.write("units/PREFIX-bad.yml", "image: IMG\nrestrat: always\nready: {after: soon}\n");
  const reload = await host.svc("reload");
  expect(reload.code).toBe(2);
  expect(reload.stderr).toContain(
    `${named("PREFIX-bad")}.yml:2:1  error: unknown key "restrat"    hint: did you mean "restart"?\n  2 | restrat: always\n    | ^^^^^^^\n`,
  );
  expect(await host.status("PREFIX-bad".replace("PREFIX", host.engine.prefix))).toMatchObject({ phase: "invalid" });
  expect((await host.status(site)).phase).toBe("up");
});

test("no secret is in the status, the events, the logs or the state, and what is kept is not for all to read", async () => {
  const shown = await Promise.all([
    host.svc("status", site, "--json"),
    host.svc("events"),
    host.svc("logs", site, relay),
  ]);
  const kept = [];
  for (const name of ["state", "log"]) {
    for (const entry of await readdir(join(host.folder, name), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) kept.push(await readFile(join(entry.parentPath, entry.name), "utf8"));
    }
  }
  const all = [...shown.map((one) => one.stdout + one.stderr), ...kept, host.daemonOutput()].join("\n");
  expect(all).not.toContain("very secret word");
});

test("SIGTERM stops all, dependents first, and svc forgets no wish", async () => {
  await host.endDaemon("SIGTERM");
  expect((await host.engine.docker("ps", "-aq", "--filter", `name=${host.engine.prefix}`)).stdout).toBe("");
  await host.startDaemon();
  expect((await host.svc("wait", relay, site, "--timeout", "20s")).code).toBe(0);
});
