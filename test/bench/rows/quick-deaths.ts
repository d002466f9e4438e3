import type { EngineEvents } from "../engine-events.ts";
import { type Row, svc } from "../row.ts";
import { inWorkshop } from "../workshop.ts";

const deaths = 10;
const enginePolicy = "--restart=always";
/** R2: three restarts at once, then after 1, 2, 4 … 32 s, each a quarter more or less; and what ten containers take to start. */
const longestMs = 1.25 * 63_000 + 10_000;

/** Each dies as soon as it runs; the totals are of waiting, by design. */
export const quickDeaths: Row = {
  name: "quick-deaths",
  waits: true,
  run: () =>
    inWorkshop(async ({ host, events }) => {
      const mine = ends(events, host.name("quick"));
      const theirs = ends(events, host.name("quick-engine"));
      await host.unit("quick", { command: "sh -c 'exit 1'", ready: { after: "0s" } });
      await host.startDaemon();
      const { image, docker } = host.engine;
      await docker("run", "-d", enginePolicy, "--name", host.name("quick-engine"), image, "sh", "-c", "exit 1");
      const [own, engine] = [await mine, await theirs];
      return [
        {
          work: "ten quick deaths in a row: from the first to the tenth",
          unit: "ms",
          measured: { [svc]: [span(own, deaths - 1)], [enginePolicy]: [span(engine, deaths - 1)] },
          goals: [{ of: null, atMost: longestMs }],
        },
        {
          work: "from the first to the fourth: three restarts without delay",
          unit: "ms",
          measured: { [svc]: [span(own, 3)], [enginePolicy]: [span(engine, 3)] },
          goals: [{ of: enginePolicy, atMost: 1 }],
        },
      ];
    }),
};

async function ends(events: EngineEvents, container: string): Promise<readonly number[]> {
  const times: number[] = [];
  while (times.length < deaths) times.push(await events.next("die", container));
  return times;
}

function span(times: readonly number[], last: number): number {
  return (times[last] ?? 0) - (times[0] ?? 0);
}
