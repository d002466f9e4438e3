import { expect } from "vitest";
import type { Ran } from "../../support/real-engine.ts";
import { until } from "../../support/until.ts";
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

scenario(
  "its task fails, on a fleet",
  { survives: "no host is touched, TAG, REVERT and containers are as before (exit 11); no lock is left" },
  async (told) => {
    await fleet.begin();
    const before = await containers();
    const ran = await fleet.deploy("bad-migrate", "--tasks", "migrate");
    told.fault();
    expect(ran, ran.stderr).toMatchObject({ code: 11, stdout: "no such column\n" });
    expect(ran.stderr).toContain("migrate ended with 9 on one; no host was touched");
    await fleet.are("v1 v0");
    expect(await containers()).toEqual(before);
    expect(await fleet.hosts.two.sh("svc deploys")).toBe("nothing was deployed here yet\n");
    await fleet.areUnlocked();
  },
);

scenario(
  "the new tag never becomes ready on the second of three hosts",
  { survives: "both go back, newest first, REVERT is what it was; the third is not touched; its last lines are shown" },
  async (told) => {
    await fleet.begin();
    const { three } = await containers();
    const ran = await fleet.deploy("bad-on-two", "--tasks", "migrate");
    expect(ran, ran.stderr).toMatchObject({ code: 10 });
    expect(ran.stderr).toContain("two: | no cache at two");
    expect(ran.stderr).toContain("two: antisocial: not ready within 20 s");
    expect(ran.stderr).toContain("every host is on the old tag again");
    expect(ran.stderr.match(/(?<=\n)\w+(?=: gets the old tag back)/g)).toEqual(["two", "one"]);
    told.fault(await timed(() => fleet.are("v1 v0")));
    expect((await containers()).three).toEqual(three);
    expect(await results(idOf(ran.stderr))).toEqual(["reverted", "reverted", "none"]);
    await fleet.areUnlocked();
  },
);

scenario(
  "kill -9 of the deployer in the middle of the second host, then svc deploy --resume",
  {
    survives: "that host goes on by itself, no lock is left; the task is not done again; all hosts end on the new tag",
  },
  async (told) => {
    await fleet.begin();
    const deployer = fleet.deployer("slow", "--tasks", "migrate");
    const id = await deployer.id();
    await fleet.hasTag("two", "slow");
    await deployer.kill("KILL");
    expect(await deployer.ended).toMatchObject({ code: 137 });
    await fleet.areUnlocked();
    await fleet.is("two", "slow v1");
    await until(async () => (await fleet.record("two", id))?.result === "done");
    await fleet.is("three", "v1 v0");
    const took = await timed(async () => {
      const resumed = await fleet.deploy("slow", "--tasks", "migrate", "--resume", id);
      expect(resumed, resumed.stderr).toMatchObject({ code: 0 });
      expect(resumed.stderr).toContain("one: migrate was done before");
    });
    told.fault(took);
    await fleet.are("slow v1");
    expect(await fleet.migrated()).toEqual(["slow"]);
    expect(await results(id)).toEqual(["done", "done", "done"]);
  },
);

scenario(
  "kill -9 of the deployer while the task runs, then svc deploy --resume at once",
  { survives: "the task never runs twice at once; all hosts end on the new tag" },
  async (told) => {
    await fleet.begin();
    const deployer = fleet.deployer("slow-migrate", "--tasks", "migrate");
    const id = await deployer.id();
    await until(async () => (await deployer.said()).includes("one: runs migrate"));
    await until(async () => (await fleet.tasks()).length === 1);
    await deployer.kill("KILL");
    await deployer.ended;
    const resumed = fleet.deployer("slow-migrate", "--tasks", "migrate", "--resume", id);
    let most = 0;
    let ended = false;
    const end = resumed.ended.finally(() => {
      ended = true;
    });
    while (!ended) most = Math.max(most, (await fleet.tasks()).length);
    const ran = await end;
    told.fault();
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(most).toBe(1);
    await fleet.are("slow-migrate v1");
  },
);

scenario(
  "every ssh session of a host is killed in the middle of its switch",
  {
    survives:
      "the job goes on there, the deployer takes its lock again and is told how it went; all hosts end on the new tag",
  },
  async (told) => {
    await fleet.begin();
    const deployer = fleet.deployer("slow");
    await fleet.hasTag("two", "slow");
    const before = Date.now();
    await fleet.cutSessions("two");
    await fleet.isLocked("two");
    const ran = await deployer.ended;
    told.fault(Date.now() - before);
    await isDone(ran);
  },
);

scenario(
  "a host cannot be reached any more in the middle of its switch: sessions killed, sshd stopped; then it can, and --resume",
  {
    survives:
      "the others go back, and the report names that host (exit 12); its job goes on; --resume takes all to the new tag",
  },
  async (told) => {
    await fleet.begin();
    const deployer = fleet.deployer("slow");
    const id = await deployer.id();
    await fleet.hasTag("two", "slow");
    await fleet.hosts.two.sh("systemctl stop ssh");
    await fleet.cutSessions("two");
    const ran = await deployer.ended;
    expect(ran, ran.stderr).toMatchObject({ code: 12 });
    expect(ran.stderr).toContain("the old tag could not be put back: two: two cannot be reached");
    await fleet.is("one", "v1 v0");
    await fleet.is("two", "slow v1");
    await fleet.is("three", "v1 v0");
    await fleet.hosts.two.sh("systemctl start ssh");
    const took = await timed(async () => {
      const resumed = await fleet.deploy("slow", "--resume", id);
      expect(resumed, resumed.stderr).toMatchObject({ code: 0 });
    });
    told.fault(took);
    await fleet.are("slow v1");
    expect(await results(id)).toEqual(["done", "done", "done"]);
  },
);

