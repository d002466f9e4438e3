import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findCycles } from "../../../src/graph/cycles.ts";
import { readUnits } from "../../../src/unit/read-units.ts";
import { readFiles } from "./support/read-one.ts";

const shipped = join(import.meta.dirname, "../../../units");

test("every shipped unit loads with no problem, and can be launched", async () => {
  const folders = { units: shipped, defaultDir: join(shipped, "default"), wwwDir: "/nowhere" };
  const read = await readUnits(folders, { instances: ["worker@mail"] });
  expect(read.problems).toEqual([]);
  expect(read.units.map(({ name, launch }) => `${name} ${launch.ok ? launch.image : launch.message}`)).toEqual([
    "antisocial svc-demo",
    "antisocial-beat svc-demo",
    "antisocial-worker svc-demo",
    "postfix svc-demo:build-1",
    "redis svc-demo:build-1",
    "registrator svc-demo:build-1",
    "worker@mail svc-demo",
  ]);
  expect(findCycles(read.units)).toEqual([]);
});

test("three units of one app share its env file and TAG, and each has its command", async () => {
  const folder = mkdtempSync(join(tmpdir(), "svc-units-"));
  mkdirSync(join(folder, "antisocial"), { recursive: true });
  writeFileSync(join(folder, "antisocial/TAG"), "export TAG=build-42\n");
  const { units } = await readUnits({ units: shipped, defaultDir: join(shipped, "default"), wwwDir: folder });
  rmSync(folder, { recursive: true });
  const shop = units.filter((unit) => unit.app === "antisocial");
  expect(shop.map(({ launch }) => launch.ok && [launch.image, launch.create.body.Cmd])).toEqual([
    ["svc-demo:build-42", undefined],
    ["svc-demo:build-42", ["beat"]],
    ["svc-demo:build-42", ["worker"]],
  ]);
});

test("files that are wrong are told of all at once, each problem at its place; the others load", async () => {
  const folder = mkdtempSync(join(tmpdir(), "svc-units-"));
  const file = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  file("good.yml", "image: a:1\n");
  file("typo.yml", "image: a:1\nlinsk: [good]\nstop_grace_period: soon\n");
  file("syntax.yml", "image: [a\n");
  file("lost.yml", "image: a:1\ndepends_on: [goood]\n");
  file("flags.yml", "image: a:1\noptions: --memroy 5m --restart always\n");
  file(".good.yml.swp", "x");
  file("good.yml~", "x");
  const read = await readUnits({ units: folder, defaultDir: folder, wwwDir: folder });
  expect(readdirSync(folder).length).toBe(7);
  rmSync(folder, { recursive: true });
  expect(read.units.map(({ name }) => name)).toEqual(["good", "lost"]);
  const places = read.problems.map(({ unit, line, column, code }) => `${unit} ${line}:${column} ${code}`);
  expect(places).toEqual([
    "flags 2:10 invalid-options",
    "flags 2:32 invalid-options",
    "lost 2:14 unknown-unit",
    "syntax 1:8 yaml",
    "typo 2:1 unknown-key",
    "typo 3:20 bad-value",
  ]);
});

