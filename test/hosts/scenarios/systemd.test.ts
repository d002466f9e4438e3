import { expect } from "vitest";
import { until } from "../../support/until.ts";
import { compareWithEngine } from "../log-lines.ts";
import { aHost, isShort, scenario, timed } from "../scenario.ts";
import { siteUp, startSite } from "../site.ts";

/** svc under systemd: hung, upgraded, started twice. */
const host = aHost();

scenario(
  "svc hangs (SIGSTOP)",
  { survives: "systemd's watchdog ends it and starts it anew; no container is touched" },
  async (told) => {
    await startSite(host);
    const before = await host.containers();
    const pid = await host.pid();
    await host.sh(`kill -STOP ${pid}`);
    told.fault(
      await timed(async () => {
        await until(async () => (await host.pid()) !== pid && (await host.pid()) !== 0, { within: 120_000 });
        await host.svcAnswers();
        await host.are(siteUp);
      }),
    );
    expect(await host.containers()).toEqual(before);
    expect(await host.sh("journalctl -u svc -b")).toContain("atchdog");
  },
);

scenario(
  "svc is upgraded in place, ten times (svc reexec)",
  {
    survives: "same process, same containers; no line lost or doubled, no gap in the log of more than 1 s",
    short: true,
  },
  async (told) => {
    await startSite(host);
    const before = await host.containers();
    const pid = await host.pid();
    for (let round = 0; round < 10; round++) {
      const upSince = (await host.ask("version", {})).upSince;
      await host.sh("svc reexec");
      told.fault(
        await timed(() =>
          until(async () => ((await host.ask("version", {}).catch(() => null))?.upSince ?? upSince) !== upSince),
        ),
      );
      await host.are(siteUp);
    }
    expect(await host.containers()).toEqual(before);
    expect(await host.pid()).toBe(pid);
    for (const unit of ["mail", "cache", "site"]) {
      const { lost, doubled } = await compareWithEngine(host, unit);
      told.lostLines(lost);
      expect([unit, doubled]).toEqual([unit, 0]);
    }
    const times = (await host.sh("svc logs mail --json"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly time: string; readonly stream: string })
      .filter(({ stream }) => stream === "out")
      .map(({ time }) => Date.parse(time));
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
    if (!isShort) expect(Math.max(...gaps)).toBeLessThan(1_000);
  },
);

scenario(
  "a second daemon is started by hand, fifty commands at once",
  { survives: "the second is refused and disturbs nobody; every command is answered" },
  async (told) => {
    await startSite(host);
    const before = await host.containers();
    const second = await host.tries("timeout 20 svc daemon");
    expect(second.code).toBeGreaterThan(0);
    expect(second.stderr).toContain("another svc daemon");
    told.fault();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        host.ask(index % 2 === 0 ? "start" : "list", index % 2 === 0 ? { names: ["site"] } : {}),
      ),
    );
    expect(answers).toHaveLength(50);
    told.fault(await timed(() => host.are(siteUp)));
    expect(await host.containers()).toEqual(before);
  },
);

scenario(
  "systemctl stop and start of svc; of docker; docker restarted while svc stops",
  { survives: "ready for systemd only when the socket answers; all down in order, all back by themselves" },
  async (told) => {
    await startSite(host);
    await host.sh("systemctl stop svc");
    expect(await host.names()).toEqual([]);
    // `systemctl start` returns when svc says that it is ready.
    await host.sh("systemctl start svc");
    expect((await host.ask("version", {})).pid).toBeGreaterThan(0);
    told.fault(await timed(() => host.are(siteUp)));
    await host.sh("systemctl stop docker docker.socket");
    await host.are({ site: { phase: "waiting" } });
    expect((await host.tries("svc status")).code).toBe(0);
    await host.sh("systemctl start docker");
    told.fault(await timed(() => host.are(siteUp)));
    host.tries("systemctl restart svc").catch(() => undefined);
    await host.sh("systemctl restart docker");
    told.fault(await timed(() => host.are(siteUp)));
    expect(await host.names()).toEqual(["cache", "mail", "site"]);
    const levels = await host.sh("journalctl -u svc -p warning -o cat");
    expect(levels).toContain("the connection to the engine was lost");
    expect(levels).not.toContain("supervises");
  },
);
