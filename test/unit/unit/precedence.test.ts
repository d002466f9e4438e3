import { expect, test } from "vitest";
import type { Unit } from "../../../src/unit/unit.ts";
import { readFiles } from "./support/read-one.ts";

async function web(unit: string, env = "", more: { readonly [path: string]: string } = {}): Promise<Unit> {
  const files = { "units/web.yml": unit, "default/web": env, "units/db.yml": "image: db\n", ...more };
  const read = await readFiles(files);
  const errors = read.problems.filter(({ severity }) => severity === "error");
  const found = read.units.find(({ name }) => name === "web");
  if (!found) throw new Error(JSON.stringify(errors));
  return found;
}

async function bodyOf(unit: string, env = "") {
  const { launch } = await web(unit, env);
  if (!launch.ok) throw new Error(launch.message);
  return launch.create.body;
}

test("the last that says a thing counts: OPTS, env file, unit keys, EXTRA", async () => {
  const opts = 'IMAGE=a:1\nOPTS="-h opts -e A=opts -e B=opts -e C=opts -e D=opts -l k=opts -m 10m"\n';
  const variables = "B=file\nC=file\nD=file\n";
  const keys = "hostname: keys\nenvironment: {C: keys, D: keys}\nlabels: {k: keys}\nmem_limit: 20m\n";
  const extra = 'EXTRA="-h extra -e D=extra -m 30m"\n';

  const envOf = (body: Awaited<ReturnType<typeof bodyOf>>) => [...(body.Env ?? [])].sort();
  const one = await bodyOf("description: x\n", opts);
  expect(envOf(one)).toEqual(["A=opts", "B=opts", "C=opts", "D=opts"]);
  expect(one).toMatchObject({ Hostname: "opts", Labels: { k: "opts" }, HostConfig: { Memory: 10_485_760 } });
  const two = await bodyOf("description: x\n", opts + variables);
  expect(envOf(two)).toEqual(["A=opts", "B=file", "C=file", "D=file"]);
  const three = await bodyOf(keys, opts + variables);
  expect(envOf(three)).toEqual(["A=opts", "B=file", "C=keys", "D=keys"]);
  expect(three).toMatchObject({ Hostname: "keys", Labels: { k: "keys" }, HostConfig: { Memory: 20_971_520 } });
  const four = await bodyOf(keys, opts + variables + extra);
  expect(envOf(four)).toEqual(["A=opts", "B=file", "C=keys", "D=extra"]);
  expect(four).toMatchObject({ Hostname: "extra", Labels: { k: "keys" }, HostConfig: { Memory: 31_457_280 } });
});

test("options stand below the other keys, and above OPTS", async () => {
  expect(await bodyOf("options: -h options\n", "IMAGE=a\nOPTS='-h opts'\n")).toMatchObject({ Hostname: "options" });
  expect(await bodyOf("image: a\noptions: -h options\nhostname: key\n")).toMatchObject({ Hostname: "key" });
});

test("lists grow from OPTS to EXTRA", async () => {
  const env = "IMAGE=a\nOPTS='-p 1:1 --link db:one'\nEXTRA='-p 3:3'\n";
  const { HostConfig } = await bodyOf("ports: ['2:2']\nlinks: ['db:two']\n", env);
  expect(Object.keys(HostConfig?.PortBindings as object)).toEqual(["1/tcp", "2/tcp", "3/tcp"]);
  expect(HostConfig?.Links).toEqual(["db:one", "db:two"]);
});

test("what flags cannot say gives way to EXTRA too", async () => {
  const keys = "image: a\nentrypoint: [/bin/sh, -c, x]\nhealthcheck: {test: [CMD, a, b]}\n";
  expect(await bodyOf(keys)).toMatchObject({
    Entrypoint: ["/bin/sh", "-c", "x"],
    Healthcheck: { Test: ["CMD", "a", "b"] },
  });
  const extra = "EXTRA='--entrypoint /bin/other --health-cmd other'\n";
  expect(await bodyOf(keys, extra)).toMatchObject({
    Entrypoint: ["/bin/other"],
    Healthcheck: { Test: ["CMD-SHELL", "other"] },
  });
});

test("networks and healthchecks are those of the highest that names any", async () => {
  const opts = "OPTS='--net old --network-alias x --no-healthcheck'\n";
  const two = await bodyOf("image: a\nnetworks: {new: {aliases: [y]}}\nhealthcheck: {test: z}\n", opts);
  expect(two.HostConfig).toEqual({ NetworkMode: "new" });
  expect(two.NetworkingConfig).toEqual({ EndpointsConfig: { new: { Aliases: ["y"] } } });
  expect(two.Healthcheck).toEqual({ Test: ["CMD-SHELL", "z"] });
  const three = await bodyOf(
    "image: a\nnetworks: {new: {aliases: [y]}, more: {gw_priority: 1}}\nhealthcheck: {test: z, retries: 2}\n",
    `${opts}EXTRA='--network=host --no-healthcheck'\n`,
  );
  expect(three.HostConfig).toEqual({ NetworkMode: "host" });
  expect(three.NetworkingConfig).toBeUndefined();
  expect(three.Healthcheck).toEqual({ Test: ["NONE"] });
  const mode = await bodyOf("image: a\nnetwork_mode: none\n", opts);
  expect(mode.HostConfig).toEqual({ NetworkMode: "none" });
});

