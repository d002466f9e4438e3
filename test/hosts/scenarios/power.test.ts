import { expect } from "vitest";
import { aHost, scenario, type Told, timed } from "../scenario.ts";
import { siteUp, startOrder, startSite, up } from "../site.ts";

/** The host loses its power, or is rebooted. */
const host = aHost();

/** Off and on again; then all must be back, in order. */
async function cutPower(told: Told): Promise<void> {
  await host.powerCut();
  told.fault(
    await timed(async () => {
      await host.powerOn();
      await host.are(siteUp);
    }),
  );
  expect(await host.names()).toEqual(["cache", "mail", "site"]);
  const order = await startOrder(host, "mail", "cache", "site");
  expect(order.at(-1)).toBe("site");
}

scenario(
  "power cut while all is up (B36)",
  { survives: "after the boot all units are up in order, no name conflict, nothing by hand", short: true },
  async (told) => {
    await startSite(host);
    await cutPower(told);
  },
);

scenario(
  "power cut in the middle of a start, of a stop, of a restart",
  { survives: "after the boot all enabled units are up in order, whatever was half done" },
  async (told) => {
    for (const command of ["start", "stop", "restart"] as const) {
      for (const afterMs of [100, 400, 900]) {
        await startSite(host);
        if (command === "start") await host.sh("svc stop site mail cache");
        const names = ["site", "mail", "cache"];
        host.ask(command, { names, wait: false }).catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, afterMs));
        await cutPower(told);
      }
    }
  },
);

scenario(
  "ordered reboot, with a unit that ignores TERM (B59)",
  { survives: "stopped in reverse order within a bounded time; enabled units are up after it, others are not (B57)" },
  async (told) => {
    await startSite(host);
    await host.unit("stubborn", { command: ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"], enabled: true });
    await host.unit("by-hand", { enabled: false });
    await host.start("stubborn", "by-hand");
    await host.sh("svc stop cache --only");
    const downMs = await timed(async () => {
      await host.reboot();
    });
    told.fault(downMs);
    await host.are({ ...siteUp, stubborn: up, "by-hand": { phase: "down" } });
    const events = (await host.sh("svc events --json"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const stops = events.filter(({ event, phase }) => event === "phase" && phase === "down").map(({ unit }) => unit);
    expect(stops.lastIndexOf("site")).toBeLessThan(stops.lastIndexOf("mail"));
  },
);