scenario(
  "a host cannot be reached for ten seconds in the middle of its switch",
  { survives: "its job goes on there, the deployer asks again and is told how it went; all hosts end on the new tag" },
  async (told) => {
    await fleet.begin();
    const deployer = fleet.deployer("slow");
    await fleet.hasTag("two", "slow");
    await fleet.hosts.two.sh("systemctl stop ssh");
    await fleet.cutSessions("two");
    const before = Date.now();
    await until(async () => (await deployer.said()).includes("it is asked again for 22 s"));
    await until(() => Date.now() - before > 10_000);
    await fleet.hosts.two.sh("systemctl start ssh");
    const ran = await deployer.ended;
    told.fault(Date.now() - before);
    await isDone(ran);
  },
);

scenario(
  "two deployers at once on a fleet",
  {
    survives:
      "the second is refused (exit 3) and told who has the lock, since when and why; the first is not disturbed",
  },
  async (told) => {
    await fleet.begin();
    const first = fleet.deployer("slow");
    await fleet.hasTag("one", "slow");
    const second = await fleet.deploy("v2");
    told.fault();
    expect(second, second.stderr).toMatchObject({ code: 3 });
    for (const name of ["one", "two", "three"]) {
      expect(second.stderr).toMatch(
        new RegExp(`${name}: locked by root@\\w+ since 20\\d\\d-[\\d:.T-]+Z: deploys slow`),
      );
    }
    const ran = await first.ended;
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    await fleet.are("slow v1");
    expect((await fleet.hosts.one.ask("deploys", {})).map(({ to }) => to)).toEqual(["slow"]);
    await fleet.areUnlocked();
  },
);

scenario(
  "a host loses its power in the middle of its switch, and boots",
  {
    survives:
      "the others go back, the report names that host (exit 12); it boots with one tag, and svc revert there makes all alike",
  },
  async (told) => {
    await fleet.begin();
    const deployer = fleet.deployer("slow");
    const id = await deployer.id();
    await fleet.hasTag("two", "slow");
    await fleet.hosts.two.powerCut();
    const took = await timed(async () => {
      const ran = await deployer.ended;
      expect(ran, ran.stderr).toMatchObject({ code: 12 });
      expect(ran.stderr).toContain("the old tag could not be put back: two: two cannot be reached");
      expect(ran.stderr).toContain("svc revert antisocial");
    });
    told.fault(took);
    await fleet.is("one", "v1 v0");
    await fleet.is("three", "v1 v0");
    await fleet.hosts.two.powerOn();
    await fleet.findEachOther();
    await fleet.is("two", "slow v1");
    expect(await fleet.record("two", id)).toMatchObject({ result: "running", from: "v1", to: "slow" });
    await fleet.hosts.one.sh("ssh -T two svc revert antisocial --min-healthy 1s");
    await fleet.is("two", "v1 v1");
    await fleet.areUnlocked();
    const again = await fleet.deploy("v2");
    expect(again, again.stderr).toMatchObject({ code: 0 });
    await fleet.are("v2 v1");
  },
);

scenario(
  "svc revert on every host of a fleet, by ssh",
  { survives: "all are on the tag that REVERT says; a second time it is refused" },
  async (told) => {
    await fleet.begin();
    expect(await fleet.deploy("v2")).toMatchObject({ code: 0 });
    const took = await timed(async () => {
      await fleet.hosts.one.sh("svc revert antisocial --hosts one,two,three --min-healthy 1s");
    });
    told.fault(took);
    await fleet.are("v1 v1");
    const again = await fleet.hosts.one.tries("svc revert antisocial --hosts one,two,three");
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("antisocial is on v1 already, which is what REVERT says");
  },
);

scenario(
  "the registry answers 500, refuses, and comes back",
  {
    survives:
      "each host tries five times, longer and longer apart; away for good: nothing is touched (exit 11); back in time: done",
  },
  async (told) => {
    await fleet.begin();
    const before = await containers();
    for (const manner of ["fails", "refuses"] as const) {
      await fleet.registry.behaves(manner);
      const took = await timed(async () => {
        const ran = await fleet.deploy("never-pulled");
        expect(ran, ran.stderr).toMatchObject({ code: 11 });
        expect(ran.stderr.match(/two: cannot pull .*; tries again/g)).toHaveLength(4);
        expect(ran.stderr).toMatch(/, 5 times; no host was touched/);
      });
      told.fault();
      expect(took).toBeGreaterThan(15_000);
      expect(await containers()).toEqual(before);
    }
    await fleet.registry.behaves("fails");
    const deployer = fleet.deployer("never-pulled");
    await until(async () => (await deployer.said()).match(/two: cannot pull/g)?.length === 3);
    await fleet.registry.behaves("well");
    told.fault();
    const ran = await deployer.ended;
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    await fleet.are("never-pulled v1");
  },
);

/** A deploy of `slow` that went well for all that was done to it. */
async function isDone(ran: Ran): Promise<void> {
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  await fleet.are("slow v1");
  expect(await results(idOf(ran.stderr))).toEqual(["done", "done", "done"]);
  await fleet.areUnlocked();
}

const idOf = (said: string): string => /^deploy (\S+)\n/.exec(said)?.[1] ?? "";

/** What the journals of the hosts say of that deploy. */
async function results(id: string): Promise<readonly string[]> {
  const hosts = ["one", "two", "three"] as const;
  return Promise.all(hosts.map(async (name) => (await fleet.record(name, id))?.result ?? "none"));
}

async function containers() {
  const { one, two, three } = fleet.hosts;
  return { one: await one.containers(), two: await two.containers(), three: await three.containers() };
}