test("the grace is that of EXTRA, else of the key to the millisecond, else of OPTS, else 10 s", async () => {
  const graceOf = async (unit: string, env: string) => (await web(`image: a\n${unit}`, env)).stopGraceMs;
  expect(await graceOf("", "")).toBe(10_000);
  expect(await graceOf("", "OPTS='--stop-timeout 20'")).toBe(20_000);
  expect(await graceOf("stop_grace_period: 1500ms\n", "OPTS='--stop-timeout 20'")).toBe(1_500);
  expect(await graceOf("stop_grace_period: 1500ms\n", "EXTRA='--stop-timeout 30'")).toBe(30_000);
});

test.each([
  ["image: app:1\n", "", "", "app:1"],
  ["image: app\n", "", "export TAG=build-42\n", "app:build-42"],
  ["image: app:1\n", "", "build-42\n", "app:build-42"],
  ["image: app\n", "IMAGE=other\nREPOSITORY=reg\nTAG=9\n", "", "app"],
  ["", "IMAGE=registry.example:5000/team/app\n", "", "registry.example:5000/team/app"],
  ["", "IMAGE=registry.example:5000/team/app\nTAG=build-41\n", "", "registry.example:5000/team/app:build-41"],
  ["", "IMAGE=registry.example:5000/team/app:old\n", "TAG=build-42\n", "registry.example:5000/team/app:build-42"],
  ["", "IMAGE=app\nREPOSITORY=registry.example:5000/\nTAG=build-41\n", "", "registry.example:5000/app:build-41"],
  ["", "IMAGE=registry.example/app\nREPOSITORY=registry.example\n", "", "registry.example/app"],
  ["", "IMAGE=app:old\nTAG=\n", "", "app:old"],
  ["", `IMAGE=app@sha256:${"0".repeat(64)}\n`, "TAG=build-42\n", `app@sha256:${"0".repeat(64)}`],
])("the image of %j with %j and the tag %j is %s", async (unit, env, tag, image) => {
  const { launch } = await web(`description: x\n${unit}`, env, tag === "" ? {} : { "www/web/TAG": tag });
  expect(launch.ok ? launch.image : launch).toBe(image);
});

test.each([
  ["", "", {}, "no image is named"],
  ["image: app:Bad Tag\n", "", {}, "app:Bad Tag is no image reference"],
  ["", "IMAGE=a/\n", {}, "what IMAGE, REPOSITORY and TAG of the env file say is no image reference"],
  ["image: a\n", "", { "www/web/TAG": "a b\n" }, 'www/web/TAG: "a b" is no tag'],
  ["image: a\ntag_file: TAG\n", "", {}, "there is no tag in units/TAG"],
  ["image: a\nenv_file: [lost.env]\n", "", {}, "there is no env file units/lost.env"],
])("a unit that cannot be launched says why: %j %j", async (unit, env, more, message) => {
  const { launch } = await web(`description: x\n${unit}`, env, more);
  expect(launch.ok ? "" : launch.message.replaceAll(/\/\S*\/(?=(www|units)\/)/g, "")).toBe(message);
});

// As they stand on hosts.
const antisocial = `# Configuration of the antisocial site, read by its start script.
export IMAGE="registry.example.org:5000/shop/antisocial"

# DAEMON_OPTS are for the program, OPTS for docker.
DAEMON_OPTS="--workers=4 --bind 0.0.0.0:8000"
OPTS="-m 512m --log-opt max-size=10m"
OPTS="$OPTS -p 127.0.0.1:8000:8000 \\
      -v /srv/antisocial/media:/media \\
      --link postfix:mail"
if_debug=no   # a plain variable
DATABASE_URL='postgres://shop:pa$$word@db/shop?sslmode=disable'
export SECRET_KEY="a\\"b#c" ADMIN=root@example.org
`;

test("an env file and a TAG file of a host work as they are", async () => {
  const files = { "default/antisocial": antisocial, "www/antisocial/TAG": "export TAG=build-42\n" };
  const read = await readFiles({
    "units/antisocial.yml": "description: the site\n",
    "units/postfix.yml": "image: postfix\n",
    ...files,
  });
  expect(read.problems).toEqual([]);
  expect(read.units.map(({ name, needs }) => [name, needs.map(({ unit }) => unit)])).toEqual([
    ["antisocial", ["postfix"]],
    ["postfix", []],
  ]);
  const launch = read.units[0]?.launch;
  expect(launch?.ok && launch.image).toBe("registry.example.org:5000/shop/antisocial:build-42");
  expect(launch?.ok && launch.create.body).toMatchObject({
    Env: [
      "DAEMON_OPTS=--workers=4 --bind 0.0.0.0:8000",
      "if_debug=no",
      "DATABASE_URL=postgres://shop:pa$$word@db/shop?sslmode=disable",
      'SECRET_KEY=a"b#c',
      "ADMIN=root@example.org",
    ],
    HostConfig: {
      Memory: 536_870_912,
      PortBindings: { "8000/tcp": [{ HostIp: "127.0.0.1", HostPort: "8000" }] },
      Binds: ["/srv/antisocial/media:/media"],
      Links: ["postfix:mail"],
      LogConfig: { Config: { "max-size": "10m" } },
    },
  });
});

test("files that flags name are among the unit's sources, so that an edit is seen", async () => {
  const unit = "image: a\nlabel_file: l\noptions: --env-file ./e\n";
  const { sources } = await web(unit, "", { "units/l": "a=1\n", "units/e": "B=1\n" });
  expect(sources.map((path) => path.replace(/^.*\/(units|default|www)\//, "$1/"))).toEqual([
    "units/web.yml",
    "default/web",
    "www/web/TAG",
    "units/e",
    "units/l",
  ]);
});
