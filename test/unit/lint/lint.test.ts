import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { showProblems } from "../../../src/cli/show/problems.ts";
import { sarif } from "../../../src/cli/show/sarif.ts";
import { type Linted, lint } from "../../../src/lint/lint.ts";
import { tellMissing } from "../../../src/lint/missing-images.ts";
import { readUnits } from "../../../src/unit/read-units.ts";
import { wholeFile } from "../../../src/unit/unit-problem.ts";
import { unit } from "../../support/build.ts";

/** What lint says of these files, as svc check shows it. */
async function linted(
  files: { readonly [path: string]: string },
  modes: { readonly [path: string]: number } = {},
  concerns: (unit: string) => boolean = () => true,
) {
  const folder = await mkdtemp(join(tmpdir(), "svc-lint-"));
  const at = (path: string): string => join(folder, path);
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(at(path)), { recursive: true });
      await writeFile(at(path), text, { mode: modes[path] ?? 0o600 });
    }
    const read = await readUnits({ units: at("units"), defaultDir: at("default"), wwwDir: at("www") });
    const { problems } = await lint(read, { withEngine: false, concerns, defaultDir: at("default") });
    return { read, problems, folder, text: showProblems(problems).replaceAll(`${folder}/`, "") };
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("two units with one port of the host, on overlapping addresses; not those that exclude each other", async () => {
  const { text } = await linted({
    "units/a.yml": "image: a\nports: ['8000:80', '127.0.0.1:25:25', '53:53/udp', '90']\n",
    "units/b.yml": "image: b\nports:\n  - '127.0.0.1:8000:8000'\n",
    "units/c.yml": "image: c\nports: ['127.0.0.2:25:25', '53:53', '90']\n",
    "units/d.yml": "image: d\nports: ['8000:1']\nconflicts: [a, b]\nenabled: false\n",
    "default/e": "IMAGE=e\nOPTS='-p 25:25'\n",
    "units/e.yml": "conflicts: [c]\nenabled: false\n",
  });
  expect(text).toBe(
    `units/b.yml:3:5  warning: it publishes port 8000/tcp of the host, as a does    hint: take another port, or write conflicts if only one of them is to run
  3 |   - '127.0.0.1:8000:8000'
    |     ^^^^^^^^^^^^^^^^^^^^^
default/e:2:10  warning: it publishes port 25/tcp of the host, as a does    hint: take another port, or write conflicts if only one of them is to run
  2 | OPTS=··· ······
    |          ^^^^^
`,
  );
});

test("two that exclude each other and are both enabled: the second is not started at boot", async () => {
  const { text } = await linted({
    "units/a.yml": "image: a\n",
    "units/b.yml": "image: b\nconflicts: [a]\n",
    "units/c.yml": "image: c\nconflicts: [a]\nenabled: false\n",
  });
  expect(text).toBe(
    "units/b.yml:1:1  warning: it and a exclude each other, and both are enabled: at boot only a is started    hint: write enabled: false in the one that is not to be started at boot\n",
  );
});

test("links on the default bridge; those in a network of their own are well", async () => {
  const { text } = await linted({
    "units/db.yml": "image: db\n",
    "units/a.yml": "image: a\nlinks: [db]\n",
    "units/b.yml": "image: b\nlinks: [db]\nnetworks: [back]\n",
  });
  expect(text).toBe(
    `units/a.yml:2:8  warning: its links to db are on the default bridge, which engines from 30 on are to refuse    hint: write networks: [NAME] in it and in db: links by name stay, and nothing is restarted for them
  2 | links: [db]
    |        ^^^^
`,
  );
});

test("secrets in unit files, and in env files that all can read; values are not shown, files that hold them are no secrets", async () => {
  const { text } = await linted(
    {
      "units/a.yml":
        "image: a\nenvironment:\n  DB_PASSWORD: hunter2\n  API_KEY_FILE: /run/key\n  TOKEN: $TOKEN\n  SECRETARY: ann\noptions: -e MY_TOKEN=hunter2\n# OLD_PASSWORD=x\n",
      "default/a": "export SECRET='hunter2'\nNAME=x\n",
      "default/b": "SECRET=hunter2\n",
      "units/b.yml": "image: b\n",
    },
    { "default/a": 0o644, "units/a.yml": 0o644, "default/b": 0o640 },
  );
  expect(text).toBe(
    `units/a.yml:3:3  warning: the value of DB_PASSWORD stands in the unit file, which everybody can read    hint: move it to the env file, which root alone can read:  chmod 600 default/a
  3 |   DB_PASSWORD· ·······
    |   ^^^^^^^^^^^
units/a.yml:7:13  warning: the value of MY_TOKEN stands in the unit file, which everybody can read    hint: move it to the env file, which root alone can read:  chmod 600 default/a
  7 | ········ ·· MY_TOKEN········
    |             ^^^^^^^^
default/a:1:1  warning: default/a holds SECRET and everybody can read it    hint: chmod o-r default/a
`,
  );
  expect(text).not.toContain("hunter2");
});

