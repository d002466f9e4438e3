import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Plan } from "../../src/control/request.ts";
import { type Host, makeHost } from "../support/host.ts";

/** `--plan`: what is foreseen is what is done, on a real engine, and looking does nothing. */
let host: Host;

beforeAll(async () => {
  host = await makeHost();
  // What is there when svc comes is started at boot.
  await host.startDaemon();
  await host.unit("mail");
  await host.unit("cache");
  await host.unit("site", { links: ["PREFIX-mail"], depends_on: ["PREFIX-cache"], ports: ["127.0.0.1:0:80"] });
  await host.unit("worker", { links: ["PREFIX-mail"], after: ["PREFIX-site"] });
  await host.unit("watcher", { depends_on: ["PREFIX-mail"] });
});
afterAll(() => host?.cleanup());

const short = (name: string): string => name.replace(`${host.engine.prefix}-`, "");
async function plan(...args: string[]): Promise<Plan> {
  const { stdout, stderr } = await host.svc(...args, "--plan", "--json");
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Plan;
}
const steps = (planned: Plan): readonly string[] => planned.steps.map(({ unit, does }) => `${short(unit)} ${does}`);

/** What was done to containers since then, as the engine tells it. */
async function deeds(since: number): Promise<readonly string[]> {
  const format = "{{.Action}} {{.Actor.Attributes.name}}";
  const times = ["--since", String(since / 1000), "--until", String(Date.now() / 1000)];
  const { stdout } = await host.engine.docker("events", ...times, "--filter", "type=container", "--format", format);
  const words: { readonly [action: string]: string } = { kill: "stop", start: "start" };
  return stdout.split("\n").flatMap((line) => {
    const [action = "", name = ""] = line.split(" ");
    return words[action] && name.startsWith(host.engine.prefix) ? [`${short(name)} ${words[action]}`] : [];
  });
}

const names = ["mail", "cache", "site", "worker", "watcher"];
const containers = (): Promise<readonly string[]> =>
  Promise.all(names.map((name) => host.inspect(`PREFIX-${name}`, "{{.Id}}")));

