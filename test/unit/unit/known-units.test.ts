import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeEach, expect, test } from "vitest";
import { stateOf } from "../../../src/unit/file-reader.ts";
import { KnownUnits } from "../../../src/unit/known-units.ts";
import { readUnits, relateUnits } from "../../../src/unit/read-units.ts";

const roots: string[] = [];
let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "svc-known-"));
  roots.push(root);
});
afterAll(() => Promise.all(roots.map((one) => rm(one, { recursive: true }))));

const folders = () => ({ units: join(root, "units"), defaultDir: join(root, "default"), wwwDir: join(root, "www") });
async function write(path: string, content: string | null): Promise<void> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await (content === null ? rm(file, { force: true }) : writeFile(file, content));
}
/** Files that are as long as before may look unchanged within one tick of the file system's clock, but never to a reader of this time. */
const longAfter = (): number => Date.now() + 3_600_000;

/** What each file may be: no two of one file are as long as each other. */
const contents: { readonly [path: string]: readonly (string | null)[] } = {
  "units/db.yml": ["image: db:1\n", "image: db\ncontainer_name: shared\n", "image: [\n", null],
  "units/web.yml": [
    "links: [db]\n",
    "links: [dbb]\nafter: [queue@1]\n",
    "image: x\ncontainer_name: shared\nlinsk: []\n",
    "image: x\noptions: --env-file ./more\ndepends_on: {queue@2: {condition: service_completed_successfully}}\n",
    "image: x\nenv_file: [./more]\ndepends_on: {db: {condition: service_completed_successfully}}\n",
    null,
  ],
  "units/queue@.yml": ["image: q:%i\ncommand: work %n\n", "image: q\ntype: task\n", "imge: q\n", null],
  "units/queue@1.yml": ["image: own\n", null],
  "units/more": ["A=1\n", "A='\n", null],
  "default/web": ["IMAGE=shop\n", "IMAGE=shop\nOPTS=--memroy 5m\n", null],
  "www/web/TAG": ["export TAG=v1\n", "export TAG=build-42\n", "echo\n", null],
};

test("whatever changes: with what is known at hand all is as if it was read anew", async () => {
  const edit = fc
    .constantFrom(...Object.keys(contents))
    .chain((path) => fc.record({ path: fc.constant(path), content: fc.constantFrom(...(contents[path] ?? [])) }));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(edit, { maxLength: 3 }), { maxLength: 8 }), async (rounds) => {
      const all = [new KnownUnits(folders(), longAfter), new KnownUnits(folders(), () => Date.now())];
      for (const edits of rounds) {
        for (const { path, content } of edits) await write(path, content);
        const instances = ["queue@1"];
        const anew = await readUnits(folders(), { instances });
        for (const known of all) expect(relateUnits(await known.read(instances))).toEqual(anew);
      }
    }),
    { numRuns: 60 },
  );
});

test("what did not change is not read again; what changed, came or is needed anew is", async () => {
  await write("units/db.yml", "image: db\n");
  await write("units/web.yml", "image: web\nlinks: [db]\n");
  await write("units/wrong.yml", "image: web\nenv_file: [./more]\nlinsk: []\n");
  const known = new KnownUnits(folders(), longAfter);
  const folder = await known.read([]);
  const first = folder.reads;
  expect(await known.read([])).toBe(folder);
  await write("www/web/TAG", "export TAG=v1\n");
  await write("units/more", "A=1\n");
  const third = (await known.read([])).reads;
  expect([...third].map(([name, read]) => [name, read === first.get(name)])).toEqual([
    ["db", true],
    ["web", false],
    ["wrong", false],
  ]);
  expect(await known.isUnchanged("db")).toBe(true);
  await write("units/db.yml", null);
  expect(await known.isUnchanged("db")).toBe(false);
  expect(await known.isUnchanged("never")).toBe(false);
});

test("a file that changed just before it was read, or meanwhile, is read again, though it looks the same", async () => {
  await write("units/db.yml", "image: db:1\n");
  const known = new KnownUnits(folders(), () => Date.now());
  await known.read([]);
  expect(await known.isUnchanged("db")).toBe(false);
  await write("units/db.yml", "image: db:2\n");
  expect(relateUnits(await known.read([])).units).toMatchObject([{ launch: { image: "db:2" } }]);
});

test("a path that leads to another file now is read again, though that file is an old one", async () => {
  await write("units/db.yml", "image: db\nenv_file: [../current/env]\n");
  for (const release of ["r1", "r2"]) await write(`${release}/env`, `A=${release}\n`);
  await symlink("r1", join(root, "current"));
  const known = new KnownUnits(folders(), longAfter);
  await known.read([]);
  await symlink("r2", join(root, "next"));
  await rename(join(root, "next"), join(root, "current"));
  expect(await known.isUnchanged("db")).toBe(false);
  const { units } = relateUnits(await known.read([]));
  expect(units).toMatchObject([{ launch: { create: { body: { Env: ["A=r2"] } } } }]);
});

test("what could not be read for a reason that may pass is read again; a folder in place of a file is not", async () => {
  await write("units/db.yml", "image: db\nenv_file: [/proc/self/mem]\n");
  await write("units/web.yml", "image: web\n");
  await mkdir(join(root, "www/web/TAG"), { recursive: true });
  const known = new KnownUnits(folders(), longAfter);
  const { units } = relateUnits(await known.read([]));
  expect(units.map(({ launch }) => launch.ok || launch.message)).toEqual([
    expect.stringContaining("EIO"),
    expect.stringContaining("it is a folder"),
  ]);
  expect([await known.isUnchanged("db"), await known.isUnchanged("web")]).toEqual([false, true]);
});

test("a pipe in place of a file stays one, and is not waited for; a link to /dev/null is a file with nothing in it", async () => {
  await write("units/web.yml", "image: x:1\nenv_file: [./pipe, ./empty]\n");
  execFileSync("sh", ["-c", `mkfifo "$0"`, join(root, "units/pipe")]);
  await symlink("/dev/null", join(root, "units/empty"));
  const known = new KnownUnits(folders(), longAfter);
  const [unit] = relateUnits(await known.read([])).units;
  expect(unit?.launch).toMatchObject({
    ok: false,
    message: expect.stringContaining("pipe cannot be read: it is a pipe"),
  });
  expect(await known.isUnchanged("web")).toBe(true);
  await rm(join(root, "units/pipe"));
  await write("units/pipe", "A=1\n");
  expect(await known.isUnchanged("web")).toBe(false);
  expect(relateUnits(await known.read([])).units[0]?.launch).toMatchObject({ ok: true });
});

test("asked to, it reads all anew, whatever the file system says", async () => {
  await write("units/db.yml", "image: db\n");
  const known = new KnownUnits(folders(), longAfter);
  const first = await known.read([]);
  const anew = await known.read([], { anew: true });
  expect(anew.reads.get("db")).not.toBe(first.reads.get("db"));
  expect(relateUnits(anew)).toEqual(relateUnits(first));
});

test("a file that changed within the tick of its file system's clock has no state yet", () => {
  const at = (ctimeMs: number, readAt?: number) => stateOf({ ino: 1, ctimeMs, size: 1 }, readAt);
  expect([at(5_001, 5_040), at(5_001, 5_052)]).toEqual([null, at(5_001)]);
  expect([at(5_000, 7_040), at(5_000, 7_052)]).toEqual([null, at(5_000)]);
});
