import { expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { linkEngine } from "../../src/daemon/engine-link.ts";
import { openFiles } from "../../src/daemon/open-files.ts";
import { exitRecords } from "../../src/daemon/output/exit-records.ts";
import { keepRuns } from "../../src/daemon/runs.ts";
import { dockerEngine } from "../../src/engine/docker/docker-engine.ts";
import { observe } from "../../src/plan/observe.ts";
import { emptyWorld, stateOf, type World } from "../../src/plan/world.ts";
import { container, unit } from "../support/build.ts";
import { engineAndFolder } from "../support/engine-and-folder.ts";
import { until } from "../support/until.ts";

const here = engineAndFolder();

test("a unit that is written and started while a list is made keeps its container", async () => {
  const clock = systemClock();
  const docker = dockerEngine();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let lists = 0;
  const engine: typeof docker = {
    ...docker,
    async list() {
      const all = await docker.list();
      if (++lists === 2) await released;
      return all;
    },
  };
  const [older, younger] = [`${here.real.prefix}-older`, `${here.real.prefix}-younger`];
  let world: World = observe(emptyWorld, { fact: "units-read", units: new Map([[older, unit(older)]]) }, clock.now());
  const quiet = { info: () => undefined, warn: () => undefined };
  const records = await exitRecords(here.folder);
  const runs = keepRuns({
    engine,
    clock,
    logFolder: here.folder,
    records,
    files: openFiles(),
    warn: quiet.warn,
    afterEnd: async () => undefined,
  });
  const link = linkEngine({
    engine,
    clock,
    runs,
    boot: "",
    world: () => world,
    tell(...facts) {
      for (const fact of facts) world = observe(world, fact, clock.now());
    },
    beside: () => [],
    onFirstList: () => undefined,
    log: quiet,
  });
  try {
    link.open();
    await until(() => world.engine.state === "up");
    // Somebody takes the older unit's name: a second list is made.
    await here.real.docker("create", "--name", older, here.real.image, "true");
    await until(() => lists === 2);
    const units = new Map([older, younger].map((name) => [name, unit(name)]));
    world = observe(world, { fact: "units-read", units }, clock.now());
    const made = container(`${younger}.1`, { startedAt: clock.now(), watchedSince: clock.now() });
    world = observe(world, { fact: "appeared", unit: younger, container: made }, clock.now());
    release();
    await until(() => stateOf(world, older).container !== null);
    expect(stateOf(world, younger).container).toMatchObject(made);
  } finally {
    release();
    link.close();
    await runs.close();
  }
});
