import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { program } from "../../support/program.ts";

/** `svc check` as it is shipped; it needs no daemon. */
const root = mkdtempSync(join(tmpdir(), "svc-check-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const files = {
  "units/web.yml": "image: web:1\ndepends_on: [db]\nports: ['80:80']\n",
  "units/db.yml": "image: db:1\nrestrat: always\nafter: [web]\n",
  "units/proxy.yml": "image: proxy:1\nports: ['80:80']\nenvironment: {API_TOKEN: hunter2}\n",
  "units/queue@.yml": "image: queue:1\nlinsk: [db]\n",
  "other/mail.yml": "image: mail:1\nlinks: [relay]\n",
  "other/relay.yml": "imgae: relay:1\n",
  "other/odd.yaml": "image: odd:1\n",
  "else/passwd": "root:x:0:0\n",
  "else/!.yml": "image: odd:1\n",
  "names/Bad_Name!.yml": "image: odd:1\n",
};
for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text, { mode: 0o600 });
}

const circle = "error: units need each other in a circle:";
const token = "warning: the value of API_TOKEN stands in the unit file";
const clash = "warning: it publishes port 80/tcp of the host, as";

test("all problems of the folder, errors and warnings labelled alike; a circle beside another error", async () => {
  const { code, heads } = await check("--units", "units");
  expect([code, heads]).toEqual([
    2,
    [
      'units/db.yml:2:1  error: unknown key "restrat"',
      `units/db.yml:3:9  ${circle} db -> web -> db`,
      `units/proxy.yml:3:15  ${token}`,
      'units/queue@.yml:2:1  error: unknown key "linsk"',
      `units/web.yml:3:9  ${clash} proxy does`,
      "3 units, 3 errors, 2 warnings",
    ],
  ]);
});

test("quiet shows what makes it fail", async () => {
  expect((await check("--units", "units", "-q")).heads).toEqual([
    'units/db.yml:2:1  error: unknown key "restrat"',
    `units/db.yml:3:9  ${circle} db -> web -> db`,
    'units/queue@.yml:2:1  error: unknown key "linsk"',
  ]);
  expect(await check("--units", "units", "-q", "proxy")).toMatchObject({ code: 0, stdout: "" });
  const strict = await check("--units", "units", "-q", "--strict", "proxy");
  expect([strict.code, strict.heads]).toEqual([
    2,
    [`units/proxy.yml:2:9  ${clash} web does`, `units/proxy.yml:3:15  ${token}`],
  ]);
});

test.each([
  [
    ["--units", "units", "web"],
    2,
    [`units/web.yml:2:14  ${circle} web -> db -> web`, `units/web.yml:3:9  ${clash} proxy does`],
  ],
  [
    ["units/db.yml"],
    2,
    ['units/db.yml:2:1  error: unknown key "restrat"', `units/db.yml:3:9  ${circle} db -> web -> db`],
  ],
  [["--units", "units", "queue@1"], 2, ['units/queue@.yml:2:1  error: unknown key "linsk"']],
  [["--units", "units", "queue@"], 2, ['units/queue@.yml:2:1  error: unknown key "linsk"']],
  [
    ["--units", "units", "proxy", "other/relay.yml"],
    2,
    [
      'other/relay.yml:1:1  error: unknown key "imgae"',
      `units/proxy.yml:2:9  ${clash} web does`,
      `units/proxy.yml:3:15  ${token}`,
    ],
  ],
  [
    ["./other/mail.yml"],
    0,
    [
      "other/mail.yml:2:8  warning: its links to relay are on the default bridge, which engines from 30 on are to refuse",
    ],
  ],
] as const)("%j: these alone, and what they have to do with others", async (args, code, expected) => {
  const got = await check(...args);
  expect([got.code, got.heads.slice(0, -1)]).toEqual([code, expected]);
});

test.each([
  [
    ["--units", "nowhere"],
    "missing-file",
    "there is no folder of unit files at nowhere",
    "name another with --units, or make it: mkdir -p nowhere",
  ],
  [
    ["--units", "units/web.yml"],
    "missing-file",
    "units/web.yml is no folder of unit files, but a file",
    "name its folder: --units units",
  ],
  [["--units", "units", "wep"], "unknown-unit", "there is no unit wep in units", "did you mean web?"],
  [["--units", "units", "web.yml"], "missing-file", "there is no file web.yml", "a unit is named without .yml: web"],
  [
    ["units"],
    "missing-file",
    "there is no folder of unit files at /nowhere/units",
    "name another with --units, or make it: mkdir -p /nowhere/units",
  ],
  [["./units"], "usage", "./units is a folder", "svc check --units ./units looks at all that is in it"],
  [
    ["other/odd.yaml"],
    "usage",
    "other/odd.yaml is read as no unit file: these are named NAME.yml",
    "if it is a unit file, it has to be called odd.yml",
  ],
  [
    ["else/passwd"],
    "usage",
    "else/passwd is read as no unit file: these are named NAME.yml",
    "name a unit, or its file",
  ],
  [
    ["else/!.yml"],
    "usage",
    "else/!.yml is read as no unit file: the name of a unit is of letters, digits, _ . and -, a letter or digit first",
    "name a unit, or its file",
  ],
  [
    ["names/Bad_Name!.yml"],
    "usage",
    "names/Bad_Name!.yml is read as no unit file: the name of a unit is of letters, digits, _ . and -, a letter or digit first",
    "if it is a unit file, it has to be called Bad_Name.yml",
  ],
  [["--units", "units", "--sarif"], "usage", "--sarif and --json exclude each other", "ask for one of them"],
] as const)("%j is exit 2, with what to do", async (args, code, message, hint) => {
  const got = await check(...args, "--json");
  expect([got.code, JSON.parse(got.stderr)]).toEqual([2, { error: { code, message, hint } }]);
});

test("SARIF names files from here, as forges know them", async () => {
  const { stdout } = await check("--units", "./units", "--sarif", "queue@");
  expect(stdout).toContain('"uri": "units/queue%40.yml"');
});

type Checked = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly heads: readonly string[];
};

/** `heads`: the lines without their hints and sources. */
function check(...args: readonly string[]): Promise<Checked> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { PATH: process.env.PATH, SVC_UNITS: "/nowhere/units" } };
    execFile(program, ["check", "--no-engine", ...args], options, (error, stdout, stderr) => {
      const lines = stdout.split("\n").filter((line) => /^\S/.test(line));
      const heads = lines.map((line) => line.replace(/ {4}hint: .*/, ""));
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr, heads });
    });
  });
}
