import { rmSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { composeText } from "../../../src/convert/export/compose.ts";
import type { ExportedUnit } from "../../../src/convert/export/exported.ts";
import type { PrintLine } from "../../../src/convert/export/printed-words.ts";
import { runLine } from "../../../src/convert/export/run-lines.ts";
import { systemdText } from "../../../src/convert/export/systemd.ts";
import { printLine } from "../../../src/runner/print-line.ts";
import { unitSchema } from "../../../src/unit/keys/schema.ts";
import { keyTable, type Row } from "../unit/support/key-table.ts";
import { root, unitsOf } from "./support/trips.ts";

afterAll(() => rmSync(root, { recursive: true, force: true }));

const formats = {
  compose: (units: readonly ExportedUnit[]) => composeText(units),
  systemd: (units: readonly ExportedUnit[]) => systemdText(web(units), printLine).text,
  run: (units: readonly ExportedUnit[]) => runLine(web(units), printLine).text,
} as const;

function web(units: readonly ExportedUnit[]): ExportedUnit {
  const found = units.find(({ unit }) => unit.name === "web");
  if (!found) throw new Error("web is not there");
  return found;
}

function beside(files: { readonly [path: string]: string } = {}): { readonly [path: string]: string } {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path.replace("units/", ""), text]));
}

async function exported(yaml: string, files: { readonly [path: string]: string } = {}) {
  const image = yaml.startsWith("image:") ? "" : "image: site:1\n";
  const units = await unitsOf({ "db.yml": "image: db\n", ...beside(files), "web.yml": `${image}${yaml}\n` });
  const [compose, systemd, run] = await Promise.all(Object.values(formats).map((format) => format(units)));
  return { compose: compose ?? "", systemd: systemd ?? "", run: run ?? "" };
}

type Parts = { readonly said: string; readonly comments: readonly string[] };

/** What counts of a file, and the lines of its comments. */
function partsOf(text: string): Parts {
  const lines = text.split("\n");
  const isComment = (line: string): boolean => /^\s*#/.test(line);
  return {
    said: lines.filter((line) => !isComment(line)).join("\n"),
    comments: lines.filter(isComment),
  };
}

type Asked = Pick<Row, "yaml" | "files"> & { readonly format: keyof typeof formats };

/** What becomes of a row that lacks one of its keys; null: it is no unit then. */
async function without(key: string, { yaml, files, format }: Asked): Promise<Parts | null> {
  const { [key]: _, ...others } = { image: "site:1", ...parse(yaml, { merge: true }) };
  const units = await unitsOf({ "db.yml": "image: db\n", ...beside(files), "web.yml": stringify(others) });
  return units.some(({ unit }) => unit.name === "web") ? partsOf(await formats[format](units)) : null;
}

// What is so anyway, and what svc itself does nothing about.
const usual = /^(pull_policy: if_not_present|app:|command:$|restart:)/;

test.each(Object.keys(formats) as (keyof typeof formats)[])(
  "%s says every key of a unit, or names it in a comment",
  async (format) => {
    const base = partsOf((await exported(""))[format]);
    const seen = new Set<string>();
    const silent: string[] = [];
    for (const { yaml, files = {} } of keyTable) {
      const keys = Object.keys(parse(yaml, { merge: true })).filter((key) => !key.startsWith("x-"));
      for (const key of keys) seen.add(key);
      if (usual.test(yaml)) continue;
      const { said, comments } = partsOf((await exported(yaml, files))[format]);
      for (const key of keys) {
        // Some keys are refused without the others of their row.
        const less = keys.length === 1 ? base : ((await without(key, { yaml, files, format })) ?? base);
        const more = comments.filter((line) => !less.comments.includes(line)).join("\n");
        const isNamed = new RegExp(`^\\s*# ${key}: `, "m").test(more);
        const isSaid = said !== less.said || /# docker run .* has no counterpart|cannot say this|the site/.test(more);
        if (!isSaid && !isNamed) silent.push(`${key} of ${yaml}`);
      }
    }
    expect(silent).toEqual([]);
    expect(Object.keys(unitSchema.shape).filter((key) => !seen.has(key))).toEqual([]);
  },
);

const front = `listen: 18944:8000
update: start-first
pre_start: install -d /srv/media
post_stop: {command: tidy}
`;

