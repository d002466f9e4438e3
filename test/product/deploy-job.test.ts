import { chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { program } from "../support/program.ts";
import { type Ran, run } from "../support/real-engine.ts";

/** A deploy job as people have it today runs unchanged: docker, cp, echo, docker-runner, sudo svc. */
let host: Host;

/** Written for an init that watches docker clients; nothing in it knows of svc but the name of a command. */
const job = `#!/bin/bash
set -e
APP=$1 BUILD=$2
docker image inspect "$APP:$BUILD" >/dev/null
cp "$WWW/$APP/TAG" "$WWW/$APP/REVERT"
echo "export TAG=$BUILD" > "$WWW/$APP/TAG"
docker-runner "$APP" migrate
docker-runner "$APP" collectstatic --noinput
docker-runner "$APP" compress
for NAME in "$APP" "$APP-worker" "$APP-beat"; do
  sudo svc stop "$NAME"
  sudo svc start "$NAME"
done
`;

beforeAll(async () => {
  host = await makeHost();
  const app = host.name("shop");
  await mkdir(join(host.folder, "bin"));
  await symlink(program, join(host.folder, "bin/svc"));
  await symlink(program, join(host.folder, "bin/docker-runner"));
  await writeFile(join(host.folder, "bin/sudo"), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
  await writeFile(join(host.folder, "job"), job);
  await chmod(join(host.folder, "job"), 0o755);
  for (const tag of ["build-41", "build-42"]) await host.engine.docker("tag", host.engine.image, `${app}:${tag}`);
  await host.write("default/PREFIX-shop", `IMAGE=${app}\nOPTS="-m 64m"\nDATABASE_URL=postgres://x\n`);
  await host.write("www/PREFIX-shop/TAG", "export TAG=build-41\n");
  await host.startDaemon();
  await host.unit("relay");
  const tasks =
    '[ "$1" = serve ] || { echo "$1 of $TAG $DATABASE_URL"; exit 0; }; trap "exit 0" TERM; sleep 3600 & wait';
  for (const [name, change] of [
    ["shop", {}],
    ["shop-worker", {}],
    ["shop-beat", { after: ["PREFIX-shop-worker"] }],
  ] as const) {
    await host.unit(name, {
      image: undefined,
      app: "PREFIX-shop",
      entrypoint: ["sh", "-c", tasks, "sh"],
      command: ["serve"],
      links: ["PREFIX-relay:mail"],
      ...change,
    });
  }
});
afterAll(() => host?.cleanup());

const deploy = (build: string): Promise<Ran> =>
  run(join(host.folder, "job"), [host.name("shop"), build], {
    env: { ...host.env, WWW: join(host.folder, "www"), PATH: `${host.folder}/bin:${process.env.PATH}` },
  });
const www = (file: string): Promise<string> => readFile(join(host.folder, "www", host.name("shop"), file), "utf8");
const tags = async (): Promise<readonly (string | null)[]> =>
  Promise.all(["shop", "shop-worker", "shop-beat"].map(async (name) => (await host.status(host.name(name))).tag));

test("the job puts the new build on all units of the app, and its tasks run with it", async () => {
  expect((await host.svc("start", ...["", "-worker", "-beat"].map((part) => `PREFIX-shop${part}`))).code).toBe(0);
  expect(await tags()).toEqual(["build-41", "build-41", "build-41"]);
  const relay = (await host.status(host.name("relay"))).container;
  const ran = await deploy("build-42");
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  for (const task of ["migrate", "collectstatic", "compress"]) expect(ran.stdout).toContain(`${task} of`);
  expect(await tags()).toEqual(["build-42", "build-42", "build-42"]);
  expect((await host.status(host.name("relay"))).container).toBe(relay);
  expect([await www("TAG"), await www("REVERT")]).toEqual(["export TAG=build-42\n", "export TAG=build-41\n"]);
});
