import { existsSync } from "node:fs";
import { join } from "node:path";
import { must } from "../../support/real-engine.ts";
import { Absent } from "../rounds.ts";
import type { Workshop } from "../workshop.ts";
import { type Commander, type Fleet, idle, type Prepared } from "./fleet.ts";

/** On the default bridge, as the others: a network of its own costs a start some 90 ms more. */
function fleetByCompose(name: string, program: string): Commander {
  return {
    name,
    prepare: (workshop, fleet) => prepare(workshop, fleet, { project: name.replaceAll(/\W/g, ""), program }),
  };
}

async function prepare(
  { host }: Workshop,
  fleet: Fleet,
  { project, program }: { readonly project: string; readonly program: string },
): Promise<Prepared> {
  if (!existsSync(program)) throw new Absent("not installed");
  const full = (short: string): string => `${host.engine.prefix}-${project}-${short}`;
  const services = [...fleet].map(([short, depends_on]) => [
    short,
    {
      image: host.engine.image,
      container_name: full(short),
      // `$` is compose's own.
      command: idle.map((word) => word.replaceAll("$", "$$$$")),
      network_mode: "bridge",
      depends_on,
    },
  ]);
  await host.write(`${project}.yml`, JSON.stringify({ services: Object.fromEntries(services) }));
  const compose = (...args: string[]): Promise<string> =>
    must(program, ["-p", `${host.engine.prefix}${project}`, "-f", join(host.folder, `${project}.yml`), ...args]);
  return {
    containers: [...fleet.keys()].map(full),
    up: () => compose("up", "-d"),
    down: () => compose("down", "-t", "2"),
  };
}

export const fleetByCompose1 = fleetByCompose("compose 1.29", "/usr/bin/docker-compose");
export const fleetByCompose2 = fleetByCompose(
  "compose 2",
  "/var/cache/svc-bench/usr/libexec/docker/cli-plugins/docker-compose",
);
