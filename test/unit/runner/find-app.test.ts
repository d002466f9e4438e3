import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { AppProblems, findApp } from "../../../src/runner/find-app.ts";
import { launchOf } from "../../../src/runner/launch-of.ts";
import { messageOf, SvcError } from "../../../src/svc-error.ts";

const folder = mkdtempSync(join(tmpdir(), "svc-apps-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const folders = { units: join(folder, "units"), defaultDir: join(folder, "default"), wwwDir: join(folder, "www") };

write("units/antisocial.yml", "app: shop\nlinks: [relay:mail, other]\n");
write("units/relay.yml", "image: relay:1\ncontainer_name: relay-1\ndepends_on: [nowhere]\n");
write("units/broken.yml", "image: [\n");
write("units/worker@.yml", "image: worker:%i\n");
write("units/wrong.yml", "image: a:1\nlinsk: [relay]\nstop_grace_period: soon\n");
write("default/shop", "IMAGE=shop\nTAG=4\n");
write("default/plain", "export IMAGE=plain:1\n");
write("default/cron", "EXTRA_OPTS=''\n");
write("default/bad", "IMAGE=bad:1\nOPTS='-m lots --no-such'\nA=$(id)\n");

test("an app is a unit with what it shares and links to, whatever is wrong with other units", async () => {
  const { launch } = await findApp("antisocial", folders);
  expect(launch).toMatchObject({ ok: true, image: "shop:4" });
  expect(launch.ok && launch.create.body.HostConfig?.Links).toEqual(["relay-1:mail", "other"]);
});

test("an app is an instance of a template, or an env file alone", async () => {
  expect(await findApp("worker@3", folders)).toMatchObject({ container: "worker-3", launch: { image: "worker:3" } });
  expect(await findApp("plain", folders)).toMatchObject({ app: "plain", launch: { image: "plain:1" } });
});

test.each([
  ["antisocail", "did you mean antisocial?"],
  ["plian", "did you mean plain?"],
  // An env file of another program is no app.
  ["cron-tabs", `write ${folder}/default/cron-tabs with IMAGE=NAME:TAG in it; svc list shows the units`],
  ["worker@", "worker@ is a template: name an instance, worker@NAME"],
])("an unknown app is told of with what may be meant: %s", async (name, hint) => {
  const error = await findApp(name, folders).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SvcError);
  expect((error as SvcError).hint).toBe(hint);
});

test.each(["../default/plain", "/etc/passwd", ".plain", "plain\n", "a b"])(
  "what is no name is refused: %j",
  async (name) => {
    await expect(findApp(name, folders)).rejects.toMatchObject({
      code: "usage",
      message: `${JSON.stringify(name)} is no name of a unit or an app`,
      hint: "the name of a unit is of letters, digits, _ . and -, a letter or digit first; svc list shows the units",
    });
  },
);

test("an env file that names no image says what to write", async () => {
  const unit = await findApp("cron", folders);
  expect(() => launchOf(unit, null)).toThrow("cron: no image is named");
});

test("another tag takes the place of the tag or the digest", async () => {
  const digest = "0123456789abcdef".repeat(4);
  write("default/digest", `IMAGE=registry:5000/digest:1@sha256:${digest}\n`);
  for (const [app, image] of [
    ["plain", "plain:next"],
    ["digest", "registry:5000/digest:next"],
  ] as const) {
    const launch = launchOf(await findApp(app, folders), "next");
    expect([launch.image, launch.create.body.Image]).toEqual([image, image]);
  }
  const plain = await findApp("plain", folders);
  expect(() => launchOf(plain, "-x-")).toThrow('"-x-" is no tag');
});

test.each([
  ["wrong", ["wrong.yml:2:1", "wrong.yml:3:20"]],
  ["broken", ["broken.yml:1:8"]],
  ["bad", ["bad:2:", "bad:2:", "bad:3:3"]],
])("every problem of the app's files is told of with its place: %s", async (name, places) => {
  const error = await findApp(name, folders).catch((thrown: unknown) => thrown);
  if (!(error instanceof AppProblems)) throw new Error(messageOf(error));
  const found = error.problems.map(({ file, line, column }) => `${file.split("/").at(-1)}:${line}:${column}`);
  expect(found.length).toBe(places.length);
  for (const [at, place] of places.entries()) expect(found[at]).toContain(place);
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
