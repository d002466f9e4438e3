import { instant } from "../engine-events.ts";
import { idle } from "../peers/fleet.ts";
import { fleetByRawApi } from "../peers/fleet-by-raw-api.ts";
import { memoryOf, pause } from "../process.ts";
import { floor, type Line, type Row, svc } from "../row.ts";
import { inWorkshop, type Workshop } from "../workshop.ts";

const batch = 10;
const dockerRuns = 10;
const settleMs = 3_000;
/** Without a network hundreds of containers come and go in half the time, and to svc it is all the same. */
const alone = { network_mode: "none" };

/** One daemon, whose units become more and more: what ten more take, and the memory. */
export const growth: Row = {
  name: "growth",
  run: (rounds) =>
    inWorkshop(async (workshop) => {
      const { host } = workshop;
      const [many, most] = rounds(10) === 10 ? [200, 500] : [20, 40];
      await host.startDaemon();
      const memory = async (): Promise<number> => {
        await pause(settleMs);
        return memoryOf(host.pid, "Pss");
      };
      const atNone = await memory();
      const first = await tenMore(workshop, 0);
      await fill(workshop, batch, many);
      const atMany = await memory();
      await fill(workshop, many, most - batch);
      const crowded = await tenMore(workshop, most - batch);
      const atMost = await memory();
      const aUnit = (atMany - atNone) / many;
      return [
        {
          work: `memory a supervised unit (PSS with ${many} units, less with none)`,
          unit: "KB",
          measured: { [svc]: [aUnit], "docker run": [await memoryOfDockerRun(workshop)] },
          goals: [{ of: null, atMost: 100 }],
        },
        {
          work: `memory a unit, from ${many} units to ${most}: linear`,
          unit: "KB",
          measured: { [svc]: [(atMost - atMany) / (most - many)], [`the first ${many}`]: [aUnit] },
          goals: [{ of: `the first ${many}`, atMost: 1.1 }],
        },
        startOf("10 units, beside none: a unit", first),
        startOf(`10 units, beside ${most - batch}: a unit`, crowded),
      ];
    }),
};

type Both = { readonly mine: number; readonly floors: number };

function startOf(work: string, { mine, floors }: Both): Line {
  return {
    work,
    unit: "ms",
    measured: { [svc]: [mine / batch], [floor]: [floors / batch] },
    goals: [{ of: floor, atMost: 1.1 }],
  };
}

/** Ten by the raw API, which go again, and ten by svc, which stay. */
async function tenMore(workshop: Workshop, from: number): Promise<Both> {
  const { events } = workshop;
  const fleet = new Map(numbers(0, batch).map((number) => [`ten-${number}`, []]));
  const { containers, up, down } = await fleetByRawApi(floor, batch, alone.network_mode).prepare(workshop, fleet);
  const last = events.last("start", containers);
  const begun = instant();
  await up();
  const floors = (await last) - begun;
  const gone = events.last("destroy", containers);
  await down();
  await gone;
  return { floors, mine: await fill(workshop, from, from + batch) };
}

/** Units of these numbers more; returns what that took. */
async function fill({ host, events }: Workshop, from: number, to: number): Promise<number> {
  const names = numbers(from, to).map((number) => `unit-${number}`);
  for (const name of names) await host.unit(name, { command: idle, ready: { after: "0s" }, ...alone });
  await host.ask("reload", {});
  const full = names.map((name) => host.name(name));
  const last = events.last("start", full);
  const begun = instant();
  await host.ask("start", { names: full, wait: false });
  return (await last) - begun;
}

/** Many at once, so that what they share is divided among them as it would be. */
async function memoryOfDockerRun({ host, events, keep }: Workshop): Promise<number> {
  const names = numbers(0, dockerRuns).map((number) => host.name(`run-${number}`));
  const up = events.last("start", names);
  const clients = names.map((name) => keep("docker", ["run", "--rm", "--name", name, host.engine.image, ...idle]));
  await up;
  await pause(1_000);
  return clients.reduce((sum, { pid }) => sum + memoryOf(pid, "Pss"), 0) / clients.length;
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}
