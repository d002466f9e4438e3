import { expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { containerOf } from "../../src/daemon/labels.ts";
import { Supervisor } from "../../src/daemon/supervisor.ts";
import { lookAtChecks } from "../../src/daemon/why/look-at-checks.ts";
import { dockerEngine } from "../../src/engine/docker/docker-engine.ts";
import { stateOf } from "../../src/plan/world.ts";
import { unit } from "../support/build.ts";
import { engineAndFolder } from "../support/engine-and-folder.ts";

const here = engineAndFolder();

test("what is known of a unit's health is not set back by an older look at its checks", async () => {
  const docker = dockerEngine();
  const name = `${here.real.prefix}-slow`;
  const health = ["--health-cmd", "true", "--health-interval", "1h"];
  await here.real.docker("run", "-d", "--name", name, ...health, here.real.image, "sleep", "600");
  const detail = await docker.inspect(name);
  if (!detail) throw new Error("it is not there");
  expect(detail.health).toBe("starting");

  const clock = systemClock();
  const supervisor = new Supervisor(clock, () => new Promise(() => undefined));
  const container = containerOf(detail, { startedAt: clock.now(), watchedSince: clock.now(), adopted: true });
  supervisor.tell({ fact: "units-read", units: new Map([[name, unit(name)]]) });
  supervisor.tell({ fact: "listed", containers: new Map([[name, { container, exit: null }]]) });
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const engine: typeof docker = {
    ...docker,
    async inspect(id) {
      const found = await docker.inspect(id);
      await released;
      return found;
    },
  };
  const looked = lookAtChecks({ supervisor, engine, clock });
  supervisor.tell({ fact: "health", unit: name, id: detail.id, health: "healthy", lastCheck: null });
  release();
  await looked;
  expect(stateOf(supervisor.world, name).container?.health).toBe("healthy");
});
