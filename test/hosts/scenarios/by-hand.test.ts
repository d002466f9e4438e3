import { expect } from "vitest";
import { until } from "../../support/until.ts";
import { aHost, scenario, timed } from "../scenario.ts";
import { siteUp, startSite, up } from "../site.ts";

/** Somebody works on svc's containers with the docker CLI, or the kernel ends them. */
const host = aHost();

/** Resolves when the unit runs in another container than before and is up. */
async function isBack(unit: string, before: string | undefined): Promise<void> {
  await host.are({ [unit]: { phase: "up" } });
  await until(async () => {
    const now = (await host.containers())[unit];
    return now !== undefined && now !== before;
  });
  await host.are({ [unit]: { phase: "up" } });
}

scenario(
  "docker kill, stop, rm -f of a container by hand (B35)",
  { survives: "it comes back within seconds, what links to it too; history says who did it", short: true },
  async (told) => {
    await startSite(host);
    for (const command of ["kill", "stop", "rm -f", "restart -t 1"]) {
      const before = await host.containers();
      const { code, stderr } = await host.tries(`docker ${command} mail`);
      // Between its two halves svc may have taken the container away; it is svc that starts the next one.
      if (code !== 0)
        expect([command, stderr]).toEqual([
          "restart -t 1",
          expect.stringMatching(/marked for removal|No such container/),
        ]);
      told.fault(
        await timed(async () => {
          await isBack("mail", command.startsWith("restart") ? undefined : before.mail);
          await isBack("site", undefined);
        }),
      );
    }
    expect(await host.names()).toEqual(["cache", "mail", "site"]);
    expect(await host.sh("svc history mail --json")).toContain('"by": "external"');
  },
);

scenario("docker pause and unpause by hand", { survives: "status says so; nothing is restarted" }, async (told) => {
  await startSite(host);
  const before = await host.containers();
  await host.sh("docker pause mail");
  await host.are({ mail: { phase: "degraded" } });
  await host.sh("docker unpause mail");
  told.fault(await timed(() => host.are(siteUp)));
  expect(await host.containers()).toEqual(before);
});

scenario(
  "docker rename of a container by hand",
  { survives: "status says so; the next start of the unit has its name" },
  async (told) => {
    await startSite(host);
    const before = await host.containers();
    await host.sh("docker rename site astray");
    await until(async () =>
      (await host.list())
        .find(({ name }) => name === "site")
        ?.stale.join()
        .includes("astray"),
    );
    expect(await host.containers()).toEqual(before);
    await host.sh("svc restart site");
    told.fault(await timed(() => host.are(siteUp)));
    expect(await host.names()).toEqual(["cache", "mail", "site"]);
  },
);

scenario(
  "out of memory: the main process, a child of it; a plain kill -9 (B41)",
  { survives: "respawned; the reason is in status and history, with the limit" },
  async (told) => {
    await host.clean();
    const eat = "head -c 300m /dev/zero | tail -n 1";
    const limits = { mem_limit: "24m", memswap_limit: "24m" };
    await host.unit("eater", {
      ...limits,
      command: ["sh", "-c", `trap 'exit 0' TERM; sleep 2; exec dd if=/dev/zero of=/dev/null bs=200M`],
    });
    await host.unit("parent", {
      ...limits,
      command: ["sh", "-c", `trap 'exit 0' TERM; sleep 2; ${eat}; while :; do sleep 1; done`],
    });
    await host.unit("victim");
    await host.start("eater", "parent", "victim");
    const end = await until(async () => (await host.ask("history", { unit: "eater" })).at(-1));
    told.fault();
    expect(end.code).toBe(137);
    expect(end.words).toContain("24 MiB");
    await host.sh("kill -9 $(docker inspect -f '{{.State.Pid}}' victim)");
    told.fault(await timed(() => host.are({ victim: { phase: "up", restarts: 1 } })));
    const [killed] = await host.ask("history", { unit: "victim" });
    expect(killed).toMatchObject({ code: 137, oom: false });
    await host.are({ parent: { phase: "up", restarts: 0 } });
  },
);

scenario(
  "its port is taken; its image is removed; the registry is down with the image here (B38, B44)",
  { survives: "the reason is told in the engine's words; it comes up when it can; what is here runs" },
  async (told) => {
    await host.clean();
    await host.unit("web", { ports: ["8080:80"] });
    await host.sh("docker run -d --name squatter -p 8080:80 small sleep 1000");
    expect((await host.tries("svc start web")).code).toBe(1);
    const web = (await host.list()).find(({ name }) => name === "web");
    expect(web?.because).toContain("8080");
    expect(await host.names()).toEqual(["squatter"]);
    await host.sh("docker rm -f squatter");
    told.fault(await timed(() => host.are({ web: up })));
    await host.unit("old", { image: "small:old" });
    await host.sh("docker tag small small:old");
    await host.start("old");
    await host.sh("docker rmi small:old");
    await host.sh("docker kill old");
    told.fault();
    await until(async () => (await host.list()).find(({ name }) => name === "old")?.because.includes("small:old"));
    await host.sh("docker tag small small:old");
    told.fault(await timed(() => host.are({ old: { phase: "up" } })));
    await host.sh("docker tag small 127.0.0.1:5999/small:1");
    await host.unit("remote", { image: "127.0.0.1:5999/small:1", pull_policy: "always" });
    told.fault(await timed(() => host.start("remote")));
    await host.are({ remote: up });
  },
);