test("a file whose name is none of a unit is told, with the names that are allowed; what editors leave is not", async () => {
  const names = [
    "Bad_Name!.yml",
    "a4-日本.yml",
    "日本.yml",
    "-x.yml",
    "a b.yaml",
    "a@b@c.yml",
    "._web.yml",
    ".#web.yml",
    "web.yml~",
  ];
  const { problems, units } = await readFiles(Object.fromEntries(names.map((name) => [`units/${name}`, "image: a\n"])));
  expect(units).toEqual([]);
  const allowed = "letters, digits, _ . and -, a letter or digit first";
  const told = problems.map(({ file, severity, code, message, hint }) => [
    file.replace(/.*\//, ""),
    severity,
    code,
    message,
    hint,
  ]);
  const no = `this is read as no unit file: the name of a unit is of ${allowed}`;
  expect(told).toEqual([
    ["-x.yml", "warning", "file-name", no, "mv ./-x.yml x.yml"],
    ["Bad_Name!.yml", "warning", "file-name", no, "mv 'Bad_Name!.yml' Bad_Name.yml"],
    ["a b.yaml", "warning", "file-name", "files that end in .yaml are not read", "mv 'a b.yaml' a-b.yml"],
    ["a4-日本.yml", "warning", "file-name", no, "mv 'a4-日本.yml' a4.yml"],
    ["a@b@c.yml", "warning", "file-name", no, "mv a@b@c.yml a@b-c.yml"],
    ["日本.yml", "warning", "file-name", no, "give it a name of these"],
  ]);
});

test("what cannot be read is told in plain words, with what to do", async () => {
  const folder = mkdtempSync(join(tmpdir(), "svc-units-"));
  mkdirSync(join(folder, "folder.yml"));
  symlinkSync("nowhere.yml", join(folder, "lost.yml"));
  symlinkSync("circle.yml", join(folder, "circle.yml"));
  const { problems } = await readUnits({ units: folder, defaultDir: folder, wwwDir: folder });
  rmSync(folder, { recursive: true });
  expect(problems.map(({ unit, message, hint }) => `${unit}: ${message} | ${hint}`)).toEqual([
    "circle: it cannot be read: its links lead in a circle | take the link away, and write a file",
    "folder: it cannot be read: it is a folder | move the folder away, and write a file",
    "lost: it cannot be read: there is no such file, or it is a link that leads nowhere | write it, or take the link away",
  ]);
});

test("a TAG or env file that cannot be read keeps its own unit down, says why, and hides no other", async () => {
  const folder = mkdtempSync(join(tmpdir(), "svc-units-"));
  for (const name of ["units", "default/b", "www/a/TAG"]) mkdirSync(join(folder, name), { recursive: true });
  for (const name of ["a", "b", "c"]) writeFileSync(join(folder, `units/${name}.yml`), "image: x:1\n");
  const read = await readUnits({
    units: join(folder, "units"),
    defaultDir: join(folder, "default"),
    wwwDir: join(folder, "www"),
  });
  rmSync(folder, { recursive: true });
  expect(read.units.map(({ name, launch }) => [name, launch.ok || launch.code])).toEqual([
    ["a", "invalid-tag-file"],
    ["b", "missing-file"],
    ["c", true],
  ]);
});

test("a link to a unit goes by its container's name, under the name that the unit file has", async () => {
  const folder = mkdtempSync(join(tmpdir(), "svc-units-"));
  writeFileSync(join(folder, "db.yml"), "image: a:1\ncontainer_name: prod-db\n");
  writeFileSync(join(folder, "web.yml"), "image: a:1\nlinks: [db]\n");
  const { units } = await readUnits({ units: folder, defaultDir: folder, wwwDir: folder });
  rmSync(folder, { recursive: true });
  const web = units.find((unit) => unit.name === "web");
  expect(web?.launch.ok && web.launch.create.body.HostConfig).toEqual({ Links: ["prod-db:db"] });
  expect(web?.needs).toMatchObject([{ unit: "db", binds: true, onLoss: "restart" }]);
});

test("no value of an env file is in a problem's source", async () => {
  const folder = mkdtempSync(join(tmpdir(), "svc-units-"));
  writeFileSync(join(folder, "web.yml"), "image: a:1\n");
  writeFileSync(join(folder, "web"), "A='x\nhush hush' more\nhush\nB=$(hush)\n");
  const { problems } = await readUnits({ units: folder, defaultDir: folder, wwwDir: folder });
  rmSync(folder, { recursive: true });
  expect(problems.length).toBeGreaterThan(1);
  expect(JSON.stringify(problems)).not.toContain("hush");
});

test("stop signal and timeout of OPTS are the unit's", async () => {
  const folder = mkdtempSync(join(tmpdir(), "svc-units-"));
  writeFileSync(join(folder, "web.yml"), "image: a:1\noptions: --stop-timeout 60 --stop-signal QUIT\n");
  const { units } = await readUnits({ units: folder, defaultDir: folder, wwwDir: folder });
  rmSync(folder, { recursive: true });
  expect(units).toMatchObject([{ stopGraceMs: 60_000, stopSignal: "QUIT" }]);
});

test("a template makes an instance for each name that is asked for or needed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "svc-units-"));
  writeFileSync(join(folder, "worker@.yml"), "image: a:1\ncommand: work --queue %i --as %n\n");
  writeFileSync(join(folder, "web.yml"), "image: a:1\ndepends_on: [worker@mail]\n");
  const read = await readUnits({ units: folder, defaultDir: folder, wwwDir: folder }, { instances: ["worker@3"] });
  rmSync(folder, { recursive: true });
  expect(read.problems).toEqual([]);
  expect(read.units.map(({ name, launch }) => [name, launch.ok && launch.create.body.Cmd])).toEqual([
    ["web", undefined],
    ["worker@3", ["work", "--queue", "3", "--as", "worker@3"]],
    ["worker@mail", ["work", "--queue", "mail", "--as", "worker@mail"]],
  ]);
});

