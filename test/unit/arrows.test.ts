import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const source = join(import.meta.dirname, "../../src");

/** Which folder may know which. Everybody may know svc-error.ts. */
const arrows: { readonly [folder: string]: readonly string[] } = {
  main: ["cli", "daemon", "runner", "front", "control", "unit"],
  cli: ["control", "unit", "runner", "graph", "lint", "doctor", "convert", "deploy", "front"],
  deploy: ["control", "unit", "host", "clock"],
  lint: ["engine", "unit", "graph"],
  doctor: ["control", "engine", "unit"],
  runner: ["engine", "unit"],
  daemon: ["control", "engine", "plan", "graph", "unit", "clock", "front", "host"],
  front: ["unit", "clock", "host"],
  control: ["unit", "host"],
  engine: ["plan", "unit", "clock"],
  plan: ["graph", "unit", "engine"],
  graph: ["unit"],
  convert: ["unit"],
  host: ["clock"],
  clock: [],
  unit: [],
};

const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
const imports = files.flatMap((file) => {
  const text = readFileSync(join(source, file), "utf8");
  return [...text.matchAll(/(import type .*?|import .*?|export .*?|import\()\s*(?:from )?"([^"]+)"/gs)].map(
    ([, kind = "", path = ""]) => ({
      file,
      path,
      types: kind.startsWith("import type"),
    }),
  );
});
const folderOf = (path: string): string =>
  path.includes("/") ? (path.split("/")[0] ?? "") : path.replace(/\.ts$/, "");

test("folders know only those that they may know", () => {
  const wrong = imports.filter(({ file, path }) => {
    if (!path.startsWith(".")) return false;
    const target = folderOf(relative(source, resolve(source, file, "..", path)));
    const from = folderOf(file);
    return target !== from && target !== "svc-error" && !arrows[from]?.includes(target);
  });
  expect(wrong).toEqual([]);
});

test("plan knows of the engine by its types alone", () => {
  const wrong = imports.filter(
    ({ file, path, types }) => file.startsWith("plan/") && path.includes("/engine/") && !types,
  );
  expect(wrong).toEqual([]);
});

test("only src/engine/docker knows dockerode", () => {
  const wrong = imports.filter(({ file, path }) => path === "dockerode" && !file.startsWith("engine/docker/"));
  expect(wrong).toEqual([]);
});

/** All that is loaded with a file, but for what is imported later. */
function loadedWith(entry: string): { readonly files: ReadonlySet<string>; readonly packages: ReadonlySet<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const queue = [entry];
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    if (files.has(file)) continue;
    files.add(file);
    const text = readFileSync(join(source, file), "utf8");
    for (const [, path = ""] of text.matchAll(/^(?:import|export) (?!type)[^;]*?from "([^"]+)";/gms)) {
      if (path.startsWith(".")) queue.push(relative(source, resolve(source, file, "..", path)));
      else packages.add(path);
    }
  }
  return { files, packages };
}

test("a command that only talks to the daemon loads neither node:http, dockerode, zod, yaml nor pino", () => {
  const { files, packages } = loadedWith("cli/main.ts");
  expect(["node:http", "dockerode", "zod", "yaml", "pino"].filter((name) => packages.has(name))).toEqual([]);
  expect([...packages]).toContain("commander");
  // Only svc top itself loads what it takes to draw.
  expect([...files].filter((file) => file.startsWith("cli/top/"))).toEqual([]);
});

test.each(["front/proxy.ts", "front/front.ts"])("%s loads nothing but node's own", (entry) => {
  expect([...loadedWith(entry).packages].filter((name) => !name.startsWith("node:"))).toEqual([]);
});
