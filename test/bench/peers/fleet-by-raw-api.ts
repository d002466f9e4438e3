import { turns } from "../../../src/daemon/turns.ts";
import type { Workshop } from "../workshop.ts";
import { type Commander, type Fleet, idle, type Prepared } from "./fleet.ts";

/** The calls to the engine alone, each as soon as the order allows it, so many at once. */
export function fleetByRawApi(name: string, atOnce: number, network = "default"): Commander {
  return { name, prepare: async (workshop, fleet) => prepare(workshop, fleet, { atOnce, network }) };
}

function prepare(
  { host, raw, events }: Workshop,
  fleet: Fleet,
  { atOnce, network }: { readonly atOnce: number; readonly network: string },
): Prepared {
  const full = (short: string): string => `${host.engine.prefix}-raw-${short}`;
  const body = { Image: host.engine.image, Cmd: idle, HostConfig: { AutoRemove: true, NetworkMode: network } };
  const places = turns(atOnce);
  return {
    containers: [...fleet.keys()].map(full),
    up: () =>
      inOrder(fleet, async (short) => {
        const leave = await places.take();
        await raw.create(full(short), body);
        await raw.start(full(short));
        leave();
      }),
    down: () =>
      inOrder(reversed(fleet), async (short) => {
        const leave = await places.take();
        const died = events.next("die", full(short));
        await raw.signal(full(short), "TERM");
        await died;
        leave();
      }),
  };
}

/** Does the work for each once it is done for all that it needs. */
function inOrder(
  fleet: ReadonlyMap<string, readonly string[]>,
  work: (name: string) => Promise<void>,
): Promise<unknown> {
  const done = new Map<string, Promise<void>>();
  for (const [name, needs] of fleet) {
    done.set(
      name,
      Promise.all(needs.map((need) => done.get(need))).then(() => work(name)),
    );
  }
  return Promise.all(done.values());
}

function reversed(fleet: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const names = [...fleet.keys()].reverse();
  return new Map(names.map((name) => [name, names.filter((other) => fleet.get(other)?.includes(name))]));
}