test("a template that nobody has an instance of is checked as if there were one", async () => {
  const folder = mkdtempSync(join(tmpdir(), "svc-units-"));
  const text = 'image: a:1\ncontainer_name: "queue-%i"\ncpu_shares: "%i"\nmem_limit: "%im"\nstop_grace_period: "%ix"\n';
  writeFileSync(join(folder, "worker@.yml"), text);
  const read = await readUnits({ units: folder, defaultDir: folder, wwwDir: folder });
  rmSync(folder, { recursive: true });
  expect(read.problems.map(({ line, code }) => [line, code])).toEqual([[5, "bad-value"]]);
});

test("words that every JavaScript object knows mean no more than others, wherever a user writes them", async () => {
  const words = ["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"];
  const texts = words.flatMap((word) => [
    `image: a:1\nnetwork_mode: ${word}\n`,
    `image: a:1\nnetworks: {${word}: {}}\n`,
    `image: a:1\n${word}: 1\n`,
    `image: a:1\n${word}: {${word}: 1}\n`,
    `image: a:1\nlisten: {${word}: 1}\n`,
    `image: a:1\nready: {${word}: 1}\n`,
    `image: a:1\nrespawn: ${word}\n`,
    `image: a:1\nstop_signal: ${word}\n`,
    `image: a:1\non_event: {${word}: x}\n`,
    `image: a:1\ndepends_on: {${word}: {${word}: 1}}\n`,
    `image: a:1\nvolumes: [{type: ${word}, target: /x, ${word}: 1}]\n`,
    `image: a:1\noptions: --${word}=1\n`,
    `image: a:1\noptions: --mount type=${word},${word}=1,target=/x\n`,
    `image: a:1\noptions: --ulimit ${word}=1 --pid ${word} --log-driver ${word} --tmpfs /x:${word}\n`,
    `image: a:1\nlabels: {${word}: 1}\nenvironment: {${word}: 1}\nsysctls: {${word}: 1}\nulimits: {${word}: 1}\n`,
  ]);
  const { problems } = await readFiles(Object.fromEntries(texts.map((text, at) => [`units/u${at}.yml`, text])));
  expect(problems.filter(({ code }) => code === "internal")).toEqual([]);
  const named = await readFiles(
    Object.fromEntries(words.slice(0, 2).map((word) => [`units/${word}.yml`, "image: a:1\n"])),
  );
  expect(named.problems).toEqual([]);
});

test("a unit that svc stumbles over is told as a mistake of svc, and the others load", async () => {
  const folder = mkdtempSync(join(tmpdir(), "svc-units-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "good.yml"), "image: a:1\ntag_file: TAG\n");
  writeFileSync(join(folder, "odd.yml"), "app: odd\n");
  const folders = {
    units: folder,
    defaultDir: folder,
    get wwwDir(): string {
      throw new TypeError("nobody thought of this");
    },
  };
  const read = await readUnits(folders);
  expect(read.units.map(({ name }) => name)).toEqual(["good"]);
  expect(read.invalid.map(({ name }) => name)).toEqual(["odd"]);
  expect(read.problems).toEqual([
    {
      unit: "odd",
      severity: "error",
      code: "internal",
      ...{ file: join(folder, "odd.yml"), line: 1, column: 1, length: 0, source: "" },
      message: "svc could not read it: nobody thought of this; this is a mistake in svc",
      hint: "please report this, with the file; all other units are read",
    },
  ]);
});
