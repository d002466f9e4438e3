import { expect } from "vitest";
import { until } from "../../support/until.ts";
import { aHost, scenario, timed } from "../scenario.ts";
import type { TestHost } from "../test-host.ts";

/** What clients of a unit with `listen` notice of it. */
const host = aHost();

const serving = [
  "sh",
  "-c",
  "trap 'exit 0' TERM; echo well >/tmp/index.html; httpd -p 8000 -h /tmp; sleep 3600 & wait",
];
const keys = { command: serving, ready: undefined, listen: { published: 8000, drain: "1s" }, update: "start-first" };

scenario(
  "svc is killed, upgraded, and restarts a unit (update: start-first), while clients come to its listen port",
  { survives: "not one client fails; svc's front is a process of its own", short: true },
  async (told) => {
    await host.clean();
    await host.unit("web", { ...keys, enabled: true });
    await host.start("web");
    const clients = await clientsOf(host);
    for (let round = 0; round < 3; round++) {
      const before = (await host.containers()).web;
      await host.sh("systemctl kill -s KILL svc");
      told.fault(await timed(() => host.svcAnswers()));
      await host.are({ web: { phase: "up" } });
      expect((await host.containers()).web).toBe(before);
      await host.sh("svc restart web");
      told.fault();
      expect((await host.containers()).web).not.toBe(before);
      const { upSince } = await host.ask("version", {});
      await host.sh("svc reexec");
      told.fault();
      await until(async () => ((await host.ask("version", {}).catch(() => null))?.upSince ?? upSince) !== upSince);
      await host.are({ web: { phase: "up" } });
    }
    const { served, failed } = await clients.end();
    expect(served).toBeGreaterThan(50);
    expect(failed).toBe(0);
    expect(await host.sh("systemctl show -P User -P DynamicUser svc-front")).toContain("yes");
    await until(async () => (await host.names()).join() === "web");
  },
);

scenario(
  "svc's front is killed; the host loses its power",
  { survives: "it listens again within a second; after the boot with the unit" },
  async (told) => {
    await host.clean();
    await host.unit("web", { ...keys, enabled: true });
    await host.start("web");
    await host.sh("systemctl kill -s KILL svc-front");
    told.fault(await timed(() => answers(host)));
    const { upSince } = await host.ask("version", {});
    await host.powerCut();
    await host.powerOn();
    told.fault(await timed(() => answers(host)));
    expect((await host.ask("version", {})).upSince).not.toBe(upSince);
    await host.sh("svc stop web");
    expect((await host.tries(get)).code).not.toBe(0);
    await until(async () => (await host.tries("systemctl is-active svc-front")).stdout.trim() === "inactive");
  },
);

/** The host has no curl, and its static wget cannot look names up. */
const get = `bash -c 'exec 3<>/dev/tcp/127.0.0.1/8000 && printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3 && tail -n 1 <&3' 2>/dev/null`;

async function answers(on: TestHost): Promise<void> {
  await until(async () => (await on.tries(get)).stdout.trim() === "well");
}

/** One client after the other, until it is told to end. */
async function clientsOf(on: TestHost): Promise<{ end(): Promise<{ served: number; failed: number }> }> {
  await on.sh("rm -f /run/over");
  const loop = `served=0 failed=0; while [ ! -e /run/over ]; do
    if [ "$(${get})" = well ]; then served=$((served+1)); else failed=$((failed+1)); fi
  done; echo $served $failed`;
  const said = on.sh(loop);
  return {
    async end() {
      await on.sh("touch /run/over");
      const [served = 0, failed = 0] = (await said).trim().split(" ").map(Number);
      return { served, failed };
    },
  };
}
