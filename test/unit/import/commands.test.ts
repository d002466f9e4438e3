import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { program } from "../../support/program.ts";

/** The two commands as they are shipped; neither needs a daemon. */
const root = mkdtempSync(join(tmpdir(), "svc-convert-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
mkdirSync(join(root, "systemd"));
mkdirSync(join(root, "units"));
mkdirSync(join(root, "default"));
mkdirSync(join(root, "templates"));
const service = "[Service]\nExecStart=docker run --rm --name web -e DB_PASSWORD=hunter2 nginx:1.25\nRestart=always\n";
const files = {
  "systemd/web.service": `${service}ExecStop=docker stop web\n[Install]\nWantedBy=multi-user.target\n`,
  "systemd/sshd.service": "[Service]\nExecStart=/usr/sbin/sshd -D\n",
  "odd.service": `${service}ExecStartPre=/usr/bin/mkdir /srv/web\n`,
  "broken.service": "[Service\nExecStart=docker run --rm --name broken nginx:1.25\n",
  "empty.yml": "",
  "notes.txt": "nothing that svc knows\n",
  "after.service": `[Unit]\nAfter=db.service\nRequires=cache.service\n${service.replace("web", "after")}ExecStop=docker stop after\n[Install]\nWantedBy=multi-user.target\n`,
  "secret.service":
    "[Service]\nExecStartPre=docker login -u bot -p hunter2 reg\nExecStart=docker run --rm --name secret mysql:8 mysqld --password hunter2\n",
  "web.conf": "start on runlevel [2345]\nrespawn\nexec docker run --name web busybox:1\n",
  "alike.yml": "services: {a b: {image: x}, a-b: {image: y}}\n",
  "units/web.yml": "description: the site\nimage: nginx:1.25\nlinks: [db]\nports: ['80:80']\n",
  "units/db.yml": "image: postgres:16\nenvironment: {POSTGRES_PASSWORD: hunter2}\n",
  "templates/worker@.yml": "image: worker:1\ncommand: --queue %i\n",
  "units/worker@.yml": "image: worker:1\ncommand: --queue %i\n",
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);

test("without --to all is printed as YAML, with the report as comments, and nothing is written", async () => {
  const { code, stdout } = await svc("import", "systemd");
  expect([code, readdirSync(join(root, "systemd"))]).toEqual([0, ["sshd.service", "web.service"]]);
  expect(stdout).toMatch(/^# web\.yml\n[\s\S]*\n# 7 taken, 0 changed, 0 not understood\n$/);
  const [document, ...others] = parseAllDocuments(stdout) as unknown as { toJS: () => unknown }[];
  expect(others).toEqual([]);
  expect(document?.toJS()).toEqual({ image: "nginx:1.25", environment: { DB_PASSWORD: "hunter2" } });
  expect(stdout.slice(stdout.indexOf("taken"))).not.toContain("hunter2");
});

test("--to writes files; what is there stays, unless --force is given; each is its owner's alone", async () => {
  const asked = ["import", "systemd/web.service", "--to", "out"] as const;
  const first = await svc(...asked);
  expect([first.code, readdirSync(join(root, "out"))]).toEqual([0, ["web.yml"]]);
  expect(first.stdout).toContain("7 taken");
  expect(statSync(join(root, "out/web.yml")).mode & 0o777).toBe(0o600);

  writeFileSync(join(root, "out/web.yml"), "mine\n");
  const second = await svc(...asked);
  expect([second.code, second.stderr]).toEqual([
    2,
    "svc: out/web.yml is there already; nothing was written\nhint: --force overwrites it\n",
  ]);
  expect(readFileSync(join(root, "out/web.yml"), "utf8")).toBe("mine\n");
  expect((await svc(...asked, "--force")).code).toBe(0);
  expect(readFileSync(join(root, "out/web.yml"), "utf8")).toContain("image: nginx:1.25");
});

test("no unit file is readable by others, whatever its words are", async () => {
  await svc("import", "secret.service", "--to", "secret");
  const file = join(root, "secret/secret.yml");
  expect(readFileSync(file, "utf8")).toMatch(/-p hunter2[\s\S]*--password hunter2/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("what was not understood is exit 1, and the file is written all the same", async () => {
  const { code, stdout } = await svc("import", "odd.service", "--to", "odd", "--json");
  const { units, report } = JSON.parse(stdout);
  expect([code, units, readdirSync(join(root, "odd"))]).toEqual([1, ["odd"], ["odd.yml"]]);
  expect(report.filter((one: { verdict: string }) => one.verdict === "not understood")).toEqual([
    {
      file: "odd.service",
      line: 4,
      what: "mkdir",
      verdict: "not understood",
      because: "write it as a hook if it is needed: svc help unit pre_start",
    },
  ]);
  expect(stdout).not.toContain("hunter2");
});

test("what is in --units or --to may be named; what is nowhere is not understood", async () => {
  const lost = await svc("import", "after.service");
  expect([lost.code, lost.stdout]).toEqual([1, expect.stringContaining("2 not understood")]);
  const half = await svc("import", "after.service", "--units", "units");
  expect([half.code, half.stdout]).toEqual([
    1,
    expect.stringContaining(
      "NOT UNDERSTOOD: Requires=cache.service: cache is neither a unit of this import nor one that is there",
    ),
  ]);
  mkdirSync(join(root, "known"));
  writeFileSync(join(root, "known/cache.yml"), "image: redis:7\n");
  const both = await svc("import", "after.service", "--units", "units", "--to", "known");
  expect([both.code, both.stdout]).toEqual([0, expect.stringContaining("0 not understood")]);
  expect(readFileSync(join(root, "known/after.yml"), "utf8")).toContain("depends_on: [cache]\nafter: [db]\n");
});

test.each([
  [["import"], "nothing is named"],
  [["import", "after.service", "--units", "nowhere"], "there is no folder of unit files at nowhere"],
  [["import", "after.service", "--units", "after.service"], "after.service is no folder of unit files"],
  [
    ["import", "nowhere.service"],
    "nowhere.service cannot be read: there is no such file, or it is a link that leads nowhere\n",
  ],
  [["import", "notes.txt"], "nobody can tell what notes.txt is"],
  [["import", "web.conf", "--kind", "nothing"], "--kind"],
  [
    ["import", "systemd/web.service", "web.conf", "--to", "twice"],
    "two of them make web.yml: systemd/web.service and web.conf",
  ],
  [["import", "alike.yml", "--to", "alike"], "two things in alike.yml make a-b.yml\nhint: rename one of them there"],
  [["export"], "no format is named"],
  [["export", "--run", "--compose"], "cannot be used with"],
  [["export", "--run", "--units", "units", "nobody"], "there is no unit nobody in units"],
  [["export", "--run", "--units", "units", "worker@"], "worker@ is a template\nhint: name a unit of it: worker@1"],
])("%j is exit 2", async (args, message) => {
  const { code, stderr } = await svc(...args);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});

test("a file that nobody knows keeps no other from being imported", async () => {
  const { code, stdout } = await svc("import", "notes.txt", "systemd/web.service", "--to", "others");
  expect([code, readdirSync(join(root, "others"))]).toEqual([1, ["web.yml"]]);
  expect(stdout).toContain(
    "notes.txt              not understood  the file: nobody can tell what it is; say it with --kind systemd,",
  );
});

test("a file that is broken is what its name says, and the line that is wrong is told", async () => {
  const broken = await svc("import", "broken.service", "empty.yml");
  expect(broken.code).toBe(1);
  expect(broken.stdout).toMatch(/# broken\.service:1 +not understood +a line: a heading stands between two brackets/);
  expect(broken.stdout).toMatch(/# empty\.yml:1 +not understood +the file: it has no services/);
});

test("--kind says what a file is", async () => {
  const { code, stdout } = await svc("import", "notes.txt", "--kind", "systemd");
  expect([code, stdout]).toEqual([1, expect.stringContaining("this is no NAME=value")]);
});

test("units are exported behind what they need", async () => {
  const { code, stdout } = await svc("export", "--run", "--units", "units", "--default-dir", "default");
  expect([code, stdout]).toEqual([
    0,
    "# db\ndocker run --detach --restart=always --name db --env=POSTGRES_PASSWORD=hunter2 postgres:16\n" +
      "# web: the site\n" +
      "docker run --detach --restart=always --name web --publish=80:80/tcp --link=db nginx:1.25\n",
  ]);
});

test("an instance of a template is exported by its name", async () => {
  const { stdout } = await svc("export", "--systemd", "--units", "units", "--default-dir", "default", "worker@mail");
  expect(stdout).toBe(`# worker@mail.service
# Made by svc export --systemd.
[Unit]
After=docker.service
Requires=docker.service
StartLimitIntervalSec=0

[Service]
ExecStartPre=-/usr/bin/docker stop worker-mail
ExecStartPre=-/usr/bin/docker rm -f worker-mail
ExecStart=/usr/bin/docker run \\
  --rm \\
  --name worker-mail \\
  worker:1 --queue mail
ExecStop=-/usr/bin/docker stop worker-mail
Restart=always
RestartSec=5
# A pull may take its time.
TimeoutStartSec=0
TimeoutStopSec=20

[Install]
WantedBy=multi-user.target

`);
});

test("a template of which there is no instance is told", async () => {
  const { code, stdout, stderr } = await svc("export", "--run", "--units", "templates", "--default-dir", "default");
  expect([code, stdout, stderr]).toEqual([0, "", "worker@ is a template: name an instance of it, worker@NAME\n"]);
});

test("exported files are their owner's alone", async () => {
  for (const [format, name] of [
    ["--compose", "compose.yaml"],
    ["--systemd", "db.service"],
    ["--run", "run.sh"],
  ] as const) {
    const { code } = await svc("export", format, "--units", "units", "--default-dir", "default", "--to", "exported");
    expect([code, statSync(join(root, "exported", name)).mode & 0o777]).toEqual([0, 0o600]);
  }
  expect(readFileSync(join(root, "exported/compose.yaml"), "utf8")).toBe(`# Made by svc export --compose.

services:
  # on the project's own network, as Compose has no links on the engine's bridge
  db:
    image: postgres:16
    restart: always
    container_name: db
    environment:
      POSTGRES_PASSWORD: hunter2
  # the site
  # svc waits until db is ready; Compose can only where there is a healthcheck
  # on the project's own network, as Compose has no links on the engine's bridge
  web:
    image: nginx:1.25
    restart: always
    depends_on:
      db:
        condition: service_started
        restart: true
    links: [db:db]
    container_name: web
    ports: ["80:80/tcp"]
`);
});

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

function svc(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { PATH: process.env.PATH, DOCKER_HOST: "unix:///nowhere" } };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}
