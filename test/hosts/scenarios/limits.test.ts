import { expect } from "vitest";
import { until } from "../../support/until.ts";
import { writtenLines } from "../log-lines.ts";
import { aHost, scenario, timed } from "../scenario.ts";
import { siteUp, startSite, up } from "../site.ts";

/** Disk, file descriptors and clock are not as they should be. */
const host = aHost();

const smallDisk = (path: string, size: string): string =>
  `systemctl kill -s KILL svc; systemctl stop svc; mkdir -p /run/keep; cp -a ${path}/. /run/keep/; ` +
  `mount -t tmpfs -o size=${size} tmpfs ${path}; cp -a /run/keep/. ${path}/; rm -rf /run/keep; systemctl start svc`;

scenario(
  "the disk of the state folder is full",
  { survives: "everything is done as asked, and said not to be remembered; remembered once there is room" },
  async (told) => {
    await startSite(host);
    await host.sh(smallDisk("/var/lib/svc", "1m"));
    await host.svcAnswers();
    await host.are(siteUp);
    await host.sh("dd if=/dev/zero of=/var/lib/svc/fill bs=4k 2>/dev/null || true");
    told.fault();
    const stop = await host.tries("svc stop site");
    expect(stop.code).toBe(0);
    expect(stop.stderr).toContain("will be forgotten");
    const before = await host.containers();
    await host.sh("docker kill cache");
    told.fault(await timed(() => host.are({ cache: { phase: "up", restarts: 1 } })));
    await host.sh("rm /var/lib/svc/fill; svc stop mail");
    await host.sh("systemctl kill -s KILL svc");
    await host.svcAnswers();
    await host.are({ site: { phase: "down" }, mail: { phase: "down" }, cache: { phase: "up" } });
    expect((await host.containers()).cache).not.toBe(before.cache);
  },
);

scenario(
  "the disk of the log folder is full",
  {
    survives: "containers go on; what is written meanwhile is kept up to 8 MiB a unit, and written when there is room",
  },
  async (told) => {
    await host.clean();
    await host.sh(smallDisk("/var/log/svc", "2m"));
    await host.svcAnswers();
    const lines =
      "i=0; while :; do n=0; while [ $n -lt 50 ]; do echo line $i; i=$((i+1)); n=$((n+1)); done; sleep 0.1; done";
    await host.unit("writer", { command: ["sh", "-c", `trap 'exit 0' TERM; ${lines}`] });
    await host.start("writer");
    await host.sh("dd if=/dev/zero of=/var/log/svc/fill bs=4k 2>/dev/null || true");
    told.fault();
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    await host.are({ writer: up });
    await host.sh("rm /var/log/svc/fill");
    const last = (await host.sh("docker logs -n 1 writer")).trim();
    await until(async () => (await writtenLines(host, "writer")).includes(last));
    const theirs = (await host.sh("docker logs writer")).trim().split("\n");
    const ours = await writtenLines(host, "writer");
    const known = new Set(ours);
    told.lostLines(theirs.slice(0, theirs.indexOf(last) + 1).filter((line) => !known.has(line)).length);
    expect(known.size).toBe(ours.length);
  },
);

scenario(
  "svc may open only 64 files",
  { survives: "what it can supervise it does; what it cannot is told; nothing that runs is touched" },
  async (told) => {
    await host.clean();
    await host.sh(
      "mkdir -p /run/systemd/system/svc.service.d; printf '[Service]\\nLimitNOFILE=64\\n' >/run/systemd/system/svc.service.d/few.conf; systemctl daemon-reload; systemctl restart svc",
    );
    await host.svcAnswers();
    const names = Array.from({ length: 30 }, (_, index) => `u${index}`);
    for (const name of names) await host.unit(name);
    const { code, stdout, stderr } = await host.tries(`timeout 200 svc start ${names.join(" ")}`);
    told.fault();
    // Those that found no room are tried again, and the refused ones of the first rush find some.
    const list = await until(async () => {
      const all = await host.list();
      return (
        all.filter(({ phase }) => phase === "up").length > 5 && all.every(({ phase }) => phase !== "starting") && all
      );
    });
    const upNow = list.filter(({ phase }) => phase === "up").map(({ name }) => name);
    expect(upNow.length, `${code} ${stdout} ${stderr}`).toBeGreaterThan(5);
    expect(list.find(({ phase }) => phase === "backoff")?.because).toContain("svc may open only 64 files");
    expect((await host.names()).filter((name) => upNow.includes(name)).sort()).toEqual(upNow.sort());
    const before = await host.containers();
    await host.sh("rm -r /run/systemd/system/svc.service.d; systemctl daemon-reload; systemctl kill -s KILL svc");
    await host.svcAnswers();
    told.fault(await timed(() => host.are(Object.fromEntries(names.map((name) => [name, { phase: "up" } as const])))));
    const after = await host.containers();
    for (const name of upNow) expect([name, after[name]]).toEqual([name, before[name]]);
  },
);

scenario(
  "svc's clock is set back an hour, and forward a day (B55)",
  { survives: "no restart comes early or late; back-off goes by the time that passes" },
  async (told) => {
    await startSite(host);
    await host.sh(
      "echo +0 >/run/faketime; mkdir -p /run/systemd/system/svc.service.d; " +
        "printf '[Service]\\nEnvironment=LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1 FAKETIME_TIMESTAMP_FILE=/run/faketime FAKETIME_NO_CACHE=1 DONT_FAKE_MONOTONIC=1\\n' " +
        ">/run/systemd/system/svc.service.d/clock.conf; systemctl daemon-reload; systemctl kill -s KILL svc",
    );
    await host.svcAnswers();
    await host.are(siteUp);
    const before = await host.containers();
    await host.unit("dying", { command: ["sh", "-c", "exit 3"] });
    for (const offset of ["-3600", "+86400", "+0"]) {
      await host.tries("svc start dying --no-wait");
      await until(async () => (await host.list()).find(({ name }) => name === "dying")?.phase === "backoff");
      await host.sh(`echo ${offset} >/run/faketime`);
      told.fault(
        await timed(async () => {
          const restarts = async (): Promise<number> =>
            (await host.list()).find(({ name }) => name === "dying")?.restarts ?? 0;
          const had = await restarts();
          const ms = await timed(() => until(async () => (await restarts()) > had, { within: 20_000 }));
          expect(ms).toBeGreaterThan(300);
        }),
      );
      await host.sh("svc stop dying");
      await host.are(siteUp);
    }
    expect(await host.containers()).toEqual(before);
  },
);