test("listen is published straight, and what has no counterpart stands in comments", async () => {
  const { compose, systemd, run } = await exported(front);
  const published = "svc itself listens on localhost:18944; here the engine publishes 127.0.0.1:18944:8000";
  expect(compose).toContain('ports: ["127.0.0.1:18944:8000/tcp"]');
  expect(compose.match(/^ {2}# .*$/gm)).toEqual([
    `  # listen: ${published}`,
    '  # pre_start: "install -d /srv/media" has no counterpart in Compose',
    '  # post_stop: {"command":"tidy"} has no counterpart in Compose',
    '  # update: "start-first" has no counterpart in Compose',
  ]);
  expect(systemd).toContain("  --publish=127.0.0.1:18944:8000/tcp \\\n");
  expect(systemd.match(/^# .*: .*$/gm)).toEqual([
    `# listen: ${published}`,
    "# hooks: in systemd they have no time limit and no SVC_ variables",
    '# post_stop: {"command":"tidy"} has no counterpart in systemd',
    '# update: "start-first" has no counterpart in systemd',
  ]);
  expect(run).toBe(`# web
# listen: ${published}
# pre_start: "install -d /srv/media" has no counterpart in docker run
# post_stop: {"command":"tidy"} has no counterpart in docker run
# update: "start-first" has no counterpart in docker run
docker run --detach --restart=always --name web --publish=127.0.0.1:18944:8000/tcp site:1
`);
});

const hooks = `pre_start: echo "$$HOME 5%"
post_start:
  - {command: [warm, "a b"], environment: {A: 1}, user: www, working_dir: /app, privileged: true, timeout: 5s}
  - echo up
pre_stop:
  - {command: drain --now}
  - {command: "logger going | cat", in: host}
post_stop: rm -f /run/x
`;

test("hooks in the container are Compose's, those on the host systemd's", async () => {
  const { compose, systemd } = await exported(hooks);
  expect(parse(compose).services.web).toMatchObject({
    post_start: [
      { command: ["warm", "a b"], user: "www", privileged: true, working_dir: "/app", environment: ["A=1"] },
    ],
    pre_stop: [{ command: ["drain", "--now"] }],
  });
  expect(compose.match(/^ {2}# .*$/gm)).toEqual([
    "  # hooks: in Compose they have no time limit and no SVC_ variables",
    '  # pre_start: "echo \\"$HOME 5%\\"" has no counterpart in Compose',
    '  # post_start: "echo up" has no counterpart in Compose',
    '  # pre_stop: {"command":"logger going | cat","in":"host"} has no counterpart in Compose',
    '  # post_stop: "rm -f /run/x" has no counterpart in Compose',
  ]);
  expect(systemd.match(/^Exec.*$/gm)).toEqual([
    "ExecStartPre=-/usr/bin/docker stop web",
    "ExecStartPre=-/usr/bin/docker rm -f web",
    'ExecStartPre=/bin/sh -c "echo \\"$$HOME 5%%\\""',
    "ExecStart=/usr/bin/docker run \\",
    "ExecStop=-/usr/bin/docker exec web drain --now",
    'ExecStop=-/bin/sh -c "[ -n \\"$$MAINPID\\" ] || exit 0; logger going | cat"',
    "ExecStop=-/usr/bin/docker stop web",
    'ExecStopPost=-/bin/sh -c "rm -f /run/x"',
  ]);
  expect(systemd.match(/^# .*: .*$/gm)).toEqual([
    "# hooks: in systemd they have no time limit and no SVC_ variables",
    '# post_start: {"command":["warm","a b"],"timeout":"5s","user":"www","working_dir":"/app","environment":{"A":1},"privileged":true} has no counterpart in systemd',
    '# post_start: "echo up" has no counterpart in systemd',
  ]);
});

test("a task is a oneshot, which systemd starts again after a failure alone", async () => {
  const { systemd, run } = await exported("type: task\npre_stop: date\npost_stop: date\npre_start: date");
  expect(systemd).toContain("Type=oneshot\nRemainAfterExit=yes\n");
  expect(systemd.match(/^(Restart|ExecStop|ExecStartPre=\/bin).*$/gm)).toEqual([
    "ExecStartPre=/bin/sh -c date",
    "ExecStop=-/usr/bin/docker stop web",
    "Restart=on-failure",
    "RestartSec=5",
  ]);
  expect(run).toContain("\ndocker run --name web site:1\n");
  expect((await exported("type: task\nrespawn: false")).systemd).toContain("\nRestart=no\n");
});

