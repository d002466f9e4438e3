import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { until } from "../support/until.ts";

/** A new tag that nobody watches and that does not stay up; the units of an app, two of them. */
let host: Host;
const www = (app: string, file: string): Promise<string> =>
  readFile(join(host.folder, "www", host.name(app), file), "utf8").catch(() => "");
const ids = async (): Promise<string> =>
  (await host.engine.docker("ps", "-aq", "--no-trunc", "--filter", `name=${host.engine.prefix}`)).stdout;

beforeAll(async () => {
  host = await makeHost();
  await host.write("default/PREFIX-shop", `IMAGE=${host.name("shop")}\n`);
  await host.write("default/PREFIX-mail", `IMAGE=${host.name("shop")}\n`);
  for (const tag of ["build-41", "build-43"])
    await host.engine.docker("tag", host.engine.image, `${host.name("shop")}:${tag}`);
  const form = host.name("form");
  await host.engine.docker("create", "--name", form, host.engine.image, "true");
  await host.engine.docker("commit", "--change", "ENV BAD=yes", form, `${host.name("shop")}:build-42`);
  await host.engine.docker("rm", form);
  await host.startDaemon();
});
afterAll(() => host?.cleanup());

/** It ends at once with build-42. */
async function app(name: string, change: object = {}): Promise<void> {
  const command = ["sh", "-c", "[ -z $BAD ] || exit 3; trap 'exit 0' TERM; sleep 3600 & wait"];
  const keys = {
    app: `PREFIX-${name}`,
    image: undefined,
    command,
    pull_policy: "never",
    ready: { after: "1s" },
    ...change,
  };
  await host.write(`www/PREFIX-${name}/TAG`, "export TAG=build-41\n");
  await host.unit(name, keys);
  await host.unit(`${name}-worker`, keys);
  expect((await host.svc("start", `PREFIX-${name}`, `PREFIX-${name}-worker`)).code).toBe(0);
}

const held = /^tag build-42 ended 3 times within [\d.]+ s; build-41 was up before it; held$/;

test("held: not tried again, whatever becomes of svc; a new tag comes up by itself", async () => {
  await app("shop");
  await host.write("www/PREFIX-shop/TAG", "export TAG=build-42\n");
  const restarted = await host.svc("restart", "PREFIX-shop");
  expect(restarted.code).toBe(1);
  const status = await host.reaches("PREFIX-shop", { phase: "failed", container: null });
  expect(status).toMatchObject({ because: expect.stringMatching(held), restarts: 3 });
  expect(status.badTag).toEqual({ app: host.name("shop"), tag: "build-42", former: "build-41" });
  const before = await ids();
  await host.endDaemon("SIGKILL");
  await host.startDaemon();
  expect((await host.reaches("PREFIX-shop", { phase: "failed" })).because).toMatch(held);
  const why = await host.svc("why", "PREFIX-shop");
  expect(why.stdout).toContain(`svc deploy ${host.name("shop")} build-41 puts the tag before it back`);
  expect(why.stdout).toContain(`svc start ${host.name("shop")}`);
  expect((await host.svc("status", "PREFIX-shop")).stdout).toContain("build-41 was up before it; held");
  expect(await ids()).toBe(before);
  await host.write("www/PREFIX-shop/TAG", "export TAG=build-43\n");
  await host.svc("reload");
  expect(await host.reaches("PREFIX-shop", { phase: "up" })).toMatchObject({ tag: "build-43", badTag: null });
});

test("svc start tries again, and it is held again", async () => {
  await host.write("www/PREFIX-shop/TAG", "export TAG=build-42\n");
  await host.svc("restart", "PREFIX-shop");
  await host.reaches("PREFIX-shop", { phase: "failed", restarts: 3 });
  await host.write("www/PREFIX-shop/TAG", "export TAG=build-42\n");
  const tried = await host.svc("start", "PREFIX-shop");
  expect(tried.code).toBe(1);
  expect((await host.reaches("PREFIX-shop", { phase: "failed", restarts: 3 })).because).toContain(
    "build-43 was up before it; held",
  );
});

test("revert: TAG is what it was, all units of the app follow, it is told and on record", async () => {
  const told = join(host.folder, "told");
  await app("mail", { on_bad_tag: "revert", on_event: { reverted: `cat >> ${told}` } });
  const worker = (await host.status(host.name("mail-worker"))).container;
  await host.write("www/PREFIX-mail/TAG", "export TAG=build-42\n");
  await host.svc("restart", "PREFIX-mail", "PREFIX-mail-worker");
  for (const name of ["PREFIX-mail", "PREFIX-mail-worker"])
    expect(await host.reaches(name, { phase: "up", tag: "build-41" })).toMatchObject({ restarts: 0, stale: [] });
  expect((await host.status(host.name("mail-worker"))).container).not.toBe(worker);
  expect([await www("mail", "TAG"), await www("mail", "REVERT")]).toEqual(["export TAG=build-41\n", ""]);
  const [one, ...more] = (await until(async () => (await readFile(told, "utf8").catch(() => "")) || null))
    .trim()
    .split("\n");
  expect(more).toEqual([]);
  expect(JSON.parse(one ?? "")).toMatchObject({
    event: "reverted",
    app: host.name("mail"),
    because: expect.stringContaining("build-41 was put back"),
  });
  expect(await host.ask("deploys", { app: host.name("mail") })).toMatchObject([
    { who: "svc", from: "build-42", to: "build-41", result: "done" },
  ]);
});

test("revert: what was put back itself is held; so is what somebody has locked", async () => {
  await host.write("www/PREFIX-mail/REVERT", "export TAG=build-42\n");
  await host.write("www/PREFIX-mail/TAG", "export TAG=build-42\n");
  await host.svc("restart", "PREFIX-mail");
  expect((await host.reaches("PREFIX-mail", { phase: "failed", container: null, restarts: 3 })).because).toContain(
    "not put back: build-42 was put back itself, as REVERT says; held",
  );
  expect(await www("mail", "TAG")).toBe("export TAG=build-42\n");
  await host.write("www/PREFIX-mail/REVERT", "export TAG=build-41\n");
  await host.svc("lock", "PREFIX-mail", "--why", "moving");
  await host.svc("start", "PREFIX-mail");
  expect((await host.reaches("PREFIX-mail", { phase: "failed", container: null, restarts: 3 })).because).toContain(
    "moving; held",
  );
  await host.svc("unlock", "PREFIX-mail");
  expect((await host.svc("revert", "PREFIX-mail", "--min-healthy", "300ms")).code).toBe(0);
  expect(await host.reaches("PREFIX-mail", { phase: "up" })).toMatchObject({ tag: "build-41" });
});

test("a deploy of a bad tag goes its own way back, and nothing is put back beside it", async () => {
  const putBack = async (): Promise<number> =>
    (await host.svc("events", "PREFIX-mail")).stdout.match(/is put back/g)?.length ?? 0;
  const before = await putBack();
  expect(before).toBeGreaterThan(0);
  const deployed = await host.svc("deploy", "PREFIX-mail", "build-42", "--min-healthy", "1s", "--deadline", "10s");
  expect(deployed.code).toBe(10);
  expect(await host.reaches("PREFIX-mail", { phase: "up" })).toMatchObject({ tag: "build-41" });
  expect(await putBack()).toBe(before);
});