test("a secret is found in whatever form it stands, in templates and in files that are wrong too", async () => {
  const { text } = await linted(
    {
      "units/flow.yml": "image: a\nenvironment: {DB_PASSWORD: hunter2}\n",
      "units/list.yml": "image: a\nenvironment: [NAME=x, 'DB_PASSWORD=hunter2']\n",
      "units/lines.yml": "image: a\nenvironment:\n  - DB_PASSWORD=hunter2\n",
      "units/quoted.yml": 'image: a\nenvironment: {"DB_PASSWORD": "hunter2"}\n',
      "units/other.yml": "image: a\nx-password: &it hunter2\nenvironment:\n  DB_PASSWORD: *it\n",
      "units/option.yml": "image: a\noptions: >-\n  --env=A=1\n  --env=DB_PASSWORD=hunter2\n",
      "units/hook.yml": "image: a\npre_start: [{command: env DB_PASSWORD=hunter2 true}]\n",
      "units/flag.yml": "image: a\ncommand: redis-server --requirepass hunter2\n",
      "units/flags.yml": "image: a\ncommand: [redis-server, --requirepass, hunter2]\n",
      "units/url.yml": "image: a\ncommand: [sh, -c, 'curl http://u:hunter2@shop | cat']\n",
      "units/queue@.yml": "image: a\nenvironment: {DB_PASSWORD: hunter2}\n",
      "units/wrong.yml": "imgae: a\nenvironment: {DB_PASSWORD: hunter2}\n",
      "units/none.yml":
        "image: a\nenvironment: {DB_PASSWORD: $DB_PASSWORD, TOKEN: '', API_TOKEN: true, SECRET_FILE: /run/x}\nlabels: {a.b: c}\n",
    },
    { "units/flow.yml": 0o644 },
  );
  const told = text.split("\n").filter((line) => line.includes("warning"));
  expect(told.map((line) => line.replace(/,? {4}hint.*| stands in the unit file/g, ""))).toEqual([
    "units/flag.yml:2:25  warning: the value of requirepass",
    "units/flags.yml:2:27  warning: the value of requirepass",
    "units/flow.yml:2:15  warning: the value of DB_PASSWORD, which everybody can read",
    "units/hook.yml:2:27  warning: the value of DB_PASSWORD",
    "units/lines.yml:3:5  warning: the value of DB_PASSWORD",
    "units/list.yml:2:24  warning: the value of DB_PASSWORD",
    "units/option.yml:4:9  warning: the value of DB_PASSWORD",
    "units/other.yml:2:1  warning: the value of x-password",
    "units/other.yml:4:3  warning: the value of DB_PASSWORD",
    "units/queue@.yml:2:15  warning: the value of DB_PASSWORD",
    "units/quoted.yml:2:16  warning: the value of DB_PASSWORD",
    "units/url.yml:2:25  warning: the password in a URL",
    "units/wrong.yml:2:15  warning: the value of DB_PASSWORD",
  ]);
  expect(text).not.toContain("hunter2");
});

test("no problem of a unit file shows a secret that stands in its line, or is the line", async () => {
  const files = {
    "units/a.yml": 'image: a\nports: ["90:90"]\n',
    "units/b.yml": 'image: b\noptions: "-p 90:90 -e API_TOKEN=hunter2"\n',
    "units/c.yml": 'image: c\noptions: "-e DB_PASS=hunter2 --bogus"\n',
    "units/d.yml": "image: d\nenviroment: {DB_PASS: hunter2}\n",
    "units/e.yml": "image: e\nenvironment: {DB_PASS: hunter2, DB_PASS: hunter22}\n",
    "units/f.yml": 'image: f\nenvironment:\n  DB_PASSWORD: "hunter2\\q"\n',
    "units/g.yml": "image: g\nmem_limit: 5x # {\nDB_PASS: hunter2\n",
    "units/h.yml": "image: h\noptions: -p API_TOKEN=hunter2\n",
    "units/i.yml": "image: i\nstop_signal: {DB_PASS: hunter2}\n",
    "units/k.yml": `image: k\nenvironment: {DB_PASS: "\${PASS:-hunter2}"}\n`,
    "units/j.yml": `image: j\nlabels: {DB_PASS: 'hunter2 \${X}'}\n`,
  };
  const { text, problems, read } = await linted(files);
  const all = showProblems(read.problems) + text;
  expect(all).toContain("the host, as a does");
  expect(all).toContain('  2 | options: "-e DB_PASS=······· --bogus·\n');
  expect(all).toMatch(/units\/e.yml:2:33 .*\n.*\n {4}\| {33}\^{7}\n/);
  expect(all).toContain("$" + "{PASS:-…} stays as it is");
  expect(all).toContain('--publish: "…" names no port');
  expect(all).not.toContain("hunter2");
  expect(JSON.stringify([...read.problems, ...problems])).not.toContain("hunter2");
});

