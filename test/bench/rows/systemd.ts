import { existsSync } from "node:fs";
import { startHost, type TestHost } from "../../hosts/test-host.ts";
import { until } from "../../support/until.ts";
import { type EngineEvents, engineEvents } from "../engine-events.ts";
import { pause } from "../process.ts";
import { interleave, type Subject } from "../rounds.ts";
import { type Row, svc } from "../row.ts";
import { closeLater } from "../workshop.ts";

const settleMs = 1_000;

/** In a host of its own, with an engine in a container: to be compared with svc in the same host alone. */
export const systemd: Row = {
  name: "systemd",
  async run(rounds) {
    const work = "the same in a host with systemd";
    const goals = [{ of: "systemd", atMost: 0.9 }];
    if (!existsSync("/usr/sbin/debootstrap"))
      return [{ work, unit: "ms", measured: {}, skipped: { systemd: "no debootstrap to make a host" }, goals: [] }];
    const host = await startHost();
    const close = closeLater(() => host.remove());
    try {
      await host.units({ "by-svc": { command: "sleep 3600", respawn_limit: "100 in 5s", ready: { after: "0s" } } });
      await host.start("by-svc");
      await host.sh(systemdUnit);
      const events = await engineEvents(["docker", "exec", host.name]);
      try {
        await until(async () => (await host.names()).includes("by-systemd"));
        const subjects = [killedIn(host, events, svc, "by-svc"), killedIn(host, events, "systemd", "by-systemd")];
        const measured = await interleave(rounds(10), subjects, () => pause(settleMs));
        return [{ work, unit: "ms", ...measured, goals }];
      } finally {
        events.close();
      }
    } finally {
      await close();
    }
  },
};

const systemdUnit = `
cat >/run/systemd/system/by-systemd.service <<'UNIT'
[Unit]
StartLimitIntervalSec=0
[Service]
ExecStart=/usr/bin/docker run --rm --name by-systemd small sleep 3600
Restart=always
UNIT
systemctl daemon-reload && systemctl start by-systemd
`;

function killedIn(host: TestHost, events: EngineEvents, name: string, container: string): Subject {
  return {
    name,
    async once() {
      const [died, started] = [events.next("die", container), events.next("start", container)];
      await host.sh(`kill -9 $(docker inspect -f '{{.State.Pid}}' ${container})`);
      return (await started) - (await died);
    },
  };
}
