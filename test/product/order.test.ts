import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { program } from "../support/program.ts";
import { tmux } from "../support/tmux.ts";

/** What starts and stops before what: supervision.md B01 to B10, B12 to B14. */
let host: Host;

beforeAll(async () => {
  host = await makeHost();
  await host.startDaemon();
});
afterAll(() => host?.cleanup());

/** When the unit's container started, in nanoseconds as text that sorts. */
const startedAt = (unit: string): Promise<string> => host.inspect(unit, "{{.State.StartedAt}}");

/** When its last run began and ended, by the engine's clock. */
async function lastRun(unit: string): Promise<{ startedAt: string; endedAt: string; by: string }> {
  const runs = await host.ask("history", { unit: unit.replaceAll("PREFIX", host.engine.prefix) });
  const { startedAt, endedAt, by } = runs.at(-1) ?? { startedAt: "", endedAt: "", by: "" };
  return { startedAt: startedAt ?? "", endedAt, by };
}

const phases = async (...units: string[]): Promise<readonly string[]> => {
  const all = await host.ask("list", {});
  return units.map((unit) => all.find((one) => one.name === host.name(unit))?.phase ?? "none");
};

describe.concurrent("order", () => {
  test("B01 B02 what is needed starts first, and --prune stops it with the last that needed it, after that", async () => {
    await host.unit("shared");
    await host.unit("one", { depends_on: ["PREFIX-shared"] });
    await host.unit("two", { depends_on: ["PREFIX-shared"] });
    expect((await host.svc("start", "PREFIX-one")).code).toBe(0);
    expect(await host.reaches("PREFIX-shared", { phase: "up" })).toMatchObject({ wantedBy: host.name("one") });
    expect((await startedAt("PREFIX-shared")) < (await startedAt("PREFIX-one"))).toBe(true);
    expect((await host.svc("start", "PREFIX-two")).code).toBe(0);
    expect((await host.svc("stop", "--prune", "PREFIX-one")).code).toBe(0);
    expect(await phases("shared", "one", "two")).toEqual(["up", "down", "up"]);
    expect((await host.svc("stop", "--prune", "PREFIX-two")).code).toBe(0);
    expect(await phases("shared", "two")).toEqual(["down", "down"]);
    expect((await lastRun("PREFIX-two")).endedAt < (await lastRun("PREFIX-shared")).endedAt).toBe(true);
  });

  test("B03 a chain of five starts in order and stops in exactly the reverse", async () => {
    const chain = ["c1", "c2", "c3", "c4", "c5"];
    for (const [at, name] of chain.entries()) {
      await host.unit(name, at === 0 ? {} : { depends_on: [`PREFIX-${chain[at - 1]}`] });
    }
    expect((await host.svc("start", "PREFIX-c5")).code).toBe(0);
    const starts = await Promise.all(chain.map((name) => startedAt(`PREFIX-${name}`)));
    expect(starts).toEqual([...starts].sort());
    expect(new Set(starts).size).toBe(5);
    expect((await host.svc("stop", "PREFIX-c1", "--with-dependents")).code).toBe(0);
    const runs = await Promise.all(chain.map((name) => lastRun(`PREFIX-${name}`)));
    const ends = runs.map((run) => run.endedAt);
    expect(ends).toEqual([...ends].sort().reverse());
    expect(runs.map((run) => run.by)).toEqual(["asked", "asked", "asked", "asked", "asked"]);
  });

  test("B04 a stop of what others need is refused with exit 3, unless it is told what to do with them", async () => {
    await host.unit("base");
    await host.unit("mid", { depends_on: ["PREFIX-base"] });
    await host.unit("top", { depends_on: ["PREFIX-mid"] });
    await host.svc("start", "PREFIX-top");
    const ids = await Promise.all(["base", "mid", "top"].map((name) => host.inspect(`PREFIX-${name}`, "{{.Id}}")));
    const refused = await host.svc("stop", "PREFIX-base");
    expect(refused).toEqual({
      code: 3,
      stdout: "",
      stderr: `svc: ${host.name("mid")}, ${host.name("top")} need ${host.name("base")}\nhint: stop them too:  svc stop ${host.name("base")} --with-dependents   (or leave them running: --only)\n`,
    });
    expect(await Promise.all(["base", "mid", "top"].map((name) => host.inspect(`PREFIX-${name}`, "{{.Id}}")))).toEqual(
      ids,
    );
    expect((await host.svc("stop", "PREFIX-base", "--only")).code).toBe(0);
    await host.reaches("PREFIX-mid", { phase: "degraded", container: ids[1] ?? "" });
    expect(await phases("base", "top")).toEqual(["down", "up"]);
    expect((await host.svc("start", "PREFIX-base")).code).toBe(0);
    await host.reaches("PREFIX-mid", { phase: "up", container: ids[1] ?? "" });
    expect((await host.svc("stop", "PREFIX-base", "--with-dependents")).code).toBe(0);
    expect(await phases("base", "mid", "top")).toEqual(["down", "down", "down"]);
  });

  test("B04 on a terminal it asks: Ctrl-C and Ctrl-D are no, and y stops all of them", async () => {
    await host.unit("floor");
    await host.unit("roof", { depends_on: ["PREFIX-floor"] });
    await host.svc("start", "PREFIX-roof");
    const terminal = await tmux(host.name("asked"), host.env);
    const stop = `${program} stop ${host.name("floor")}; echo "code $?"`;
    const isAsked = async (): Promise<void> => {
      await terminal.press("clear", "Enter");
      await terminal.shows(/^[#$]\s*$/);
      await terminal.press(stop, "Enter");
      await terminal.shows(/\[y\/N\]/);
    };
    try {
      for (const key of ["C-c", "C-d"]) {
        await isAsked();
        await terminal.press(key);
        await terminal.shows(/code 3/);
      }
      expect(await phases("floor", "roof")).toEqual(["up", "up"]);
      await isAsked();
      await terminal.press("y", "Enter");
      await terminal.shows(/code 0/);
    } finally {
      await terminal.close();
    }
    expect(await phases("floor", "roof")).toEqual(["down", "down"]);
  });

  test("B05 one that is wanted may fail; a task that must be done must end with 0", async () => {
    await host.unit("broken", { command: ["/no/such/program"] });
    await host.unit("tolerant", { wants: ["PREFIX-broken"] });
    await host.unit("bad-task", { type: "task", respawn: false, command: ["sh", "-c", "exit 1"] });
    await host.unit("good-task", { type: "task", command: ["true"] });
    const done = "service_completed_successfully";
    await host.unit("after-bad", { depends_on: { "PREFIX-bad-task": { condition: done } } });
    await host.unit("after-good", { depends_on: { "PREFIX-good-task": { condition: done } } });
    expect((await host.svc("start", "PREFIX-tolerant")).code).toBe(0);
    const after = await host.svc("start", "PREFIX-after-bad", "PREFIX-after-good");
    expect(after.code).toBe(1);
    expect(after.stderr).toContain(`it needs ${host.name("bad-task")}, which failed: exit 1`);
    expect(await phases("after-good", "good-task", "bad-task", "after-bad")).toEqual([
      "up",
      "done",
      "failed",
      "waiting",
    ]);
    expect(await host.inspect("PREFIX-good-task", "{{.Id}}")).toBe("");
  });

  test("B06 one that must be done first is stopped while it runs: what needs it does not start", async () => {
    await host.unit("first", { type: "task", command: ["sleep", "600"] });
    await host.unit("second", { depends_on: { "PREFIX-first": { condition: "service_completed_successfully" } } });
    const started = host.svc("start", "PREFIX-second");
    await host.reaches("PREFIX-first", { phase: "up" });
    expect((await host.svc("stop", "PREFIX-first", "--only")).code).toBe(0);
    const { code, stderr } = await started;
    expect([code, stderr]).toEqual([1, expect.stringContaining(`it needs ${host.name("first")}, which is down`)]);
    expect(await phases("first", "second")).toEqual(["down", "waiting"]);
    expect(await host.inspect("PREFIX-second", "{{.Id}}")).toBe("");
    await host.svc("stop", "PREFIX-second");
  });

  test("many are started, and stopped at once: what had not begun is not begun any more", async () => {
    const many = Array.from({ length: 30 }, (_, index) => `many-${index}`);
    await Promise.all(many.map((short) => host.unit(short)));
    const names = many.map((short) => host.name(short));
    expect((await host.ask("start", { names, wait: false })).ok).toBe(true);
    expect((await host.ask("stop", { names })).ok).toBe(true);
    const runs = await Promise.all(names.map((unit) => host.ask("history", { unit })));
    expect(runs.filter((each) => each.length > 0).length).toBeLessThan(20);
    expect((await host.engine.docker("ps", "-aq", "--filter", `name=${host.name("many-")}`)).stdout).toBe("");
    expect(new Set(await phases(...many))).toEqual(new Set(["down"]));
  });

  test("B07 a cycle is named with its path, and no other unit is affected", async () => {
    await host.unit("b", { depends_on: ["PREFIX-d"] });
    await host.unit("d", { depends_on: ["PREFIX-e"] });
    await host.unit("e", { depends_on: ["PREFIX-b"] });
    await host.unit("free");
    const [b, d, e] = ["b", "d", "e"].map((name) => host.name(name));
    const started = await host.svc("start", "PREFIX-free", "PREFIX-b");
    expect(started.code).toBe(2);
    expect(started.stderr).toContain(`it needs itself: ${b} -> ${d} -> ${e} -> ${b}`);
    expect(await phases("free", "b")).toEqual(["down", "invalid"]);
    expect((await host.svc("start", "PREFIX-free")).code).toBe(0);
    const checked = await host.svc("check");
    expect(checked.code).toBe(2);
    expect(checked.stdout).toContain(`${b} -> ${d} -> ${e} -> ${b}`);
  });

  test("B08 before and a need that goes a longer way are no cycle", async () => {
    await host.unit("x", { before: ["PREFIX-z"] });
    await host.unit("y", { depends_on: ["PREFIX-x"] });
    await host.unit("z", { depends_on: ["PREFIX-y"] });
    expect((await host.svc("start", "PREFIX-z")).code).toBe(0);
    const starts = await Promise.all(["x", "y", "z"].map((name) => startedAt(`PREFIX-${name}`)));
    expect(starts).toEqual([...starts].sort());
  });

  test("B09 several names are one transaction, in whatever order they are given", async () => {
    await host.unit("leader");
    await host.unit("follower", { depends_on: ["PREFIX-leader"] });
    const bogus = await host.svc("start", "PREFIX-follower", "PREFIX-no-such-unit", "PREFIX-leader");
    expect(bogus.code).toBe(2);
    expect(await phases("leader", "follower")).toEqual(["down", "down"]);
    expect((await host.svc("start", "PREFIX-follower", "PREFIX-leader")).code).toBe(0);
    expect((await startedAt("PREFIX-leader")) < (await startedAt("PREFIX-follower"))).toBe(true);
  });

  test("B10 units that exclude each other are not started together, nor beside each other", async () => {
    await host.unit("red", { conflicts: ["PREFIX-blue"] });
    await host.unit("blue");
    expect((await host.svc("start", "PREFIX-blue", "PREFIX-red")).code).toBe(3);
    expect(await phases("red", "blue")).toEqual(["down", "down"]);
    expect((await host.svc("start", "PREFIX-red")).code).toBe(0);
    const refused = await host.svc("start", "PREFIX-blue");
    expect({ code: refused.code, says: refused.stderr.includes("exclude each other") }).toEqual({
      code: 3,
      says: true,
    });
    expect(await phases("red", "blue")).toEqual(["up", "down"]);
  });

  test("B12 --no-deps starts a unit and leaves what it needs as it is", async () => {
    await host.unit("slow", { ready: { after: "10m" } });
    await host.unit("hasty", { depends_on: ["PREFIX-slow"] });
    expect((await host.svc("start", "PREFIX-hasty", "--no-deps")).code).toBe(0);
    expect(await phases("slow", "hasty")).toEqual(["down", "degraded"]);
  });

  test("B13 what is needed ends before it is ready: exit 1, and it is named", async () => {
    await host.unit("dies", { ready: { after: "20s" }, command: ["sh", "-c", "exit 3"] });
    await host.unit("needs-it", { depends_on: ["PREFIX-dies"] });
    const started = await host.svc("start", "PREFIX-needs-it");
    expect(started.code).toBe(1);
    expect(started.stderr).toContain(`it needs ${host.name("dies")}, which keeps failing: exit 3`);
    expect(await host.inspect("PREFIX-needs-it", "{{.Id}}")).toBe("");
    await host.svc("stop", "PREFIX-dies", "PREFIX-needs-it");
  });

  test("B14 after alone starts nothing, and orders what starts together", async () => {
    await host.unit("early", { ready: { after: "1s" } });
    await host.unit("late", { after: ["PREFIX-early"] });
    expect((await host.svc("start", "PREFIX-late")).code).toBe(0);
    expect(await phases("early", "late")).toEqual(["down", "up"]);
    await host.svc("stop", "PREFIX-late");
    expect((await host.svc("start", "PREFIX-late", "PREFIX-early")).code).toBe(0);
    expect((await startedAt("PREFIX-early")) < (await startedAt("PREFIX-late"))).toBe(true);
  });

  test("what does not need each other starts in parallel", async () => {
    for (const chain of ["left", "right"]) {
      await host.unit(`${chain}1`, { ready: { after: "2s" } });
      await host.unit(`${chain}2`, { depends_on: [`PREFIX-${chain}1`] });
    }
    expect((await host.svc("start", "PREFIX-left2", "PREFIX-right2")).code).toBe(0);
    const [left1 = "", left2 = "", right1 = "", right2 = ""] = await Promise.all(
      ["left1", "left2", "right1", "right2"].map((name) => startedAt(`PREFIX-${name}`)),
    );
    expect({ right: right1 < left2, left: left1 < right2 }).toEqual({ right: true, left: true });
    expect(Date.parse(left2) - Date.parse(left1)).toBeGreaterThanOrEqual(2_000);
  });
});
