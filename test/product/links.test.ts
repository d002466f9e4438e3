import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { until } from "../support/until.ts";

/** What holds on to a container that is replaced: supervision.md B25, B42. */
let host: Host;
let network: string;

beforeAll(async () => {
  host = await makeHost();
  network = host.name("net");
  await host.engine.docker("network", "create", network);
  await host.startDaemon();
});
afterAll(async () => {
  await host?.cleanup();
  await host?.engine.docker("network", "rm", network);
});

const idOf = (short: string): Promise<string> => host.inspect(`PREFIX-${short}`, "{{.Id}}");
const startedAt = (short: string): Promise<string> => host.inspect(`PREFIX-${short}`, "{{.State.StartedAt}}");
const inside = async (short: string, ...words: string[]): Promise<string> =>
  (await host.engine.docker("exec", host.name(short), ...words)).stdout;
const addressOf = (short: string, on: string): Promise<string> =>
  host.inspect(`PREFIX-${short}`, `{{(index .NetworkSettings.Networks "${on}").IPAddress}}`);

describe.concurrent("links", () => {
  test("B42 on the default bridge what links to a recreated container is restarted after it, in order, and finds it", async () => {
    await host.unit("db");
    await host.unit("web", { links: ["PREFIX-db:database"] });
    await host.unit("proxy", { links: ["PREFIX-web:site"] });
    expect((await host.svc("start", "PREFIX-proxy")).code).toBe(0);
    const before = await Promise.all(["web", "proxy"].map(idOf));
    await host.engine.docker("rm", "-f", host.name("db"));
    await until(async () => {
      const now = await Promise.all(["web", "proxy"].map(idOf));
      return now.every((id) => id !== "" && !before.includes(id));
    });
    expect((await host.svc("wait", "PREFIX-proxy", "PREFIX-web", "PREFIX-db", "--timeout", "60s")).code).toBe(0);
    const starts = await Promise.all(["db", "web", "proxy"].map(startedAt));
    expect(starts).toEqual([...starts].sort());
    expect(await inside("web", "cat", "/etc/hosts")).toContain(`${await addressOf("db", "bridge")}\tdatabase`);
    expect(await inside("proxy", "cat", "/etc/hosts")).toContain(`${await addressOf("web", "bridge")}\tsite`);
    const why = async (short: string): Promise<string> => (await host.svc("why", `PREFIX-${short}`)).stdout;
    expect(await why("web")).toContain(`(svc stopped it: ${host.name("db")}, which it is tied to, was replaced)\n`);
    expect(await why("proxy")).toContain(
      `(svc stopped it: ${host.name("web")}, which it is tied to, is being replaced)`,
    );
    // Only the death was a respawn; that others followed it counts against nobody.
    expect(
      (await host.ask("list", {})).filter((one) => ["db", "web", "proxy"].map(host.name).includes(one.name)),
    ).toMatchObject([{ restarts: 1 }, { restarts: 0 }, { restarts: 0 }]);
  });

  test("what could not be started anew runs on when the target of its link is replaced, and is restarted once it can", async () => {
    await host.unit("gdb");
    await host.unit("gweb", { links: ["PREFIX-gdb"] });
    expect((await host.svc("start", "PREFIX-gweb")).code).toBe(0);
    const id = await idOf("gweb");
    await rm(join(host.folder, "units", `${host.name("gweb")}.yml`));
    await host.ask("reload", {});
    await host.engine.docker("rm", "-f", host.name("gdb"));
    const because = `it is tied to a ${host.name("gdb")} that is gone, and cannot be started anew: its unit file is gone`;
    await host.reaches("PREFIX-gweb", { phase: "degraded", because });
    expect(await idOf("gweb")).toBe(id);
    await host.unit("gweb", { links: ["PREFIX-gdb"] });
    await until(async () => ![id, ""].includes(await idOf("gweb")));
    await host.reaches("PREFIX-gweb", { phase: "up" });
  });

  test("what has another image by now runs on until that is here when the target of its link is replaced", async () => {
    const image = `${host.engine.prefix}-shop`;
    await host.engine.docker("tag", host.engine.image, `${image}:v1`);
    await host.write("www/PREFIX-shop/TAG", "export TAG=v1\n");
    await host.unit("mail");
    await host.unit("shop", { image, links: ["PREFIX-mail"] });
    expect((await host.svc("start", "PREFIX-shop")).code).toBe(0);
    const id = await idOf("shop");
    await host.write("www/PREFIX-shop/TAG", "export TAG=v2\n");
    await host.engine.docker("rm", "-f", host.name("mail"));
    const because = `${host.name("mail")}, which it is tied to, was replaced; it runs on, as its image cannot be had: cannot pull ${image}:v2: `;
    const kept = await until(async () => {
      const now = await host.status(host.name("shop"));
      return now.because.includes(because) ? now : null;
    });
    expect(kept).toMatchObject({ phase: "degraded", container: id, tag: "v1" });
    const why = (await host.svc("why", "PREFIX-shop")).stdout;
    expect(why).toContain(because);
    expect(why).toMatch(/\nnext: put the image's name right .*; it is restarted by itself then\n/);
    await host.engine.docker("tag", host.engine.image, `${image}:v2`);
    expect(await host.reaches("PREFIX-shop", { phase: "up", tag: "v2" })).toMatchObject({ restarts: 0 });
    expect(await inside("shop", "cat", "/etc/hosts")).toContain(
      `${await addressOf("mail", "bridge")}\t${host.name("mail")}`,
    );
  });

  test("B42 on a network of the user's the one that links is left alone, and finds the new one", async () => {
    await host.unit("ndb", { networks: [network] });
    await host.unit("nweb", { networks: [network], links: ["PREFIX-ndb:database"] });
    expect((await host.svc("start", "PREFIX-nweb")).code).toBe(0);
    const [id, address] = [await idOf("nweb"), await addressOf("ndb", network)];
    expect((await host.svc("stop", "PREFIX-ndb", "--only")).code).toBe(0);
    const squatter = ["--network", network, "--name", host.name("squatter"), host.engine.image, "sleep", "600"];
    await host.engine.docker("run", "-d", ...squatter);
    expect((await host.svc("start", "PREFIX-ndb")).code).toBe(0);
    await host.reaches("PREFIX-nweb", { phase: "up", container: id });
    const now = await addressOf("ndb", network);
    expect(now).not.toBe(address);
    expect(await inside("nweb", "/bin/busybox", "nslookup", "database")).toContain(now);
  });

  test("B25 only what is tied to it is restarted with what is restarted, once that is ready", async () => {
    await host.unit("base", { ready: { after: "1s" } });
    await host.unit("tied", { depends_on: { "PREFIX-base": { restart: true } } });
    await host.unit("loose", { depends_on: ["PREFIX-base"] });
    await host.unit("guest", { network_mode: "service:PREFIX-base" });
    expect((await host.svc("start", "PREFIX-tied", "PREFIX-loose", "PREFIX-guest")).code).toBe(0);
    const loose = await idOf("loose");
    const tied = await Promise.all(["tied", "guest"].map(idOf));
    expect((await host.svc("restart", "PREFIX-base")).code).toBe(0);
    expect((await host.svc("wait", "PREFIX-tied", "PREFIX-guest", "--timeout", "60s")).code).toBe(0);
    const after = await Promise.all(["tied", "guest"].map(idOf));
    expect(after.some((id) => tied.includes(id))).toBe(false);
    expect(await idOf("loose")).toBe(loose);
    const ready = Date.parse(await startedAt("base")) + 1_000;
    expect(Date.parse(await startedAt("tied"))).toBeGreaterThanOrEqual(ready);
    // It shares the network of the container that runs now.
    expect(await host.inspect("PREFIX-guest", "{{.HostConfig.NetworkMode}}")).toBe(`container:${await idOf("base")}`);
    const history = await host.ask("history", { unit: host.name("tied") });
    expect(history).toMatchObject([{ by: "asked", code: 0 }]);
    const [base] = await host.ask("history", { unit: host.name("base") });
    expect((history[0]?.endedAt ?? "") < (base?.endedAt ?? "")).toBe(true);
  });
});
