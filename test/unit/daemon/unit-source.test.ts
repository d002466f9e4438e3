import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, test } from "vitest";
import { systemClock } from "../../../src/clock/system-clock.ts";
import { parseDefinitions, serialise } from "../../../src/daemon/definitions.ts";
import { UnitSource, type UnitsNow } from "../../../src/daemon/unit-source.ts";
import { unit } from "../../support/build.ts";

test("a file that changes while the folder is being read is seen by all who ask from then on, in one more look", async ({
  expect,
}) => {
  const folder = mkdtempSync(join(tmpdir(), "svc-source-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const folders = { units: join(folder, "units"), defaultDir: folder, wwwDir: folder };
  mkdirSync(folders.units);
  const write = (name: string) => writeFileSync(join(folders.units, `${name}.yml`), "image: busybox:1\n");
  const names = (now: UnitsNow) => [...now.units.keys()].join(" ");

  const looks: string[] = [];
  const asked: Promise<UnitsNow>[] = [];
  write("one");
  const source = new UnitSource(folders, systemClock(), (now) => {
    looks.push(names(now));
    // The files of this look have been read, but it is still under way.
    if (looks.length > 1) return;
    write("two");
    asked.push(source.read(), source.read({ anew: true }), source.read());
  });
  expect(names(await source.read())).toBe("one");
  expect((await Promise.all(asked)).map(names)).toEqual(["one two", "one two", "one two"]);
  expect(looks).toEqual(["one", "one two"]);
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

  const source = new UnitSource(folders, systemClock(), () => undefined);
  source.recall(kept.units);
  const { units } = await source.read();
  expect(units.get("web")?.launch).toMatchObject({ ok: false, message: `${folders.defaultDir}/web has errors` });
  expect(units.get("db")?.launch).toMatchObject({ ok: false, message: "its unit file has errors" });
});
