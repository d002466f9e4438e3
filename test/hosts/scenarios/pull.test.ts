import { expect } from "vitest";
import { startRegistry } from "../../support/registry.ts";
import { aHost, scenario, timed } from "../scenario.ts";
import { siteUp, startSite, up } from "../site.ts";

/** An image is long in coming. */
const host = aHost();
const threeMinutes = 180_000;

scenario(
  "a registry takes three minutes to send an image (B44)",
  { survives: "no start runs out of time, and it is told what is waited for; everything else goes on meanwhile" },
  async (told) => {
    const registry = await startRegistry("slow", { tags: { "1": {} }, takesMs: threeMinutes });
    try {
      await startSite(host);
      const settings = `{"insecure-registries": ["${registry.address}"]}`;
      await host.sh(`echo '${settings}' >/etc/docker/daemon.json; systemctl reload docker`);
      await host.unit("slow", { image: `${registry.image}:1`, start_timeout: "10s", enabled: true });
      await host.sh("svc start slow --no-wait");
      told.fault();
      await host.are({ slow: { phase: "pulling" } });
      await host.sh("docker kill cache");
      told.fault(await timed(() => host.are({ ...siteUp, cache: { phase: "up", restarts: 1 } })));
      await host.sh("systemctl kill -s KILL svc");
      told.fault();
      await host.svcAnswers();
      const start = host.tries("svc start slow");
      await host.are({ slow: { phase: "pulling" } });
      expect((await host.list()).find(({ name }) => name === "slow")?.because).toContain("pulled");
      const took = await timed(() => host.are({ slow: up }, 2 * threeMinutes));
      expect(took).toBeGreaterThan(threeMinutes / 2);
      expect(await start).toMatchObject({ code: 0 });
      await host.are({ ...siteUp, cache: { phase: "up", restarts: 1 } });
    } finally {
      await registry.close();
    }
  },
);
