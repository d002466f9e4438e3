import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import { showDeployKeys } from "../../../src/cli/show/deploys.ts";
import { showProblems } from "../../../src/cli/show/problems.ts";
import { readDeployFile } from "../../../src/deploy/deploy-file.ts";
import { deployJsonSchema, deployKeyHelp } from "../../../src/deploy/deploy-schema.ts";
import type { UnitProblem } from "../../../src/unit/unit-problem.ts";

const folder = mkdtempSync(join(tmpdir(), "svc-deploy-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "deploy.yml");

function read(content: string): ReturnType<typeof readDeployFile> {
  writeFileSync(file, content);
  return readDeployFile(file);
}

/** As it is shown, with the file's name alone. */
async function problems(content: string): Promise<string> {
  const error = await read(content).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  const { code, problems: found = [] } = error as { code?: string; problems?: readonly UnitProblem[] };
  expect(code).toBe("invalid-deploy-file");
  return showProblems(found.map((one) => ({ ...one, file: "deploy.yml" })));
}

test("hosts by role, in the order in which they are named; a host of two roles has the units of both", async () => {
  expect(
    await read(`
app: shop
roles:
  web: {hosts: [web1, web2], units: shop}
  worker: {hosts: work1, units: [shop-worker]}
  beat: {hosts: web1 , units: shop-beat}
tasks: [migrate, 'clean --all "a b"']
batch: 2
pause: 30s
min_healthy: 5s
deadline: 2m
keep: 7
hooks:
  before: ./announce
  failed: [./page-me, {command: ./more, timeout: 1m}]
x-anything: is left out
`),
  ).toEqual({
    app: "shop",
    hosts: [
      { name: "web1", units: ["shop", "shop-beat"] },
      { name: "web2", units: ["shop"] },
      { name: "work1", units: ["shop-worker"] },
    ],
    tasks: [["migrate"], ["clean", "--all", "a b"]],
    batch: 2,
    pauseMs: 30_000,
    minHealthyMs: 5_000,
    deadlineMs: 120_000,
    keep: 7,
    hooks: {
      before: [{ command: "./announce", timeoutMs: 30_000 }],
      after: [],
      failed: [
        { command: "./page-me", timeoutMs: 30_000 },
        { command: "./more", timeoutMs: 60_000 },
      ],
    },
  });
});

test("hosts alone have all units; what is not said is left to others", async () => {
  expect(await read("hosts: web1, web2\n")).toMatchObject({
    app: null,
    hosts: [
      { name: "web1", units: null },
      { name: "web2", units: null },
    ],
    tasks: [],
    batch: null,
    keep: null,
  });
  expect(await read("")).toMatchObject({ hosts: [] });
});

test("all that is wrong is told at once, each with its place", async () => {
  expect(
    await problems(`app: shop
role: {}
hosts: [web1, web1]
tasks: ["clean 'all"]
batch: 0
pause: soon
hooks: {after: {command: ./smoke, timout: 3s}}
`),
  ).toBe(`deploy.yml:2:1  error: unknown key "role"    hint: did you mean "roles"?
  2 | role: {}
    | ^^^^
deploy.yml:3:8  error: the host web1 is named twice    hint: name each once
  3 | hosts: [web1, web1]
    |        ^^^^^^^^^^^^
deploy.yml:4:9  error: tasks: this single quote is not closed    hint: write tasks: [migrate, "clean --all"]
  4 | tasks: ["clean 'all"]
    |         ^^^^^^^^^^^^
deploy.yml:5:8  error: batch: 0 is no number above 0    hint: write batch: 1
  5 | batch: 0
    |        ^
deploy.yml:6:8  error: pause: "soon" is not a time such as 10s, 1m30s or 500ms; a bare number is seconds    hint: svc help deploy.yml
  6 | pause: soon
    |        ^^^^
deploy.yml:7:35  error: unknown key "hooks.after.timout"    hint: did you mean "timeout"?
  7 | hooks: {after: {command: ./smoke, timout: 3s}}
    |                                   ^^^^^^
`);
});

test("roles name hosts and units, and do not go with hosts; what is no map is told", async () => {
  expect(await problems("hosts: a\nroles:\n  web: {hosts: [], units: shop}\n")).toBe(
    `deploy.yml:1:8  error: hosts and roles do not go together: roles name their hosts    hint: take hosts out
  1 | hosts: a
    |        ^
deploy.yml:3:16  error: roles.web.hosts names none    hint: name one, or take the role out
  3 |   web: {hosts: [], units: shop}
    |                ^^
`,
  );
  expect(await problems("roles:\n  web: {hosts: a}\n")).toContain("deploy.yml:2:8  error: roles.web.units is missing");
  expect(await problems("- web\n")).toContain("a deploy.yml is a map of keys");
  expect(await problems("app: [\n")).toContain("deploy.yml:1:6");
  await expect(readDeployFile(join(folder, "none.yml"))).rejects.toMatchObject({ code: "missing-file" });
});

test("the example of the help is a file that is read; the schema describes every key", async () => {
  const example = showDeployKeys(deployKeyHelp).split("example\n")[1] ?? "";
  expect(await read(example)).toMatchObject({ app: "antisocial", batch: 2, keep: 5 });
  expect(Object.keys(parse(example) as object)).toEqual(
    deployKeyHelp.map(({ name }) => name).filter((name) => name !== "hosts"),
  );
  const { properties } = deployJsonSchema() as { properties: { [key: string]: { description?: string } } };
  for (const { name } of deployKeyHelp) expect(properties[name]?.description).toContain(" ");
});
