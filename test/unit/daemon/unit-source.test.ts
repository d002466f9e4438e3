import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished, test } from "vitest";
import type { Clock } from "../../../src/clock/clock.ts";
import { systemClock } from "../../../src/clock/system-clock.ts";
import { parseDefinitions, serialise } from "../../../src/daemon/definitions.ts";
import { UnitSource, type UnitsNow } from "../../../src/daemon/unit-source.ts";
import { unit } from "../../support/build.ts";

/** What is seen is seen by watching. */
const unpatrolled: Clock = {
  ...systemClock(),
  after: (ms, callback) => (ms < 30_000 ? systemClock().after(ms, callback) : () => undefined),
};

function makeFolder() {
  const folder = mkdtempSync(join(tmpdir(), "svc-source-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const folders = { units: join(folder, "units"), defaultDir: folder, wwwDir: folder };
  mkdirSync(folders.units);
  return { folders, write: (name: string) => writeFileSync(join(folders.units, `${name}.yml`), "image: busybox:1\n") };
}

test("a file that changes while the folder is being read is seen by all who ask from then on, in one more look", async ({
  expect,
}) => {
  const { folders, write } = makeFolder();
  const names = (now: UnitsNow) => [...now.units.keys()].join(" ");

  const looks: string[] = [];
  const asked: Promise<UnitsNow>[] = [];
  write("one");
  const onRead = (now: UnitsNow): void => {
    looks.push(names(now));
    // The files of this look have been read, but it is still under way.
    if (looks.length > 1) return;
    write("two");
    asked.push(source.read(), source.read({ anew: true }), source.read());
  };
  const source = new UnitSource(folders, systemClock(), { onRead, onFailure: (message) => expect(message).toBe("") });
  expect(names(await source.read())).toBe("one");
  expect((await Promise.all(asked)).map(names)).toEqual(["one two", "one two", "one two"]);
  expect(looks).toEqual(["one", "one two"]);
});

test("a look that fails is told, and the next change is looked at as before", { timeout: 15_000 }, async ({
  expect,
}) => {
  const { folders, write } = makeFolder();
  const looks = Promise.withResolvers<UnitsNow>();
  const told = Promise.withResolvers<string>();
  const onRead = (now: UnitsNow): void => {
    if (now.units.has("good")) looks.resolve(now);
    else if (now.units.has("odd")) throw new Error("nobody thought of this");
  };
  const source = new UnitSource(folders, unpatrolled, { onRead, onFailure: told.resolve });
  onTestFinished(() => source.close());
  await source.read();
  source.watch();
  write("odd");
  expect(await told.promise).toBe("nobody thought of this");
  write("good");
  expect([...(await looks.promise).units.keys()]).toEqual(["good", "odd"]);
});

test("changes in a folder that was removed and made again are seen at once", { timeout: 15_000 }, async ({
  expect,
}) => {
  const { folders, write } = makeFolder();
  const waiting = new Map<string, () => void>();
  const seen = (names: string) => new Promise<void>((resolve) => waiting.set(names, resolve));
  const onRead = (now: UnitsNow): void => waiting.get([...now.units.keys()].join(" "))?.();
  const source = new UnitSource(folders, unpatrolled, { onRead, onFailure: (message) => expect(message).toBe("") });
  onTestFinished(() => source.close());
  write("one");
  await source.read();
  source.watch();
  const gone = seen("");
  rmSync(folders.units, { recursive: true });
  await gone;
  const back = seen("two");
  mkdirSync(folders.units);
  write("two");
  await back;
  const more = seen("three two");
  write("three");
  await more;
});

test("a TAG file is seen as it is written, and when it is gone with its folder", {
  timeout: 15_000,
}, async ({ expect }) => {
  const { folders: own, write } = makeFolder();
  const app = join(own.wwwDir, "www", "one");
  mkdirSync(app, { recursive: true });
  const folders = { ...own, wwwDir: dirname(app) };
  const seen = new Map<string, () => void>();
  const image = (now: UnitsNow): string => {
    const launch = now.units.get("one")?.launch;
    return launch?.ok ? launch.image : "";
  };
  const untilImage = (wanted: string) => new Promise<void>((resolve) => seen.set(wanted, resolve));
  const onRead = (now: UnitsNow): void => seen.get(image(now))?.();
  const source = new UnitSource(folders, unpatrolled, { onRead, onFailure: (message) => expect(message).toBe("") });
  onTestFinished(() => source.close());
  write("one");
  expect(image(await source.read())).toBe("busybox:1");
  source.watch();
  for (const tag of ["build-1", "build-2"]) {
    const aside = join(app, ".TAG");
    const tagged = untilImage(`busybox:${tag}`);
    writeFileSync(aside, `export TAG=${tag}\n`);
    renameSync(aside, join(app, "TAG"));
    await tagged;
  }
  const gone = untilImage("");
  rmSync(app, { recursive: true });
  await gone;
});

test("of a definition that was kept it is told which of its files has errors now", async ({ expect }) => {
  const folder = mkdtempSync(join(tmpdir(), "svc-source-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const folders = { units: join(folder, "units"), defaultDir: join(folder, "default"), wwwDir: folder };
  for (const path of [folders.units, folders.defaultDir]) mkdirSync(path);
  writeFileSync(join(folders.units, "web.yml"), "image: busybox:1\n");
  writeFileSync(join(folders.units, "db.yml"), "imgae: busybox:1\n");
  writeFileSync(join(folders.defaultDir, "web"), "A=$(date)\n");
  const all = ["web", "db"].map((name) => unit(name, { file: join(folders.units, `${name}.yml`) }));
  const kept = parseDefinitions(serialise("boot", new Map(all.map((one) => [one.name, one]))));
  if (kept instanceof Error) throw kept;

  const source = new UnitSource(folders, systemClock(), { onRead: () => undefined, onFailure: () => undefined });
  source.recall(kept.units);
  const { units } = await source.read();
  expect(units.get("web")?.launch).toMatchObject({ ok: false, message: `${folders.defaultDir}/web has errors` });
  expect(units.get("db")?.launch).toMatchObject({ ok: false, message: "its unit file has errors" });
});