describe("plan", () => {
  test("of a start of all, from nothing: as it is then done, in that order", async () => {
    const all = names.map((name) => `PREFIX-${name}`);
    const planned = await plan("start", ...all);
    expect(planned.guessed.map(({ unit }) => short(unit)).sort()).toEqual([...names].sort());
    expect(await containers()).toEqual(["", "", "", "", ""]);
    const since = Date.now();
    expect((await host.svc("start", ...all)).code).toBe(0);
    const done = await deeds(since);
    // Of those that do not wait for each other it is chance which is first.
    expect([...done].sort()).toEqual([...steps(planned)].sort());
    for (const order of [done, steps(planned)]) {
      expect([...order.slice(0, 2)].sort()).toEqual(["cache start", "mail start"]);
      expect(order.indexOf("site start")).toBeLessThan(order.indexOf("worker start"));
    }
    expect(planned.inTheEnd.map(({ phase }) => phase)).toEqual(names.map(() => "up"));
  });

  test("of a restart of a link's target: who is restarted with it, who is degraded, which port goes dark, how long", async () => {
    const before = await containers();
    const planned = await plan("restart", "PREFIX-mail");
    expect(await containers()).toEqual(before);
    const since = Date.now();
    expect((await host.svc("restart", "PREFIX-mail")).code).toBe(0);
    expect(steps(planned).filter((step) => !step.endsWith("remove"))).toEqual(await deeds(since));
    // How long their stop takes was not seen before this.
    expect(planned.guessed.map(({ unit }) => short(unit)).sort()).toEqual(["mail", "site", "worker"]);
    expect((await plan("restart", "PREFIX-mail")).guessed).toEqual([]);
    const meanwhile = new Map(planned.meanwhile.map((one) => [short(one.unit), one]));
    expect([...meanwhile.keys()].sort()).toEqual(["mail", "site", "watcher", "worker"]);
    expect(meanwhile.get("watcher")?.phases).toEqual(["degraded"]);
    expect(planned.darkPorts).toMatchObject([{ unit: host.name("site"), port: "127.0.0.1:any/tcp" }]);
    expect(planned.takes).toBeGreaterThan(0.3);
  });

  test("of a stop: refused as the stop itself would be; with its dependents, down for good", async () => {
    const refused = await host.svc("stop", "PREFIX-cache", "--plan");
    expect(refused).toMatchObject({ code: 3, stdout: "" });
    expect(steps(await plan("stop", "PREFIX-cache", "--with-dependents"))).toEqual([
      "site stop",
      "cache stop",
      "site remove",
      "cache remove",
    ]);
    const text = (await host.svc("stop", "PREFIX-cache", "--with-dependents", "--plan")).stdout;
    expect(text).toMatch(/affected meanwhile:\n {2}\S+-cache +from [\d.]+ s on +it is down: stopping, down\n/);
    expect(text).toContain(`this does it:  svc stop ${host.name("cache")} --with-dependents\n`);
    expect(await host.status(host.name("cache"))).toMatchObject({ phase: "up" });
  });

  test("of a start with an image that is not here: it is pulled first; of what is up: nothing", async () => {
    await host.unit("absent", { image: "PREFIX-absent:1", links: ["PREFIX-mail"] });
    expect(steps(await plan("start", "PREFIX-absent"))).toEqual(["absent pull", "absent start"]);
    const text = (await host.svc("start", "PREFIX-mail", "--plan")).stdout;
    expect(text).toBe(`nothing would be done; in the end: ${host.name("mail")} up\n`);
  });

  test("of a restart with an image that is not here: it is pulled once, and for what is restarted only", async () => {
    await host.engine.docker("tag", host.engine.image, `${host.engine.prefix}-shop:v1`);
    await host.write("www/PREFIX-shop/TAG", "export TAG=v1\n");
    for (const short of ["shop", "shop-worker"])
      await host.unit(short, { image: "PREFIX-shop", app: host.name("shop") });
    await host.ask("start", { names: ["shop", "shop-worker"].map(host.name) });
    await host.write("www/PREFIX-shop/TAG", "export TAG=v2\n");
    const of = (one: Plan): readonly string[] => steps(one).filter((step) => step.endsWith("pull"));
    expect(of(await plan("restart", "PREFIX-shop"))).toEqual(["shop pull"]);
    expect(of(await plan("restart", "PREFIX-shop", "PREFIX-shop-worker"))).toEqual(["shop pull"]);
  });

  test("of a reload: which files are new, changed or gone", async () => {
    for (const kind of ["kept", "gone"]) await host.unit(kind);
    await host.svc("reload");
    await host.unit("new");
    await host.unit("kept", { description: "otherwise" });
    await rm(`${host.folder}/units/${host.name("gone")}.yml`);
    const [added, changed, removed] = ["new", "kept", "gone"].map(host.name);
    const { stdout } = await host.svc("reload", "--plan");
    expect(stdout).toBe(`added: ${added}\nchanged: ${changed}\nremoved: ${removed}\nno container would be touched\n`);
    expect(await plan("reload")).toMatchObject({ files: { added: [added], changed: [changed], removed: [removed] } });
    expect((await host.svc("reload")).stdout).toBe(`added: ${added}\nchanged: ${changed}\nremoved: ${removed}\n`);
    expect((await host.svc("reload", "--plan")).stdout).toBe("nothing would be done\n");
  });

  test("of a reload: what a running unit needs now", async () => {
    await host.unit("late");
    await host.unit("watcher", { depends_on: ["PREFIX-mail", "PREFIX-late"] });
    expect(steps(await plan("reload"))).toEqual(["late start"]);
    expect(await host.status(host.name("late"))).toMatchObject({ phase: "down" });
    // The change itself may have been seen before.
    const { stdout } = await host.svc("reload");
    expect(stdout).toContain(`started: ${host.name("late")} (${host.name("watcher")} needs it)\n`);
    expect(stdout).not.toContain("as svc knows them");
    expect((await host.svc("reload")).stdout).toBe("the unit files are as svc knows them\n");
  });
});
