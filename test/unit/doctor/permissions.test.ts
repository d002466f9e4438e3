import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Host } from "../../../src/doctor/finding.ts";
import { lookAtPermissions } from "../../../src/doctor/permissions.ts";
import { readUnits } from "../../../src/unit/read-units.ts";

/** A host's folders, as install.sh makes them, with one unit and what a deploy brought of it. */
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "svc-permissions-"));
  for (const [path, text] of [
    ["etc/units/shop.yml", "image: shop\n"],
    ["default/shop", "A=1\n"],
    ["www/shop/TAG", "TAG=1\n"],
  ] as const) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  for (const folder of ["state", "logs"]) await mkdir(join(root, folder), { mode: 0o750 });
});
afterEach(() => rm(root, { recursive: true }));

async function told(): Promise<readonly string[]> {
  const at = (path: string): string => join(root, path);
  const folders = { units: at("etc/units"), defaultDir: at("default"), wwwDir: at("www") };
  const places = { ...folders, state: at("state"), logs: at("logs"), socket: at("socket") };
  const found = await lookAtPermissions({ places, units: await readUnits(folders) } as Host);
  return found.map(({ state, found, remedy }) => `${state}: ${found} | ${remedy}`.replaceAll(`${root}/`, ""));
}

test("what was looked at is named, and nothing else", async () => {
  expect(await told()).toEqual([
    "ok: root alone writes unit and env files, and their folders; state and logs are closed to others | null",
  ]);
  for (const folder of ["state", "logs"]) await rm(join(root, folder), { recursive: true });
  expect(await told()).toEqual(["ok: root alone writes unit and env files, and their folders | null"]);
});

test.each(["etc", "etc/units", "default", "default/shop", "etc/units/shop.yml"])(
  "who may write %s may say what root runs",
  async (path) => {
    await chmod(join(root, path), 0o777);
    expect(await told()).toEqual([
      `bad: ${path} may be written by everybody, and says what root runs | chmod go-w ${path}`,
    ]);
    await chmod(join(root, path), 0o775);
    expect(await told()).toEqual([
      `bad: ${path} may be written by its group, and says what root runs | chmod go-w ${path}`,
    ]);
  },
);

test("a folder where everybody puts files is not to be closed, but no place for these", async () => {
  await chmod(join(root, "default"), 0o1777);
  expect(await told()).toEqual([
    "bad: default may be written by everybody, and says what root runs | keep these files in a folder that root alone may write",
  ]);
});

test.skipIf(process.getuid?.() !== 0)("who sets tags is told and is no fault, unless everybody may", async () => {
  await chown(join(root, "www/shop"), 12345, 0);
  expect(await told()).toEqual([
    "ok: root alone writes unit and env files, and their folders; state and logs are closed to others | null",
    "ok: which tag runs is said by others too: www/shop (user 12345) | null",
  ]);
  await chown(join(root, "www/shop"), 0, 0);
  await chmod(join(root, "www/shop"), 0o775);
  await chown(join(root, "www"), 12345, 0);
  expect((await told())[1]).toBe(
    "ok: which tag runs is said by others too: www (user 12345), www/shop (group 0) | null",
  );
});

test.skipIf(process.getuid?.() !== 0)(
  "unit files may be of the user whom the daemon runs as, and of no other",
  async () => {
    await writeFile(join(root, "socket"), "", { mode: 0o600 });
    await chown(join(root, "etc/units"), 12345, 0);
    expect(await told()).toEqual([
      "bad: etc/units is owned by user 12345, and says what root runs | chown root etc/units",
    ]);
    await chown(join(root, "socket"), 12345, 0);
    expect((await told()).map((one) => one.slice(0, 4))).toEqual(["ok: "]);
  },
);

test.each(["www", "www/shop", "www/shop/TAG"])("a tag that everybody may set, by %s, is a fault", async (path) => {
  await chmod(join(root, path), 0o777);
  expect(await told()).toEqual([
    `bad: ${path} may be written by everybody, and says which tag runs | chmod o-w ${path}`,
  ]);
});