test("a URL with a password, and what OPTS of an env file sets", async () => {
  const { text } = await linted(
    {
      "units/a.yml":
        "image: a\nenvironment:\n  DATABASE_URL: postgres://shop:hunter2@db/shop\n  STRIPE_KEY: /run/secrets/stripe\n",
      "default/a":
        "# OLD_KEY=hunter2\nSECRET_KEY='hunter2 x'\nOPTS=\"-e DB_PASS=hunter2 -e MAIL=smtp://a:hunter2@mail\"\nPUBLIC_KEY=x\n",
    },
    { "default/a": 0o644 },
  );
  const told = text.split("\n").filter((line) => line.includes("warning"));
  expect(told.map((line) => line.replace(/ {4}hint.*/, ""))).toEqual([
    "units/a.yml:3:3  warning: the password in DATABASE_URL stands in the unit file",
    "default/a:1:1  warning: default/a holds SECRET_KEY, DB_PASS, MAIL and everybody can read it",
  ]);
  expect(text).not.toContain("hunter2");
});

test("a circle is told though one of its files is wrong otherwise, at the unit that it is asked about", async () => {
  const files = {
    "units/a.yml": "image: a\ndepends_on: [b]\n",
    "units/b.yml": "image: b\nbefore: [a]\noptions: --memroy 5m --link c\n",
    "units/c.yml": "imgae: b\nlinks: [a]\n",
    "units/d.yml": "image: [\n",
  };
  const { text } = await linted(files);
  expect(text).toMatch(/^units\/a.yml:2:14 {2}error: units need each other in a circle: a -> b -> c -> a {4}hint/);
  const { text: ofC } = await linted(files, {}, (unit) => unit === "c");
  expect(ofC).toMatch(/^units\/c.yml:2:9 {2}error: units need each other in a circle: c -> a -> b -> c {4}hint/);
});

test("a port that is listened on clashes with one that is published, and localhost with every address", async () => {
  const files = { "units/a.yml": "image: a\nports: ['80:8000']\n", "units/b.yml": "image: b\nlisten: 80\n" };
  const { text } = await linted(files);
  expect(text).toContain("units/b.yml:2:9  warning: it listens on port 80/tcp of the host, as a does");
});

test("each port that clashes is told, at its place, once for a range", async () => {
  const files = {
    "units/a.yml": "image: a\nports: ['80:1', '81:2', '90-99:90-99']\nlisten: [70, 71]\n",
    "units/b.yml": "image: b\nports:\n  - '80:80'\n  - {published: 81, target: 81}\n  - '95-97:95-97'\nlisten: 71\n",
  };
  const { text } = await linted(files, {}, (unit) => unit === "b");
  const told = text.split("\n").filter((line) => line.includes("warning"));
  expect(told.map((line) => line.replace(/ {4}hint.*/, ""))).toEqual([
    "units/b.yml:3:5  warning: it publishes port 80/tcp of the host, as a does",
    "units/b.yml:4:5  warning: it publishes port 81/tcp of the host, as a does",
    "units/b.yml:5:5  warning: it publishes ports 95/tcp and 2 more of the host, as a does",
    "units/b.yml:6:9  warning: it listens on port 71/tcp of the host, as a does",
  ]);
});

test("a unit without a network of its own publishes nothing, and one of IPv6 alone nothing on IPv4", async () => {
  const { text } = await linted({
    "units/a.yml": "image: a\nports: ['80:80', '127.0.0.1:90:90', '0.0.0.0:70:70', '60-65:60']\n",
    "units/b.yml": "image: b\nnetwork_mode: host\nports: ['80:80']\n",
    "units/c.yml": "image: c\nports: ['80:80']\n",
    "default/c": "EXTRA='--network none'\n",
    "units/d.yml": "image: d\nports: ['[::]:90:90', '[::1]:70:70', '60-65:60']\n",
  });
  expect(text).toBe("");
});

