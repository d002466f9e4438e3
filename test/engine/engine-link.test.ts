import { expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { linkEngine } from "../../src/daemon/engine-link.ts";
import { openFiles } from "../../src/daemon/open-files.ts";
import { exitRecords } from "../../src/daemon/output/exit-records.ts";
import { keepRuns } from "../../src/daemon/runs.ts";
import { keepUncut } from "../../src/daemon/uncut.ts";
import { dockerEngine } from "../../src/engine/docker/docker-engine.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { Fact } from "../../src/plan/fact.ts";
import { observe } from "../../src/plan/observe.ts";
import { emptyWorld, stateOf, type World } from "../../src/plan/world.ts";
import { container, unit } from "../support/build.ts";
import { engineAndFolder } from "../support/engine-and-folder.ts";
import { until } from "../support/until.ts";

const here = engineAndFolder();

const quiet = { info: () => undefined, warn: () => undefined };

/** A link to that engine, and the world that it keeps, of units of these names. */
async function linkTo(engine: Engine, ...names: readonly string[]) {
  const clock = systemClock();
  const units = new Map(names.map((name) => [name, unit(name)]));
  let world: World = observe(emptyWorld, { fact: "units-read", units }, clock.now());
  const tell = (...facts: readonly Fact[]): void => {
    for (const fact of facts) world = observe(world, fact, clock.now());
  };
  const records = await exitRecords(here.folder);
  const runs = keepRuns({
    engine,
    clock,
    logFolder: here.folder,
    records,
    files: openFiles(),
    warn: quiet.warn,
    count: keepUncut().count,
    afterEnd: async () => undefined,
  });
  const link = linkEngine({
    engine,
    clock,
    runs,
    boot: "",
    world: () => world,
    tell,
    beside: () => [],
    onFirstList: () => undefined,
    log: quiet,
  });
  return { clock, link, runs, records, tell, world: () => world };
}

test("a unit that is written and started while a list is made keeps its container", async () => {
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
  const { clock, link, runs, tell, world } = await linkTo(engine, older);
  try {
    link.open();
    await until(() => world().engine.state === "up");
    // Somebody takes the older unit's name: a second list is made.
    await here.real.docker("create", "--name", older, here.real.image, "true");
    await until(() => lists === 2);
    const units = new Map([older, younger].map((name) => [name, unit(name)]));
    tell({ fact: "units-read", units });
    const made = container(`${younger}.1`, { startedAt: clock.now(), watchedSince: clock.now() });
    tell({ fact: "appeared", unit: younger, container: made });
    release();
    await until(() => stateOf(world(), older).container !== null);
    expect(stateOf(world(), younger).container).toEqual({ ...made, lastCheck: null });
  } finally {
    release();
    link.close();
    await runs.close();
  }
});

test("an end that is still looked at when the link is closed is left to the next program, as if it had come later", async () => {
  const docker = dockerEngine();
  const name = `${here.real.prefix}-ends`;
  await here.real.docker("run", "-d", "--name", name, "--label", `svc.unit=${name}`, here.real.image, "sleep", "600");
  const { promise: looked, resolve: look } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const engine: typeof docker = {
    ...docker,
    async inspect(id) {
      const detail = await docker.inspect(id);
      if (detail?.state !== "exited") return detail;
      look();
      await released;
      return detail;
    },
  };
  const { link, runs, records, world } = await linkTo(engine, name);
  link.open();
  await until(() => stateOf(world(), name).container);
  const before = world();
  await here.real.docker("kill", name);
  await looked;
  link.close();
  release();
  await new Promise(setImmediate);
  await runs.close();
  expect(world()).toBe(before);
  expect(records.last(name)).toBeNull();
});
