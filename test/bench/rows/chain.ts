import { interleave } from "../rounds.ts";
import { floor, type Row, svc } from "../row.ts";
import { inWorkshop, type Workshop } from "../workshop.ts";

const links = [0, 1, 2, 3, 4];
const settleMs = 2_000;

/**
 * Five units, each linked to the one before on the default bridge; the first is killed. What holds a stale link runs on until the
 * first is back, then stops from the outside in, and comes back from the inside out: the floor takes that way too.
 */
export const chain: Row = {
  name: "chain",
  run: (rounds) =>
    inWorkshop(async (workshop) => {
      await upByRawApi(workshop);
      await upBySvc(workshop);
      const measured = await interleave(
        rounds(6),
        [
          { name: floor, once: () => backByRawApi(workshop) },
          { name: svc, once: () => backBySvc(workshop) },
        ],
        () => new Promise((resolve) => setTimeout(resolve, settleMs)),
      );
      return [
        {
          work: "a chain of 5 links, its first killed: until all five are back",
          unit: "ms",
          ...measured,
          goals: [{ of: floor, atMost: 1.1 }],
        },
      ];
    }),
};

const rawName = ({ host }: Workshop, link: number): string => host.name(`raw-${link}`);
const body = ["sh", "-c", "trap 'exit 0' TERM; sleep 3600 & wait"];

async function upBySvc({ host, events }: Workshop): Promise<void> {
  for (const link of links) {
    const to = link === 0 ? {} : { links: [`${host.name(`link-${link - 1}`)}:before`] };
    await host.unit(`link-${link}`, { command: body, ready: { after: "0s" }, respawn_limit: "100 in 2s", ...to });
  }
  const up = events.last(
    "start",
    links.map((link) => host.name(`link-${link}`)),
  );
  await host.startDaemon();
  await up;
}

async function backBySvc(workshop: Workshop): Promise<number> {
  const { host, events } = workshop;
  const back = events.last(
    "start",
    links.map((link) => host.name(`link-${link}`)),
  );
  const died = await killed(workshop, host.name("link-0"));
  return (await back) - died;
}

async function upByRawApi(workshop: Workshop): Promise<void> {
  for (const link of links) await launch(workshop, link);
}

async function launch(workshop: Workshop, link: number): Promise<void> {
  const { host, raw } = workshop;
  const linked = link === 0 ? {} : { Links: [`${rawName(workshop, link - 1)}:before`] };
  const HostConfig = { AutoRemove: true, ...linked };
  await raw.create(rawName(workshop, link), { Image: host.engine.image, Cmd: body, HostConfig });
  await raw.start(rawName(workshop, link));
}

async function backByRawApi(workshop: Workshop): Promise<number> {
  const { raw, events } = workshop;
  const back = events.last(
    "start",
    links.map((link) => rawName(workshop, link)),
  );
  const gone = links.map((link) => raw.removed(rawName(workshop, link)));
  const died = await killed(workshop, rawName(workshop, 0));
  await gone[0];
  await launch(workshop, 0);
  for (const link of [...links.slice(1)].reverse()) {
    const ended = events.next("die", rawName(workshop, link));
    await raw.signal(rawName(workshop, link), "TERM");
    await ended;
  }
  for (const link of links.slice(1)) {
    await gone[link];
    await launch(workshop, link);
  }
  return (await back) - died;
}

async function killed({ raw, events }: Workshop, container: string): Promise<number> {
  const { State } = (await raw.get(`/containers/${container}/json`)) as { State: { Pid: number } };
  const died = events.next("die", container);
  process.kill(State.Pid, "SIGKILL");
  return died;
}
