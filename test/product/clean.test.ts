import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { until } from "../support/until.ts";

/** Before each start the name is made free, whatever holds it: supervision.md B37, B38, B43 and R19. */
let host: Host;

beforeAll(async () => {
  host = await makeHost();
  await host.startDaemon();
});
afterAll(() => host?.cleanup());

const docker = (...args: string[]) => host.engine.docker(...args);
const idOf = (short: string): Promise<string> => host.inspect(`PREFIX-${short}`, "{{.Id}}");
/** Ids of all containers that have the unit's name or its label. */
async function allOf(short: string): Promise<readonly string[]> {
  const name = host.name(short);
  const [named, labelled] = await Promise.all([
    docker("ps", "-aq", "--no-trunc", "--filter", `name=^/${name}$`),
    docker("ps", "-aq", "--no-trunc", "--filter", `label=svc.unit=${name}`),
  ]);
  return [...new Set(`${named.stdout}${labelled.stdout}`.split("\n").filter(Boolean))];
}

/** How to make a container in each state. `sleep` as the first process ignores SIGTERM. */
const states: { readonly [state: string]: (name: string, image: string) => readonly (readonly string[])[] } = {
  created: (name, image) => [["create", "--name", name, image, "true"]],
  running: (name, image) => [["run", "-d", "--name", name, image, "sleep", "600"]],
  paused: (name, image) => [
    ["run", "-d", "--name", name, image, "sleep", "600"],
    ["pause", name],
  ],
  exited: (name, image) => [["run", "--name", name, image, "true"]],
  restarting: (name, image) => [["run", "-d", "--restart", "always", "--name", name, image, "cat", "/none"]],
  "self-removing": (name, image) => [["run", "-d", "--rm", "--name", name, image, "sleep", "600"]],
  "an-older-one": (name, image) => [
    ["create", "--label", `svc.unit=${name}`, "--label", "svc.revision=old", "--name", name, image, "true"],
  ],
};

describe.concurrent("clean", () => {
  test.each(Object.keys(states))("a container of the name that is %s goes before the start", async (state) => {
    const name = host.name(state);
    const script = states[state]?.(name, host.engine.image) ?? [];
    for (const words of script) await docker(...words);
    const before = await idOf(state);
    await host.unit(state, { stop_grace_period: "1s" });
    const started = await host.svc("start", `PREFIX-${state}`);
    expect(started).toMatchObject({ code: 0 });
    const status = await host.reaches(`PREFIX-${state}`, { phase: "up", restarts: 0 });
    expect(status.container).not.toBe(before);
    expect(await allOf(state)).toEqual([status.container]);
    if (state !== "an-older-one") {
      expect((await host.svc("events", `PREFIX-${state}`)).stdout).toContain("foreign-container");
      expect(await host.ask("history", { unit: name })).toEqual([]);
    }
  });

  test("the end of a container that is not svc's own is no run of the unit", async () => {
    await host.unit("other", { enabled: false });
    await host.ask("reload", {});
    await docker("run", "--name", host.name("other"), host.engine.image, "sh", "-c", "exit 42");
    await until(() => host.daemonOutput().includes(`${host.name("other")}: exit 42`) || null);
    expect(await host.ask("history", { unit: host.name("other") })).toEqual([]);
    expect(await host.status(host.name("other"))).toMatchObject({ phase: "down", lastExit: null, restarts: 0 });
  });

  test("one that took the name while the unit's own was renamed goes at the next start", async () => {
    await host.unit("swapped", { stop_grace_period: "1s" });
    await host.svc("start", "PREFIX-swapped");
    await docker("rename", await idOf("swapped"), host.name("elsewhere"));
    await docker("run", "-d", "--name", host.name("swapped"), host.engine.image, "sleep", "600");
    expect((await host.svc("restart", "PREFIX-swapped")).code).toBe(0);
    expect(await allOf("swapped")).toEqual([(await host.status(host.name("swapped"))).container]);
    expect(await idOf("elsewhere")).toBe("");
  });

  test("B37 many restarts one after the other: the name is always free in time", async () => {
    const rounds = async (short: string): Promise<void> => {
      await host.unit(short, { ready: { after: "1ms" } });
      await host.ask("start", { names: [host.name(short)] });
      for (let round = 0; round < 6; round++) {
        expect(await host.ask("restart", { names: [host.name(short)] })).toMatchObject({ ok: true });
      }
      expect(await allOf(short)).toHaveLength(1);
      expect(await host.ask("history", { unit: host.name(short) })).toHaveLength(6);
    };
    await Promise.all([rounds("loop1"), rounds("loop2"), rounds("loop3")]);
    expect(/loop\d.*in use/.test(host.daemonOutput())).toBe(false);
  });

  test("B38 a port that is taken is named; when it is free the unit comes up by itself", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "0.0.0.0", resolve));
    const { port } = holder.address() as { port: number };
    await host.unit("port", { ports: [`${port}:80`] });
    const started = await host.svc("start", "PREFIX-port");
    expect(started.code).toBe(1);
    expect(started.stderr).toMatch(new RegExp(`:${port}.*address already in use`));
    await host.reaches("PREFIX-port", { phase: "backoff", restarts: 0, container: null });
    await until(async () => (await allOf("port")).length === 0);
    await new Promise((resolve) => holder.close(resolve));
    await host.reaches("PREFIX-port", { phase: "up" });
  });

  test("B43 two units with one container name: the second is invalid, the first starts", async () => {
    await host.unit("name1", { container_name: "PREFIX-one-name" });
    await host.unit("name2", { container_name: "PREFIX-one-name" });
    const checked = await host.svc("check");
    expect(checked.code).toBe(2);
    expect(checked.stdout).toContain(
      `its container's name ${host.name("one-name")} is that of ${host.name("name1")} too`,
    );
    expect((await host.svc("start", "PREFIX-name2")).code).toBe(2);
    expect((await host.svc("start", "PREFIX-name1")).code).toBe(0);
    expect(await host.inspect("PREFIX-one-name", '{{index .Config.Labels "svc.unit"}}')).toBe(host.name("name1"));
  });
});
