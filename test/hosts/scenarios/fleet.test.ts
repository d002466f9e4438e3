import { expect } from "vitest";
import { aFleet } from "../fleet.ts";
import { scenario, timed } from "../scenario.ts";

/** svc deploy over three hosts by ssh, with a registry. After each scenario all hosts are well, or the report says which are not. */
const fleet = aFleet();

scenario(
  "svc deploy to three hosts by ssh, with a task",
  { survives: "all units of all hosts are on the new tag, REVERT is the old one; the task ran once" },
  async (told) => {
    await fleet.begin();
    const took = await timed(async () => {
      const ran = await fleet.deploy("v2", "--tasks", "migrate");
      expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: "migrates v2\nantisocial is on v2\n" });
    });
    told.fault(took);
    await fleet.are("v2 v1");
    expect(await fleet.migrated()).toEqual(["v2"]);
    expect(await fleet.hosts.two.sh("svc deploys antisocial")).toMatch(/v1 -> v2 {2}[0-9a-f]{12} {2}done /);
  },
);
