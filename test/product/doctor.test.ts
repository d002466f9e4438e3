import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Finding } from "../../src/doctor/finding.ts";
import { type Host, makeHost } from "../support/host.ts";

/** `svc doctor` and `svc check` beside a real engine. */
let host: Host;

beforeAll(async () => {
  host = await makeHost();
  await host.startDaemon();
  await host.unit("web");
  await host.svc("start", "PREFIX-web");
});
afterAll(() => host?.cleanup());

async function findings(env: NodeJS.ProcessEnv = {}): Promise<readonly Finding[]> {
  const before = { ...host.env };
  Object.assign(host.env, env);
  const { stdout } = await host.svc("doctor", "--json");
  Object.assign(host.env, before);
  for (const name of Object.keys(env)) if (!(name in before)) delete host.env[name];
  return JSON.parse(stdout) as readonly Finding[];
}
const about = (all: readonly Finding[], what: string): readonly Finding[] => all.filter((one) => one.about === what);

describe("doctor", () => {
  test("a host as it should be: each look with what it found, and the remedies of what could be better", async () => {
    const all = await findings();
    expect(about(all, "engine")).toMatchObject([{ state: "ok" }]);
    expect(about(all, "daemon")).toMatchObject([{ state: "ok" }]);
    expect(about(all, "unit files")).toMatchObject([{ state: "ok", found: "1 units without errors" }]);
    // As it was told with --state-dir and --log-dir.
    const [state, logs] = [join(host.folder, "state"), join(host.folder, "log")];
    expect(about(all, "disk of state")).toMatchObject([{ found: expect.stringContaining(`${state}: `) }]);
    expect(about(all, "disk of logs")).toMatchObject([{ found: expect.stringContaining(`${logs}: `) }]);
    expect(about(all, "folders")).toEqual([
      {
        about: "folders",
        state: "ok",
        found: `as the daemon has them: units ${join(host.folder, "units")}, state ${state}, logs ${logs}`,
        remedy: null,
      },
    ]);
    for (const look of ["cgroups", "live-restore", "log driver", "disk of engine", "clock"])
      expect(about(all, look), look).toHaveLength(1);
    for (const { state, remedy } of all) expect(state === "ok" ? "" : remedy).not.toBe(null);
    const { stdout } = await host.svc("doctor");
    expect(stdout).toMatch(/^ok +engine +version \S+ answers$/m);
  });

  test("what others may write that root runs, and an orphan, each with its remedy", async () => {
    await host.unit("open");
    const file = join(host.folder, "units", `${host.name("open")}.yml`);
    await chmod(file, 0o666);
    const orphan = host.name("orphan");
    await host.engine.docker("create", "--label", `svc.unit=${orphan}`, "--name", orphan, host.engine.image, "true");
    const all = await findings();
    expect(all).toContainEqual({
      about: "permissions",
      state: "bad",
      found: `${file} may be written by everybody, and says what root runs`,
      remedy: `chmod go-w ${file}`,
    });
    expect(all).toContainEqual({
      about: "leftovers",
      state: "warn",
      found: `container ${orphan} (created) is of unit ${orphan}, which has no unit file here`,
      remedy: `docker rm -v ${orphan}, or write ${orphan}.yml again`,
    });
    expect((await host.svc("doctor")).code).toBe(1);
    await chmod(file, 0o644);
    await host.engine.docker("rm", orphan);
  });

  test("no engine, no daemon, a socket that nobody listens on", async () => {
    await mkdir(join(host.folder, "none"));
    await writeFile(join(host.folder, "none/socket"), "");
    const away = { DOCKER_HOST: `unix://${host.folder}/none/docker.sock`, SVC_SOCKET: `${host.folder}/none/socket` };
    const all = await findings(away);
    expect(about(all, "engine")).toMatchObject([{ state: "bad", found: expect.stringContaining("no engine answers") }]);
    expect(about(all, "daemon")).toMatchObject([
      { state: "bad", found: `${host.folder}/none/socket is there, but nobody answers` },
    ]);
    const configured = `units ${host.folder}/units, state /var/lib/svc, logs /var/log/svc`;
    expect(about(all, "folders")).toMatchObject([
      { state: "warn", found: `no daemon says which it has; these were looked at: ${configured}` },
    ]);
  });

  test("svc check tells of images that are not here, as text, JSON and SARIF; strict, warnings fail", async () => {
    await host.unit("absent", { image: "PREFIX-absent:1" });
    const text = await host.svc("check");
    expect(text.code).toBe(0);
    expect(text.stdout).toContain(`its image ${host.engine.prefix}-absent:1 is not on this host`);
    expect(text.stdout).not.toContain(`its image ${host.engine.image}`);
    expect((await host.svc("check", "--strict")).code).toBe(2);
    const { problems, warnings } = JSON.parse((await host.svc("check", "--json")).stdout);
    expect(problems.filter(({ code }: { code: string }) => code === "missing-image")).toHaveLength(1);
    expect(warnings).toBe(problems.length);
    const sarif = JSON.parse((await host.svc("check", "--sarif")).stdout);
    expect(sarif.runs[0].results).toHaveLength(warnings);
    expect((await host.svc("check", "--no-engine", "--strict")).code).toBe(0);
  });
});
