import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { program } from "../support/program.ts";
import { type Ran, run } from "../support/real-engine.ts";

/** svc deploy -f deploy.yml, with a script in place of ssh that leads to the one host under any name but `nowhere`. */
let host: Host;
let ssh = "";
const tags = ["v1", "v2", "v3", "v4", "v5", "v6", "v7"];

beforeAll(async () => {
  host = await makeHost();
  const form = host.name("form");
  await host.engine.docker("create", "--name", form, host.engine.image, "true");
  for (const tag of [...tags, "bad"]) {
    const entrypoint = tag === "bad" ? '["sh","-c","exit 3"]' : `["sh","-c","trap 'exit 0' TERM; sleep 3600 & wait"]`;
    await host.engine.docker("commit", "--change", `ENTRYPOINT ${entrypoint}`, form, `${host.name("shop")}:${tag}`);
    // The engine tells their age in whole seconds.
    await sleep(1_050);
  }
  await host.engine.docker("rm", form);
  await host.write("default/PREFIX-shop", `IMAGE=${host.name("shop")}\n`);
  await host.write("www/PREFIX-shop/TAG", "export TAG=v1\n");
  await host.startDaemon();
  const keys = { app: "PREFIX-shop", image: undefined, pull_policy: "never", command: ["serve"] };
  for (const unit of ["shop", "shop-worker", "shop-beat"]) await host.unit(unit, keys);
  expect((await host.svc("start", "PREFIX-shop", "PREFIX-shop-worker", "PREFIX-shop-beat")).code).toBe(0);
  await mkdir(join(host.folder, "bin"));
  ssh = join(host.folder, "bin/ssh");
  await writeFile(ssh, `#!/bin/sh\n[ "$2" = nowhere ] && exit 255\nshift 3\nexec ${program} "$@"\n`);
  await chmod(ssh, 0o755);
});
afterAll(() => host?.cleanup());

const file = (): string => join(host.folder, "deploy.yml");
const noted = (): string => join(host.folder, "noted");
async function deploy(content: string, ...args: string[]): Promise<Ran> {
  await writeFile(file(), content.replaceAll("PREFIX", host.engine.prefix));
  await writeFile(noted(), "");
  return run(program, ["deploy", "-f", file(), ...args], { env: { ...host.env, SVC_SSH: ssh, NOTED: noted() } });
}
const tagsNow = async (): Promise<readonly (string | null)[]> =>
  Promise.all(["shop", "shop-worker", "shop-beat"].map(async (name) => (await host.status(host.name(name))).tag));
const lines = async (): Promise<readonly object[]> =>
  (await readFile(noted(), "utf8"))
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as object);
const imageTags = async (): Promise<readonly string[]> =>
  (await host.engine.docker("images", "--format", "{{.Tag}}", host.name("shop"))).stdout.trim().split("\n").sort();

const base = `
app: PREFIX-shop
min_healthy: 300ms
deadline: 20s
hooks:
  before: cat >> $NOTED
  after: cat >> $NOTED
  failed: cat >> $NOTED
`;

test("only the units of a host's roles are restarted there; hooks are told on stdin; options win over the file", async () => {
  const worker = (await host.status(host.name("shop-worker"))).container;
  const roles = "roles:\n  web: {hosts: web1, units: PREFIX-shop}\n  beat: {hosts: web1, units: PREFIX-shop-beat}\n";
  const ran = await deploy(`${base}${roles}keep: 100\n`, "v2", "--min-healthy", "200ms");
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(await tagsNow()).toEqual(["v2", "v1", "v2"]);
  expect((await host.status(host.name("shop-worker"))).container).toBe(worker);
  const units = [host.name("shop"), host.name("shop-beat")];
  expect(await lines()).toMatchObject([
    { event: "before", from: "v1", to: "v2", result: "running", hosts: [{ name: "web1", units, from: "v1" }] },
    { event: "after", app: host.name("shop"), to: "v2", result: "done" },
  ]);
});

test("a unit that is not known on a host, and a host that has no role: nothing is touched", async () => {
  const unknown = await deploy(`${base}roles: {web: {hosts: web1, units: PREFIX-shop-wroker}}\n`, "v3");
  expect(unknown.code).toBe(11);
  expect(unknown.stderr).toContain(`web1: ${host.name("shop-wroker")} is no unit of ${host.name("shop")} here`);
  const other = await deploy(`${base}roles: {web: {hosts: web1, units: PREFIX-shop}}\n`, "v3", "--hosts", "web9");
  expect(other.code).toBe(2);
  expect(other.stderr).toContain("web9 has no role in");
  const wrong = await deploy("batch: none\nhost: web1\n", "x", "v3");
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain(`${file()}:1:8  error: batch: "none" is not a whole number`);
  expect(wrong.stderr).toContain(`${file()}:2:1  error: unknown key "host"`);
  expect((await deploy(base, "other", "v3")).stderr).toContain(`is of ${host.name("shop")}, not of other`);
  expect((await deploy("batch: 1\n", "v3")).stderr).toContain("names no app");
  expect(await tagsNow()).toEqual(["v2", "v1", "v2"]);
});

test("before ends it untouched; a bad build is put back where it was switched, and failed is told", async () => {
  const before = await deploy(base.replace("before: cat >> $NOTED", "before: echo no; exit 3"), "v3");
  expect(before.code).toBe(11);
  expect(before.stderr).toContain("the hook before failed: exit 3: no; no host was touched");
  expect(await lines()).toMatchObject([{ event: "failed", result: "untouched" }]);
  const worker = (await host.status(host.name("shop-worker"))).container;
  const bad = await deploy(`${base}roles: {web: {hosts: web1, units: PREFIX-shop}}\n`, "bad");
  expect(bad.code).toBe(10);
  expect(await lines()).toMatchObject([
    { event: "before" },
    { event: "failed", result: "reverted", from: "v2", to: "bad" },
  ]);
  expect(await tagsNow()).toEqual(["v2", "v1", "v2"]);
  expect((await host.status(host.name("shop-worker"))).container).toBe(worker);
});

test("a hook that is late is ended; one that fails afterwards is told and changes nothing", async () => {
  const hooks = "hooks:\n  before: {command: sleep 60, timeout: 200ms}\n";
  const late = await deploy(`app: PREFIX-shop\n${hooks}`, "v3");
  expect(late.stderr).toContain("the hook before failed: it took longer than 0.2 s");
  expect(late.code).toBe(11);
  const after = await deploy(
    `app: PREFIX-shop\nmin_healthy: 200ms\nkeep: 100\nhooks: {after: exit 9}\n`,
    "v2",
    "--json",
  );
  expect(after.code).toBe(0);
  expect(after.stderr).toContain("the hook after failed: exit 9");
  expect(JSON.parse(after.stdout)).toMatchObject({ ok: true, warnings: ["the hook after failed: exit 9"] });
});

test("the five newest images of the app stay, and REVERT's", async () => {
  expect(await imageTags()).toEqual(["bad", ...tags]);
  // TAG is v7 and REVERT v2; of the others the newest stay.
  expect(await deploy(base, "v7")).toMatchObject({ code: 0 });
  expect(await readFile(join(host.folder, "www", host.name("shop"), "REVERT"), "utf8")).toBe("export TAG=v2\n");
  expect(await imageTags()).toEqual(["bad", "v2", "v4", "v5", "v6", "v7"]);
  expect(await deploy(`${base}keep: 2\n`, "v6")).toMatchObject({ code: 0 });
  expect(await imageTags()).toEqual(["bad", "v6", "v7"]);
});
