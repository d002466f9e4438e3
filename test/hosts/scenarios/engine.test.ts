import { expect } from "vitest";
import { compareWithEngine } from "../log-lines.ts";
import { aHost, scenario, timed } from "../scenario.ts";
import { siteUp, startOrder, startSite, up } from "../site.ts";

/** The engine is killed, restarted, hangs. */
const host = aHost();

scenario(
  "kill -9 of dockerd (B36)",
  {
    survives: "all units come back in order by themselves, no name conflict, nothing counted against them",
    short: true,
  },
  async (told) => {
    await startSite(host);
    for (let round = 0; round < 3; round++) {
      const before = await host.containers();
      // systemd gives up an engine that dies three times a minute.
      await host.sh("systemctl reset-failed docker; kill -9 $(pidof dockerd)");
      told.fault(
        await timed(async () => {
          await host.engineAnswers();
          await host.are(siteUp);
        }),
      );
      // Without live-restore the engine's containers are its own: containerd may have kept them alive, or not.
      expect(await host.names()).toEqual(["cache", "mail", "site"]);
      const order = await startOrder(host, "mail", "cache", "site");
      expect(order.indexOf("mail")).toBeLessThan(order.indexOf("site"));
      expect(Object.keys(before).sort()).toEqual(["cache", "mail", "site"]);
    }
  },
);

scenario(
  "systemctl restart docker, live-restore off (B39)",
  { survives: "ordered bring-up, budget untouched, an operator's stop kept" },
  async (told) => {
    await startSite(host);
    await host.unit("stopped");
    await host.start("stopped");
    await host.sh("svc stop stopped");
    for (let round = 0; round < 2; round++) {
      const before = await host.containers();
      await host.sh("systemctl restart docker");
      told.fault(await timed(() => host.are(siteUp)));
      const after = await host.containers();
      for (const name of ["mail", "cache", "site"]) expect(after[name]).not.toBe(before[name]);
      const order = await startOrder(host, "mail", "cache", "site");
      expect(order.at(-1)).toBe("site");
      expect(await host.names()).toEqual(["cache", "mail", "site"]);
    }
    await host.are({ stopped: { phase: "down" } });
  },
);

scenario(
  "systemctl restart docker, live-restore on (B39)",
  { survives: "containers are not touched, output goes on, no line lost or doubled" },
  async (told) => {
    await startSite(host);
    await host.sh(
      `mkdir -p /etc/docker; echo '{"live-restore": true}' >/etc/docker/daemon.json; systemctl reload docker`,
    );
    for (let round = 0; round < 2; round++) {
      const before = await host.containers();
      await host.sh("systemctl restart docker");
      told.fault(await timed(() => host.are(siteUp)));
      expect(await host.containers()).toEqual(before);
    }
    const { lost, doubled } = await compareWithEngine(host, "mail");
    told.lostLines(lost);
    expect(doubled).toBe(0);
  },
);

scenario(
  "dockerd hangs (SIGSTOP, 60 s)",
  { survives: "every command answers, status says so; when it goes on nothing has been touched" },
  async (told) => {
    await startSite(host);
    const before = await host.containers();
    await host.sh("kill -STOP $(pidof dockerd)");
    const sinceStop = performance.now();
    await host.are({ site: { because: "the engine does not answer; it ran when last seen" } }, 45_000);
    for (const command of [
      "svc status",
      "svc list --json",
      "svc logs site -n 1",
      "svc history site",
      "svc version",
      "svc reload",
    ]) {
      const ms = await timed(() => host.sh(`timeout 20 ${command}`));
      expect(ms, command).toBeLessThan(20_000);
    }
    for (const command of ["start mail", "restart site", "stop site"]) {
      const { code, stderr } = await host.tries(`timeout 60 svc ${command}`);
      expect([command, code]).toEqual([command, 5]);
      expect(stderr).toContain("the engine does not answer");
    }
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 60_000 - (performance.now() - sinceStop))));
    await host.sh("kill -CONT $(pidof dockerd)");
    told.fault(await timed(() => host.are({ mail: up, cache: up })));
    const after = await host.containers();
    expect(after.mail).toBe(before.mail);
    expect(after.cache).toBe(before.cache);
  },
);
