import { enginePolicy } from "../peers/engine-policy.ts";
import { rawApi } from "../peers/raw-api.ts";
import { runit } from "../peers/runit.ts";
import { shellLoop } from "../peers/shell-loop.ts";
import type { Supervise } from "../peers/supervised.ts";
import { supervisord } from "../peers/supervisord.ts";
import { pause } from "../process.ts";
import { Absent, absent, interleave, type Subject } from "../rounds.ts";
import { floor, type Row, svc } from "../row.ts";
import { inWorkshop, type Workshop } from "../workshop.ts";

/** The engine doubles its delay unless a container ran for 10 s: it has several, so that the others need not wait for it. */
const containersOfTheEngine = 5;
const settleMs = 250;

/** The engine's own events tell: from `die` to the `start` of the successor. */
export const restart: Row = {
  name: "restart",
  run: (rounds) =>
    inWorkshop(async (workshop) => {
      const subjects = [
        await respawned(workshop, floor, rawApi),
        await respawned(workshop, svc, bySvc),
        await respawned(workshop, "--restart=always", enginePolicy, containersOfTheEngine),
        await respawned(workshop, "shell loop", shellLoop),
        await respawned(workshop, "supervisord", supervisord),
        await respawned(workshop, "runit", runit),
      ];
      await pause(10_500);
      const measured = await interleave(rounds(20), subjects, () => pause(settleMs));
      return [
        {
          work: "a process is killed: until its new container runs",
          unit: "ms",
          ...measured,
          goals: [
            { of: floor, atMost: 1.05 },
            { of: "--restart=always", atMost: 0.9 },
            { of: "shell loop", atMost: 0.65 },
          ],
        },
      ];
    }),
};

/** Restarts without delay, however many. */
const bySvc: Supervise = async ({ host }) => {
  await host.unit("svc-0", { command: "sleep 3600", respawn_limit: "100 in 5s", ready: { after: "0s" } });
  await host.startDaemon();
};

async function respawned(workshop: Workshop, name: string, supervise: Supervise, count = 1): Promise<Subject> {
  const { host, events } = workshop;
  const containers = Array.from({ length: count }, (_, number) => host.name(`${name.replaceAll(/\W/g, "")}-${number}`));
  try {
    for (const container of containers) {
      const runs = events.next("start", container);
      runs.catch(() => undefined);
      await supervise(workshop, container);
      await runs;
    }
  } catch (error) {
    if (!(error instanceof Absent)) throw error;
    return absent(name, error);
  }
  return {
    name,
    async once(round) {
      const container = containers[round % count] ?? "";
      const { stdout } = await host.engine.docker("inspect", "-f", "{{.State.Pid}}", container);
      const [died, started] = [events.next("die", container), events.next("start", container)];
      process.kill(Number(stdout), "SIGKILL");
      return (await started) - (await died);
    },
  };
}