test("a unit that would have a port of the host twice is told, as engines refuse it", async () => {
  const { text } = await linted({
    "units/a.yml": "image: a\nports: ['80:80', '80:8080', '81:81/udp', '81:81', '90-92:90-92']\nlisten: 81\n",
    "default/a": "OPTS='-p 127.0.0.1:91:91'\n",
  });
  const told = text.split("\n").filter((line) => line.includes("warning"));
  expect(told.map((line) => line.replace(/^\S+units./, ""))).toEqual([
    "units/a.yml:2:18  warning: it publishes port 80/tcp of the host, as it does already    hint: take one of them out, or take another port",
    "units/a.yml:2:51  warning: it publishes port 91/tcp of the host, as it does already    hint: take one of them out, or take another port",
    "units/a.yml:3:9  warning: it listens on port 81/tcp of the host, as it does already    hint: take one of them out, or take another port",
  ]);
});

test("what is known of a unit whose file is wrong is looked at too: its ports, its links, its env files", async () => {
  const { text } = await linted(
    {
      "units/a.yml": "image: a\ncontainer_name: xx\nports: ['80:80']\n",
      "units/b.yml": "image: b\ncontainer_name: xx\nports: ['80:80']\nlinks: [c]\n",
      "units/c.yml": "image: c\nports: ['80:80']\noptions: --memroy 5m -p 81:81\n",
      "units/d.yml": "imgae: d\nports: ['81:80']\nenv_file: [d.env, nowhere.env]\n",
      "units/e.yml": "imgae: e\nports: ['81:80']\nconflicts: [c, d]\n",
      "units/d.env": "API_TOKEN=hunter2\n",
    },
    { "units/d.env": 0o644 },
  );
  const told = text.split("\n").filter((line) => line.includes("warning"));
  expect(told.map((line) => line.replace(/ {4}hint.*/, "")).sort()).toEqual([
    "units/b.yml:3:9  warning: it publishes port 80/tcp of the host, as a does",
    "units/b.yml:4:8  warning: its links to c are on the default bridge, which engines from 30 on are to refuse",
    "units/c.yml:2:9  warning: it publishes port 80/tcp of the host, as a does",
    "units/c.yml:2:9  warning: it publishes port 80/tcp of the host, as b does",
    "units/d.env:1:1  warning: units/d.env holds API_TOKEN and everybody can read it",
    "units/d.yml:2:9  warning: it publishes port 81/tcp of the host, as c does",
    "units/d.yml:3:19  warning: it cannot start: there is no env file units/nowhere.env",
  ]);
});

test("a clash is told at the unit that it is asked about", async () => {
  const files = { "units/a.yml": "image: a\nports: ['80:80']\n", "units/b.yml": "image: b\nports: ['80:80']\n" };
  const { text } = await linted(files, {}, (unit) => unit === "a");
  expect(text).toContain("units/a.yml:2:9  warning: it publishes port 80/tcp of the host, as b does");
  expect((await linted(files, {}, (unit) => unit === "c")).text).toBe("");
});

test("units that share an image which is not here share a line", () => {
  const at = (name: string, image: string, pull: "missing" | "never" = "missing"): Linted => {
    const plain = unit(name);
    const launch = plain.launch.ok ? { ...plain.launch, image, pull } : plain.launch;
    return { unit: { ...plain, launch }, text: "", place: () => wholeFile(plain.file) };
  };
  const told = [[at("a", "x:1")], [at("a", "x:1"), at("b", "x:1"), at("c", "x:1")], [at("a", "y", "never")]];
  expect(told.flatMap(tellMissing).map(({ file, message, hint }) => [file, message, hint])).toEqual([
    ["/units/a.yml", "its image x:1 is not on this host", "it is pulled at the start; now: docker pull x:1"],
    [
      "/units/a.yml",
      "the image x:1 of a, b and c is not on this host",
      "it is pulled at the start; now: docker pull x:1",
    ],
    ["/units/a.yml", "its image y is not on this host, and is never pulled", "docker load or build it: y"],
  ]);
});