test("what auto_remove asks for is said once, and a wait for readiness is told", async () => {
  const { systemd } = await exported(
    "description: 'the\n\n  site'\nauto_remove: true\nbefore: [old]\ndepends_on: [db]",
  );
  expect(systemd.match(/--rm/g)).toEqual(["--rm"]);
  expect(systemd.match(/^(#|Before|Description).*$/gm)).toEqual([
    "# Made by svc export --systemd.",
    "# svc waits until db is ready; systemd until db.service was started",
    "# svc keeps it when db is stopped; systemd stops it with db.service",
    "Description=the site",
    "Before=old.service",
    "# A pull may take its time.",
  ]);
});

test("a description that ends with backslashes does not go on with the next line of a systemd unit", async () => {
  const { systemd } = await exported("description: 'path C:\\ \\\\ '");
  expect(systemd).toContain("[Unit]\nDescription=path C:\nAfter=docker.service\n");
  expect((await exported("description: '\\d+ a\\b'")).systemd).toContain("Description=\\d+ a\\b\n");
});

test("the image is found behind the flags, whatever the unit is called", async () => {
  const { systemd } = await exported("image: web\ncommand: web --name web");
  expect(systemd).toContain("\n  --name web \\\n  web web --name web\n");
});

test("networks and volumes are the host's: Compose neither makes nor removes them", async () => {
  const { compose } = await exported("networks: [shop]\nvolumes: ['data:/data', '/srv/x:/x']");
  expect(compose.slice(compose.indexOf("\n# "))).toBe(`
# The host's: Compose neither makes nor removes them. Where one is missing: docker network create NAME
networks:
  shop:
    name: shop
    external: true
# The host's: Compose neither makes nor removes them. Where one is missing: docker volume create NAME
volumes:
  data:
    name: data
    external: true
`);
});

test("docker's restart policy is that of the unit, unless it goes with --rm", async () => {
  const lines = async (yaml: string) => (await exported(yaml)).run.split("\n").slice(0, -1);
  expect(await lines("normal_exit: 0")).toEqual([
    "# web",
    "docker run --detach --restart=on-failure --name web site:1",
  ]);
  expect(await lines("normal_exit: 0 3")).toEqual([
    "# web",
    '# normal_exit: "0 3" has no counterpart in docker run',
    "docker run --detach --restart=on-failure --name web site:1",
  ]);
  expect(await lines("description: the site\nrespawn: false\nready: {tcp: 25}")).toEqual([
    "# web: the site",
    '# ready: {"tcp":"25"} has no counterpart in docker run',
    "docker run --detach --name web site:1",
  ]);
  expect(await lines("auto_remove: true")).toEqual([
    "# web",
    "# --rm goes with no --restart: nothing starts it again",
    "docker run --detach --name web --rm site:1",
  ]);
});

test("a health check without a shell is said through one, and that is told", async () => {
  const { systemd, run } = await exported("healthcheck: {test: [CMD, probe, a b], retries: 2}");
  const told = "# healthcheck: docker run has its test run by a shell, which the image must have; the unit has none\n";
  expect(run).toBe(
    `# web\n${told}docker run --detach --restart=always --name web '--health-cmd=probe '\\''a b'\\''' --health-retries=2 site:1\n`,
  );
  expect(systemd).toContain(told);
  expect(systemd).toContain("  \"--health-cmd=probe 'a b'\" \\\n");
});

test("what no line can say is left out of it, and told", async () => {
  const one = web(await unitsOf({ "web.yml": "image: site:1\n" }));
  const print: PrintLine = (request, pull) =>
    request.body.HostConfig?.Privileged ? { ok: false, unsayable: ["Privileged"] } : printLine(request, pull);
  const { create } = one.launch;
  const body = { ...create.body, HostConfig: { ...create.body.HostConfig, Privileged: true } };
  const privileged = { ...one, launch: { ...one.launch, create: { ...create, body } } };
  expect(runLine(privileged, print)).toEqual({
    text: "# web\n# docker run cannot say this: Privileged\ndocker run --detach --restart=always --name web site:1\n",
    isWhole: false,
  });
  expect(runLine(one, print).isWhole && systemdText(one, print).isWhole).toBe(true);
  expect(systemdText(privileged, print).isWhole).toBe(false);
});

test("of a task that is started again when it failed, the formats that have no such rule say so", async () => {
  const { compose, run } = await exported("type: task");
  expect(compose).toContain("  # svc starts it again when it failed; Compose does not\n");
  expect(run).toContain("# svc starts it again when it failed; docker run does not\n");
  const never = await exported("type: task\nrespawn: false");
  expect(never.compose + never.run).not.toContain("starts it again");
});

test("a signal that ends a container is the exit code of docker's client", async () => {
  const status = async (yaml: string) =>
    /^(Success|RestartPrevent)ExitStatus=.*$/m.exec((await exported(yaml)).systemd);
  expect((await status("normal_exit: 0 TERM 3"))?.[0]).toBe("SuccessExitStatus=143 3");
  expect((await status("normal_exit: KILL"))?.[0]).toBe("RestartPreventExitStatus=137");
});

test("a unit that stays up without what it needs does not under systemd, and that is told", async () => {
  const stays = "# svc keeps it when db is stopped; systemd stops it with db.service\n";
  expect((await exported("depends_on: [db]")).systemd).toContain(stays);
  expect((await exported("depends_on: {db: {on_loss: stop}}")).systemd).not.toContain(stays);
  expect((await exported("depends_on: {db: {required: false}}")).systemd).not.toContain(stays);
});
