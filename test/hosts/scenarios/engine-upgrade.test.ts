import { expect } from "vitest";
import { aHost, scenario, timed } from "../scenario.ts";
import { siteUp, startSite } from "../site.ts";

/** Debian's later engines are installed over the earlier one, under a running svc. */
const host = aHost();

const upgrade = (suite: string): string => `
. /etc/os-release
sed "s/bookworm-updates\\|bookworm-security\\|bookworm/${suite}/" /etc/apt/sources.list.d/debian.sources |
  awk -v RS= -v ORS='\\n\\n' '!/security/' >/etc/apt/sources.list.d/later.sources
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -t ${suite} docker.io docker-cli iptables </dev/null
# In a container /proc/sys is read-only, about which later engines are strict.
mount -o remount,bind,rw /proc/sys
# Debian's package leaves the running engine alone.
systemctl daemon-reload; systemctl restart docker
`;
const version = async (): Promise<string> => (await host.sh("docker version -f '{{.Server.Version}}'")).trim();

scenario(
  "the engine is upgraded: 20.10, 26, 28",
  {
    survives: "svc waits for the new engine and goes on with it; all units up in order, nothing counted",
    timeout: 1_200_000,
  },
  async (told) => {
    await startSite(host);
    expect(await version()).toMatch(/^20\.10/);
    for (const [suite, wanted] of [
      ["trixie", /^26\./],
      ["testing", /^2[89]\./],
    ] as const) {
      await host.sh(upgrade(suite));
      expect(await version()).toMatch(wanted);
      told.fault(await timed(() => host.are(siteUp)));
      expect(await host.names()).toEqual(["cache", "mail", "site"]);
      await host.sh("kill -9 $(docker inspect -f '{{.State.Pid}}' mail)");
      told.fault(
        await timed(() => host.are({ mail: { phase: "up", restarts: 1 }, site: { phase: "up", restarts: 0 } })),
      );
      expect((await host.ask("version", {})).engine).toMatch(wanted);
      expect(await host.sh("docker-runner site echo hello")).toContain("hello");
      await host.sh("svc restart mail");
    }
  },
);