test("a circle with its path is an error, files that keep a unit from starting a warning", async () => {
  const { text } = await linted({
    "units/a.yml": "image: a\ndepends_on: [b]\n",
    "units/b.yml": "image: b\nafter: [c]\n",
    "units/c.yml": "image: c\ndepends_on: [a]\n",
    "units/d.yml": "image: d\nenv_file: nowhere.env\n",
    "units/e.yml": "description: no image at all\n",
  });
  expect(text).toMatch(
    /^units\/a.yml:2:14 {2}error: units need each other in a circle: a -> b -> c -> a {4}hint: take one.*\n.*\n.* \^\n/,
  );
  expect(text).toMatch(/units\/d.yml:2:11 {2}warning: it cannot start: there is no env file units\/nowhere.env/);
  expect(text).toMatch(/units\/e.yml:1:1 {2}warning: it cannot start: /);
});

test("all that keeps a unit from starting is told, each at its place", async () => {
  const { text } = await linted({
    "units/a.yml": "env_file: [none1.env, {path: none2.env}]\ntag_file: none.TAG\n",
    "units/b.yml": "description: of an app\n",
    "default/b": "IMAGE='Foo Bar'\n",
  });
  expect(text.replaceAll(/ {4}hint.*/g, "")).toBe(
    `units/a.yml:1:12  warning: it cannot start: there is no env file units/none1.env
  1 | env_file: [none1.env, {path: none2.env}]
    |            ^^^^^^^^^
units/a.yml:1:30  warning: it cannot start: there is no env file units/none2.env
  1 | env_file: [none1.env, {path: none2.env}]
    |                              ^^^^^^^^^
units/a.yml:1:1  warning: it cannot start: no image is named
units/a.yml:2:11  warning: it cannot start: there is no tag in units/none.TAG
  2 | tag_file: none.TAG
    |           ^^^^^^^^
default/b:1:8  warning: it cannot start: what IMAGE, REPOSITORY and TAG of the env file say is no image reference
  1 | IMAGE=···· ····
    |        ^^^^^^^
`,
  );
});

test("an image that is wrong is told once, as the error that it is", async () => {
  const { text, read } = await linted({ "units/a.yml": "image: Foo Bar:1\n" });
  expect(read.problems.map(({ message }) => message)).toEqual(['image: "Foo Bar:1" is no image reference']);
  expect(text).toBe("");
});

test("the env file that a secret is to go to is the one that is read", async () => {
  const secret = "environment: {API_TOKEN: hunter2}\n";
  const { text } = await linted({
    "units/queue@.yml": `image: a\n${secret}`,
    "units/wrong.yml": `imgae: a\napp: shop\n${secret}`,
    "units/broken.yml": `image: [\n${secret}`,
    "units/named.yml": `image: a\nenv_file: own.env\n${secret}`,
    "units/tagged.yml": `image: a\nenv_file: []\ntag_file: version\n${secret}`,
    "units/tagged2.yml": `imgae: a\nenv_file: []\ntag_file: version\n${secret}`,
    "units/version": "TAG=1\n",
  });
  const hints = [...text.matchAll(/chmod 600 (.*)/g)].map(([, path]) => path);
  expect(hints).toEqual([
    "default/broken",
    "units/own.env",
    "default/queue",
    "default/tagged",
    "default/tagged2",
    "default/shop",
  ]);
});

test("SARIF: a rule a code, a place a problem", async () => {
  const { problems } = await linted({ "units/a.yml": "image: a\nlinks: [db]\n", "units/db.yml": "image: db\n" });
  const [first] = problems;
  const written = JSON.parse(JSON.stringify(sarif(problems, "1.2.3", "/nowhere")));
  expect(written).toMatchObject({
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "svc check", version: "1.2.3", rules: [{ id: "legacy-link" }] } },
        results: [
          {
            ruleId: "legacy-link",
            ruleIndex: 0,
            level: "warning",
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: `file://${first?.file}` },
                  region: { startLine: 2, startColumn: 8, endColumn: 12 },
                },
              },
            ],
          },
        ],
      },
    ],
  });
});

test("SARIF: what is below the folder is named from there, what is elsewhere in whole", () => {
  const problem = { unit: null, severity: "error", code: "x", message: "", ...wholeFile("") } as const;
  const uris = ["Op_F.yaml", "./units/a b#1.yml", "/srv/work/units/w@.yml", "/etc/svc/units/a b.yml", "../a.yml"].map(
    (file) => JSON.stringify(sarif([{ ...problem, file }], "1", "/srv/work")),
  );
  expect(uris.map((one) => /"uri":"([^"]*)"/.exec(one)?.[1])).toEqual([
    "Op_F.yaml",
    "units/a%20b%231.yml",
    "units/w%40.yml",
    "file:///etc/svc/units/a%20b.yml",
    "file:///srv/a.yml",
  ]);
});
