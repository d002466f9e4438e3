import { join } from "node:path";
import { run } from "../../support/real-engine.ts";
import { until } from "../../support/until.ts";
import { startSupervisord } from "../peers/supervisord.ts";
import { cpuOf, memoryOf, pause } from "../process.ts";
import { Absent } from "../rounds.ts";
import { type Row, svc } from "../row.ts";
import { inWorkshop, type Workshop } from "../workshop.ts";

const idleMs = 300_000;
const settleMs = 5_000;
const peer = "supervisord";

/** No units, beside an engine of its own, in which nothing happens: that of the other rows tells of all they do. */
export const idle: Row = {
  name: "idle",
  waits: true,
  run: (rounds) =>
    inWorkshop(async (workshop) => {
      const { host } = workshop;
      host.env.DOCKER_HOST = await quietEngine(workshop);
      await host.startDaemon();
      const pids = new Map([[svc, host.pid]]);
      const skipped: { [name: string]: string } = {};
      try {
        pids.set(peer, (await startSupervisord(workshop, "")).pid);
      } catch (error) {
        if (!(error instanceof Absent)) throw error;
        skipped[peer] = error.message;
      }
      const all = (read: (pid: number, name: string) => number): { [name: string]: readonly number[] } =>
        Object.fromEntries([...pids].map(([name, pid]) => [name, [read(pid, name)]]));
      await pause(settleMs);
      const before = all(cpuOf);
      const begun = performance.now();
      await pause((idleMs * rounds(10)) / 10);
      const tookMs = performance.now() - begun;
      return [
        {
          work: "the daemon without units: RSS",
          unit: "MB",
          measured: all((pid) => memoryOf(pid, "Rss") / 1024),
          skipped,
          goals: [{ of: null, atMost: 60 }],
        },
        {
          work: `the same: CPU over ${(tookMs / 60_000).toFixed(1)} min`,
          unit: "%",
          measured: all((pid, name) => (100 * (cpuOf(pid) - (before[name]?.[0] ?? 0))) / tookMs),
          skipped,
          goals: [{ of: null, atMost: 0.1 }],
        },
      ];
    }),
};

/** In a network of its own: an engine without a bridge takes away the one that it finds. Returns its DOCKER_HOST. */
async function quietEngine({ host, keep }: Workshop): Promise<string> {
  const folder = join(host.folder, "engine");
  const address = `unix://${join(host.folder, "engine.sock")}`;
  const places = ["data-root", "exec-root", "pidfile"].flatMap((place) => [`--${place}`, join(folder, place)]);
  await host.write("engine/none", "");
  keep("unshare", ["--net", "dockerd", "-H", address, ...places, "--bridge=none", "--iptables=false"]);
  await until(async () => (await run("docker", ["-H", address, "info"])).code === 0, { within: 60_000 });
  return address;
}
