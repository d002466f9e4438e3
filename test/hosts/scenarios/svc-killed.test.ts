import { expect } from "vitest";
import { until } from "../../support/until.ts";
import { aHost, isShort, scenario, timed } from "../scenario.ts";
import { siteUp, startSite, up } from "../site.ts";

/** svc itself dies, or finds its state spoilt. */
const host = aHost();
const rounds = Number(process.env.SVC_HOSTS_KILLS ?? (isShort ? 20 : 200));

/** Kills the daemon and waits until systemd has started another that answers. How long that one took to know its containers. */
async function killSvc(): Promise<number> {
  const pid = await host.pid();
  await host.sh(`kill -9 ${pid}`);
  await until(async () => ((await host.ask("version", {}).catch(() => null))?.pid ?? pid) !== pid, { within: 30_000 });
  // The first answer is given when svc has looked at the engine.
  return timed(() => host.list());
}

/** What is done when svc is killed, each with what must be so when all has come to rest. */
const deeds: readonly { readonly what: string; begin(): Promise<unknown>; readonly untouched: readonly string[] }[] = [
  { what: "nothing", begin: async () => undefined, untouched: ["mail", "cache", "site", "other"] },
  {
    what: "a start of one that is stopped",
    begin: () => host.ask("start", { names: ["spare"], wait: false }),
    untouched: ["mail", "cache", "site", "other"],
  },
  {
    what: "a stop of one",
    begin: () => host.ask("stop", { names: ["other"], wait: false }),
    untouched: ["mail", "cache", "site"],
  },
  {
    what: "a restart of a link's target",
    begin: () => host.ask("restart", { names: ["mail"], wait: false }),
    untouched: ["cache", "other"],
  },
  {
    what: "a new TAG and a restart",
    begin: async () => {
      tag += 1;
      await host.sh(
        `echo export TAG=build-${tag} >/var/www/tagged/TAG.new; mv /var/www/tagged/TAG.new /var/www/tagged/TAG`,
      );
      await host.ask("restart", { names: ["tagged"], wait: false });
    },
    untouched: ["mail", "cache", "site", "other"],
  },
];
let tag = 1;

scenario(
  `kill -9 of svc at ${rounds} random moments of a start, a stop, a restart, a new TAG`,
  {
    survives:
      "what has nothing to do with it keeps its container; never two of a unit; wishes and counts kept; adopted within 1 s",
    short: true,
    timeout: 3_000_000,
  },
  async (told) => {
    await startSite(host);
    await host.unit("other");
    await host.unit("spare");
    await host.sh("mkdir -p /var/www/tagged; echo export TAG=build-1 >/var/www/tagged/TAG");
    for (let n = 1; n <= rounds / deeds.length + 2; n++) await host.sh(`docker tag small small:build-${n}`);
    await host.unit("tagged");
    await host.start("other", "tagged");
    for (let round = 0; round < rounds; round++) {
      const deed = deeds[round % deeds.length];
      if (!deed) continue;
      await host.sh("svc stop spare; svc start other");
      const before = await host.containers();
      deed.begin().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 900));
      const adoptedMs = await killSvc();
      if (!isShort) expect(adoptedMs, deed.what).toBeLessThan(1_000);
      // What was asked may have been lost with the daemon, or not: the command was not answered.
      const recoveryMs = await timed(() => host.are({ ...siteUp, tagged: up }));
      told.fault(recoveryMs);
      await until(async () => (await host.list()).every(({ phase }) => phase === "up" || phase === "down"));
      const after = await host.containers();
      for (const name of deed.untouched)
        expect([deed.what, name, after[name]]).toEqual([deed.what, name, before[name]]);
      if (!deed.what.includes("a start")) await host.are({ spare: { phase: "down" } }, 5_000);
      const names = await host.names();
      expect(names).toEqual([...new Set(names)]);
      const running = (await host.list()).filter(({ phase }) => phase === "up").map(({ name }) => name);
      expect(names).toEqual(running.sort());
    }
  },
);

scenario(
  "state file truncated, empty, of garbage, of another version, gone",
  { survives: "what runs is adopted untouched, the unreadable file is kept aside and told of", short: true },
  async (told) => {
    await startSite(host);
    const state = "/var/lib/svc/state.json";
    const spoilt = [
      `head -c 100 ${state} >${state}.x; mv ${state}.x ${state}`,
      `: >${state}`,
      `head -c 4096 /dev/urandom >${state}`,
      `echo '{"version": 99}' >${state}`,
      `rm ${state}`,
    ];
    for (const spoil of spoilt) {
      const before = await host.containers();
      await host.sh(`systemctl kill -s KILL svc; systemctl stop svc; ${spoil}; systemctl start svc`);
      told.fault(await timed(() => host.are(siteUp)));
      expect([spoil, await host.containers()]).toEqual([spoil, before]);
    }
    expect(await host.sh("ls /var/lib/svc")).toContain("state.json.unreadable");
  },
);
