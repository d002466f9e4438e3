import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { run } from "../support/real-engine.ts";
import { until } from "../support/until.ts";

/** Unit files change under a running svc: supervision.md B49, B51, B61 to B64, B67, R11. */
let host: Host;

beforeAll(async () => {
  host = await makeHost();
  await host.startDaemon();
  // Units that are there when svc looks at the engine for the first time are started as at boot.
  await host.ask("list", {});
});
afterAll(() => host?.cleanup());

const idOf = (short: string): Promise<string> => host.inspect(`PREFIX-${short}`, "{{.Id}}");
const path = (short: string): string => join(host.folder, "units", `${host.name(short)}.yml`);
async function known(short: string): Promise<boolean> {
  return (await host.ask("list", {})).some((one) => one.name === host.name(short));
}
const start = (...shorts: string[]) => host.ask("start", { names: shorts.map(host.name) });

describe.concurrent("files", () => {
  test("B49 an edited file is shown at its own unit alone, and touches no container until a restart", async () => {
    for (const short of ["one", "two"]) await host.unit(short);
    await start("one", "two");
    const ids = [await idOf("one"), await idOf("two")];
    await host.unit("one", { environment: { COLOUR: "blue" } });
    expect((await host.ask("reload", {})).changed).not.toContain(host.name("two"));
    expect(await host.status(host.name("one"))).toMatchObject({ container: ids[0], stale: ["unit file changed"] });
    expect(await host.status(host.name("two"))).toMatchObject({ container: ids[1], stale: [] });
    expect((await host.svc("restart", "PREFIX-one")).code).toBe(0);
    expect(await host.status(host.name("one"))).toMatchObject({ phase: "up", stale: [], restarts: 0 });
    expect(await host.inspect("PREFIX-one", "{{.Config.Env}}")).toContain("COLOUR=blue");
    expect(await idOf("two")).toBe(ids[1]);
  });

  test("a restart is refused for an image that is not here and is never pulled, and nothing is touched", async () => {
    await host.unit("never-pulled", { pull_policy: "never" });
    await start("never-pulled");
    const id = await idOf("never-pulled");
    await host.unit("never-pulled", { pull_policy: "never", image: "PREFIX-nothing:1" });
    const refused = {
      code: 1,
      stderr: expect.stringContaining("PREFIX-nothing:1".replace("PREFIX", host.engine.prefix)),
    };
    expect(await host.svc("restart", "PREFIX-never-pulled", "--plan")).toMatchObject(refused);
    expect(await host.svc("restart", "PREFIX-never-pulled")).toMatchObject(refused);
    expect(await host.status(host.name("never-pulled"))).toMatchObject({ phase: "up", container: id });
  });

  test("a pipe in place of a file is told as a problem, and holds nobody up", async () => {
    await host.write("units/PREFIX-piped.yml", "");
    await host.unit("env-piped", { env_file: join(host.folder, "pipe.env") });
    await run("mkfifo", [join(host.folder, "pipe.env")]);
    await rm(path("piped"));
    await run("mkfifo", [path("piped")]);
    const { problems } = await host.ask("reload", {});
    expect(problems.filter(({ unit }) => unit === host.name("piped"))).toMatchObject([
      { severity: "error", message: expect.stringContaining("it is a pipe") },
    ]);
    expect((await host.svc("check", "PREFIX-env-piped")).stdout).toContain("it is a pipe");
    await rm(path("piped"));
  });

  test("B67 a need that is added to a running unit comes up, one that is taken out stays; neither touches the unit", async () => {
    await host.unit("early");
    await host.unit("late");
    await host.unit("needing", { depends_on: ["PREFIX-early"] });
    await start("needing");
    const [id, early] = [await idOf("needing"), await idOf("early")];
    await host.unit("needing", { depends_on: ["PREFIX-late"] });
    await host.svc("reload");
    await host.reaches("PREFIX-late", { phase: "up", wantedBy: host.name("needing") });
    expect(await host.status(host.name("needing"))).toMatchObject({ container: id, needs: [host.name("late")] });
    expect(await host.status(host.name("early"))).toMatchObject({ phase: "up", container: early });
    expect((await host.svc("stop", "PREFIX-early")).code).toBe(0);
    expect((await host.svc("stop", "PREFIX-late")).code).toBe(3);
  });

  test("B51 B63 a file that breaks leaves its container and its last definition; restart is refused, others go on", async () => {
    await host.unit("breaks", { environment: { N: "1" } });
    await start("breaks");
    const id = await idOf("breaks");
    await host.write("units/PREFIX-breaks.yml", "image: IMG\nrespawn: perhaps\n");
    expect((await host.svc("reload")).code).toBe(2);
    const status = await host.reaches("PREFIX-breaks", { phase: "up", container: id });
    expect(status.stale).toEqual(["its unit file has errors now; the last good one is in force"]);
    for (const command of ["restart", "start"]) {
      const refused = await host.svc(command, "PREFIX-breaks");
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain(`${path("breaks")}:2:10  `);
      expect(refused.stderr).toContain("2 | respawn: perhaps");
    }
    expect(await idOf("breaks")).toBe(id);
    // It dies: it comes back as it was.
    await host.engine.docker("kill", id);
    await until(async () => !["", id].includes(await idOf("breaks")), {
      seen: () => host.daemonOutput().slice(-3_000),
    });
    expect(await host.inspect("PREFIX-breaks", "{{.Config.Env}}")).toContain("N=1");
    const checked = await host.svc("check");
    expect({ code: checked.code, says: checked.stdout.includes(`${path("breaks")}:2:10`) }).toEqual({
      code: 2,
      says: true,
    });
    // One that never was valid is shown as that.
    await host.write("units/PREFIX-never.yml", "imgae: x\n");
    await host.svc("reload");
    expect(await host.status(host.name("never"))).toMatchObject({ phase: "invalid", container: null });
  });

  test("B51 one that is down and whose file breaks is shown as invalid until it is mended", async () => {
    await host.unit("idle", { enabled: false });
    await host.reaches("PREFIX-idle", { phase: "down" });
    await host.write("units/PREFIX-idle.yml", "image: IMG\nrespawn: perhaps\n");
    const status = await host.reaches("PREFIX-idle", { phase: "invalid", container: null });
    expect(status.because).toContain("respawn");
    expect((await host.svc("start", "PREFIX-idle")).code).toBe(2);
    await host.unit("idle", { enabled: false });
    await host.reaches("PREFIX-idle", { phase: "down", because: "nobody asked for it" });
  });

  test("a restart is refused too when what is restarted with it could not start; a broken file of that is passed over", async () => {
    const tied = (lines: string) => host.write("default/PREFIX-tied", lines);
    await host.unit("target");
    await tied("IMAGE=IMG\nA=1\n");
    await host.unit("tied", { image: undefined, links: ["PREFIX-target:t"] });
    await start("tied");
    // Its last good definition is in force, as after a death.
    await tied("IMAGE=IMG\nA=$(date)\n");
    const restarted = await host.svc("restart", "PREFIX-target");
    expect(restarted, restarted.stderr).toMatchObject({ code: 0 });
    expect(await host.inspect("PREFIX-tied", "{{.Config.Env}}")).toContain("A=1");
    const ids = [await idOf("target"), await idOf("tied")];
    await tied("A=1\n");
    const refused = await host.svc("restart", "PREFIX-target");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`${host.name("tied")} would be restarted with it, and could not start`);
    expect([await idOf("target"), await idOf("tied")]).toEqual(ids);
    await tied("IMAGE=IMG\nA=2\n");
    expect((await host.svc("restart", "PREFIX-target")).code).toBe(0);
    expect(await host.inspect("PREFIX-tied", "{{.Config.Env}}")).toContain("A=2");
  });

  test("a new env file and a new TAG are shown as stale, and come in with a restart", async () => {
    await host.engine.docker("tag", host.engine.image, `${host.engine.prefix}-app:a`);
    await host.engine.docker("tag", host.engine.image, `${host.engine.prefix}-app:b`);
    await host.write("default/PREFIX-tagged", `IMAGE=PREFIX-app\nWORD=one\n`);
    await host.write("www/PREFIX-tagged/TAG", "export TAG=a\n");
    await host.unit("tagged", { image: undefined });
    await start("tagged");
    await host.write("default/PREFIX-tagged", `IMAGE=PREFIX-app\nWORD=two\n`);
    await host.write("www/PREFIX-tagged/TAG", "b\n");
    await host.svc("reload");
    expect(await host.status(host.name("tagged"))).toMatchObject({
      tag: "a",
      stale: ["tag a -> b", "env file changed"],
    });
    expect((await host.svc("restart", "PREFIX-tagged")).code).toBe(0);
    expect(await host.status(host.name("tagged"))).toMatchObject({ tag: "b", stale: [] });
    expect(await host.inspect("PREFIX-tagged", "{{.Config.Env}} {{.Config.Image}}")).toMatch(/WORD=two.*-app:b$/);
    await host.svc("stop", "PREFIX-tagged");
    await host.engine.docker("rmi", `${host.engine.prefix}-app:a`, `${host.engine.prefix}-app:b`);
  });

  test("a TAG file that is gone makes no other image of a build by itself: it runs on, and is not started without until that is asked", async () => {
    const image = `${host.engine.prefix}-lost`;
    for (const tag of ["a", "latest"]) await host.engine.docker("tag", host.engine.image, `${image}:${tag}`);
    await host.write("www/PREFIX-untagged/TAG", "export TAG=a\n");
    await host.unit("untagged", { image });
    await start("untagged");
    const tagFile = join(host.folder, `www/${host.name("untagged")}/TAG`);
    await rm(tagFile);
    await host.svc("reload");
    const because = `its tag is gone: ${tagFile} said a, and is not there`;
    expect(await host.status(host.name("untagged"))).toMatchObject({ phase: "up", tag: "a", stale: [because] });
    const refused = await host.svc("restart", "PREFIX-untagged");
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(`echo 'export TAG=a' >${tagFile}`) });
    await host.engine.docker("kill", host.name("untagged"));
    await host.reaches("PREFIX-untagged", { phase: "failed", because });
    expect((await host.svc("why", "PREFIX-untagged")).stdout).toContain(`echo 'export TAG=a' >${tagFile}`);
    await host.svc("stop", "PREFIX-untagged");
    await start("untagged");
    expect(await host.status(host.name("untagged"))).toMatchObject({ phase: "up", image, tag: null, stale: [] });
    await host.write("www/PREFIX-untagged/TAG", "export TAG=a\n");
    expect((await host.svc("restart", "PREFIX-untagged")).code).toBe(0);
    await rm(tagFile);
    const deployed = await host.svc("deploy", "PREFIX-untagged", "a", "--min-healthy", "0s");
    expect(deployed, deployed.stderr).toMatchObject({ code: 0 });
    expect(await host.status(host.name("untagged"))).toMatchObject({ phase: "up", tag: "a", stale: [] });
  });

  test("a stop needs no file: one whose file has errors is stopped with the others", async () => {
    await host.unit("stopped");
    await host.write("units/PREFIX-unread.yml", "imgae: x\n");
    await start("stopped");
    const stopped = await host.svc("stop", "PREFIX-stopped", "PREFIX-unread");
    expect(stopped, stopped.stderr).toMatchObject({ code: 0 });
    expect(stopped.stdout).toMatch(/-unread +down +its unit file has errors, and no container of it is known$/m);
    expect(await host.status(host.name("stopped"))).toMatchObject({ phase: "down" });
    expect((await host.svc("stop", "PREFIX-unread", "--plan")).code).toBe(0);
  });

  test("a start of what needs a unit that is not there is refused, and nothing is done", async () => {
    await host.unit("lacking", { depends_on: ["PREFIX-missing"] });
    await host.unit("above", { depends_on: ["PREFIX-lacking"] });
    for (const [command, short] of [
      ["start", "lacking"],
      ["restart", "lacking"],
      ["start", "above"],
    ] as const) {
      const refused = await host.svc(command, `PREFIX-${short}`);
      expect(refused).toMatchObject({ code: 2, stdout: "" });
      expect(refused.stderr).toContain(`the unit file of ${host.name("lacking")} has errors`);
      expect(refused.stderr).toContain(`error: depends_on: there is no unit ${host.name("missing")} `);
    }
    expect(await host.status(host.name("lacking"))).toMatchObject({ phase: "down", wanted: "down" });
    await host.unit("missing");
    expect((await host.svc("start", "PREFIX-above")).code).toBe(0);
  });

  test("a quiet reload tells only what is wrong", async () => {
    await host.unit("silent");
    await host.write("units/PREFIX-loud.yml", "imgae: x\n");
    const { code, stdout, stderr } = await host.svc("reload", "-q");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain('unknown key "imgae"');
    await rm(path("loud"));
  });

  test("B61 files are seen by themselves: written, moved into place, deleted; what editors leave is not", async () => {
    await host.unit("written");
    await until(() => known("written"));
    await host.write("units/.PREFIX-moved.yml.swp", '{"image":"x"}');
    await host.write("units/PREFIX-moved.yml~", '{"image":"x"}');
    await host.write("units/PREFIX-other.yaml", '{"image":"x"}');
    await host.write("moved", JSON.stringify({ image: "x", description: "moved" }));
    await rename(join(host.folder, "moved"), path("moved"));
    await until(() => known("moved"));
    await host.write("moved", JSON.stringify({ image: "x", description: "moved again" }));
    await rename(join(host.folder, "moved"), path("moved"));
    await host.reaches("PREFIX-moved", { description: "moved again" });
    expect(await known("other")).toBe(false);
    expect((await host.svc("check")).stdout).toContain("files that end in .yaml are not read");
    await rm(path("moved"));
    await until(async () => !(await known("moved")));
  });

  test("a reload tells what is new since the last one, also what svc has seen by itself, valid or not", async () => {
    await host.unit("going");
    await host.unit("wrong", { restrat: "always" });
    await host.unit("breaking");
    expect((await host.ask("reload", {})).added).toEqual(
      expect.arrayContaining(["going", "wrong", "breaking"].map(host.name)),
    );
    for (const short of ["going", "wrong"]) await rm(path(short));
    await until(async () => !(await known("going")) && !(await known("wrong")));
    await host.unit("breaking", { restrat: "always" });
    const { code, stdout } = await host.svc("reload");
    expect(code).toBe(2);
    expect(stdout).toMatch(new RegExp(`^removed: .*${host.name("going")}\\b.*${host.name("wrong")}\\b`, "m"));
    expect((await host.ask("reload", {})).removed).not.toContain(host.name("going"));
  });

  test("B62 the file of a running unit is deleted: it runs on, and is shown; stopped, it is gone", async () => {
    await host.unit("orphan");
    await start("orphan");
    const id = await idOf("orphan");
    await rm(path("orphan"));
    await host.ask("reload", {});
    expect((await host.ask("reload", {})).removed).not.toContain(host.name("orphan"));
    expect(await host.status(host.name("orphan"))).toMatchObject({
      phase: "up",
      container: id,
      stale: ["its unit file is gone"],
    });
    expect((await host.svc("restart", "PREFIX-orphan")).code).toBe(2);
    expect(await idOf("orphan")).toBe(id);
    expect((await host.svc("stop", "PREFIX-orphan")).code).toBe(0);
    await until(async () => !(await known("orphan")));
  });
});

test("B64 the folder itself goes and comes back: what runs runs on, and a reload reads the new one", async () => {
  await host.unit("steady");
  await start("steady");
  const id = await idOf("steady");
  const units = join(host.folder, "units");
  await rename(units, join(host.folder, "away"));
  expect((await host.svc("reload")).stderr).toContain("there is no folder of unit files here");
  expect(await host.status(host.name("steady"))).toMatchObject({ phase: "up", container: id });
  await host.unit("fresh");
  expect((await host.svc("start", "PREFIX-fresh")).code).toBe(0);
  await rm(units, { recursive: true });
  await rename(join(host.folder, "away"), units);
  await host.svc("reload");
  expect(await host.status(host.name("steady"))).toMatchObject({ phase: "up", container: id, stale: [] });
});

test("where there are no units it is told in which folder the daemon looks for them", async () => {
  const empty = await makeHost();
  await empty.startDaemon();
  const words = `there are no units; write ${empty.folder}/units/NAME.yml and then: svc reload\n`;
  delete empty.env.SVC_UNITS;
  for (const command of ["status", "list"]) expect((await empty.svc(command)).stdout).toBe(words);
  await empty.cleanup();
});
