import { mkdir, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import type { Ran } from "../support/real-engine.ts";
import { allGone, cleanUp, runRunner, type Started, startRunner } from "../support/runner.ts";

/** Signals and exit codes, beside the real `docker run`. */
let host: Host;

beforeAll(async () => {
  host = await makeHost();
  await host.write("units/PREFIX-app.yml", "image: IMG\nstop_grace_period: 1s\n");
  await host.write("units/PREFIX-slow.yml", "image: IMG\nstop_grace_period: 10m\n");
});
afterAll(() => cleanUp(host));

const signals = ["USR1", "USR2", "WINCH", "QUIT"] as const;

test("signals are passed on as docker run does it", async () => {
  const traps = [...signals.map((name) => `trap 'echo got ${name}' ${name}`), "trap 'echo got TERM; exit 9' TERM"];
  const command = ["sh", "-c", `${traps.join("; ")}; echo up; while :; do sleep 0.1; done`];
  const ours = startRunner(host, ["PREFIX-app", ...command]);
  const docker = ["docker", "run", "--rm", "-i", "--init", host.engine.image];
  const theirs = startRunner(host, command, { program: docker });
  expect(await Promise.all([ours, theirs].map(signalled))).toEqual([9, 9]);
  expect(ours.stdout()).toBe(theirs.stdout());
});

async function signalled(task: Started): Promise<number> {
  await task.says("up\n");
  for (const name of [...signals, "TERM"]) {
    process.kill(task.pid, `SIG${name}`);
    await task.says(`got ${name}\n`);
  }
  return task.ended;
}

test("INT and HUP ask for the end; a task that ignores them is killed after the grace, or at the second signal", async () => {
  const ignoring = ["sh", "-c", "trap 'echo ignored' TERM INT; echo up; while :; do sleep 0.1; done"];
  const ending = ["sh", "-c", "trap 'exit 12' INT; trap 'exit 11' HUP; echo up; while :; do sleep 0.1; done"];
  const tasks = {
    interrupted: startRunner(host, ["PREFIX-app", ...ending]),
    hungUp: startRunner(host, ["PREFIX-app", ...ending]),
    late: startRunner(host, ["PREFIX-app", ...ignoring]),
    twice: startRunner(host, ["PREFIX-slow", ...ignoring]),
  };
  await Promise.all(Object.values(tasks).map((task) => task.says("up\n")));
  process.kill(tasks.interrupted.pid, "SIGINT");
  process.kill(tasks.hungUp.pid, "SIGHUP");
  process.kill(tasks.late.pid, "SIGTERM");
  process.kill(tasks.twice.pid, "SIGINT");
  await tasks.twice.says("ignored\n");
  process.kill(tasks.twice.pid, "SIGTERM");
  const codes = await Promise.all(Object.values(tasks).map((task) => task.ended));
  expect(codes).toEqual([12, 11, 137, 137]);
});

test("exit codes are the task's", async () => {
  const codes = [0, 1, 42, 125, 126, 127, 128, 255];
  const command = (code: number) => ["PREFIX-app", "sh", "-c", `exit ${code}`];
  const ran = await inTurns(codes, async (code) => (await runRunner(host, command(code))).code);
  expect(ran).toEqual(codes);
});

test("what cannot be run ends as docker run has it: the same code, nothing on stdout, words on stderr", async () => {
  const { prefix } = host.engine;
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as AddressInfo;
  await mkdir(join(host.folder, "mounted"));
  await writeFile(join(host.folder, "mounted/plain"), "not a program\n", { mode: 0o644 });
  const mount = `-v ${host.folder}/mounted:/mounted`;
  const rows: readonly (readonly [options: string, ...command: string[]])[] = [
    ["", "true"],
    ["", "sh", "-c", "kill -9 $$"],
    ["", "sh", "-c", "kill -TERM $$"],
    ["", "no-such-command"],
    ["--init=false", "no-such-command"],
    [mount, "/mounted/plain"],
    [`--init=false ${mount}`, "/mounted/plain"],
    ["", "/mounted"],
    ["--init=false", "/bin"],
    ["--init=false --entrypoint /no/such", "x"],
    ["-w relative", "true"],
    ["-w /bin/busybox", "true"],
    ["-u nobody-here", "true"],
    ["-u 99999", "true"],
    [`--link ${prefix}-nowhere:x`, "true"],
    [`-p 127.0.0.1:${port}:80`, "true"],
    ["--mount type=bind,source=/no/such,target=/x", "true"],
    ["--mount type=bind,source=/bin/busybox,target=/bin", "true"],
    ["--device /dev/no-such", "true"],
    ["--runtime no-such", "true"],
    [`--network ${prefix}-nowhere`, "true"],
    ["-m 1m", "true"],
    ["--ulimit nofile=9:3", "true"],
  ];
  const found = await inTurns(rows, async ([options, ...command], at) => {
    const app = `${prefix}-row${at}`;
    await host.write(`default/${app}`, `IMAGE=IMG\nOPTS="${options}"\n`);
    const flags = options.split(" ").filter(Boolean);
    const theirs = await host.engine.docker("run", "--rm", "-i", "--init", ...flags, host.engine.image, ...command);
    const ours = await runRunner(host, ["--service-ports", app, ...command]);
    return { row: `${options} ${command.join(" ")}`, theirs: kindOf(theirs), ours: kindOf(ours) };
  });
  taken.close();
  expect(found.map(({ row, ours }) => ({ row, ...ours }))).toEqual(
    found.map(({ row, theirs }) => ({ row, ...theirs })),
  );
  expect(new Set(found.map(({ ours }) => ours.code))).toEqual(new Set([0, 125, 126, 127, 137, 143]));
  for (const [at] of rows.entries()) await allGone(host, `PREFIX-row${at}`);
}, 300_000);

test("an image that is not here and cannot be had", async () => {
  const image = "localhost:1/no/such:1";
  await host.write("default/PREFIX-far", `IMAGE=${image}\n`);
  const theirs = await host.engine.docker("run", "--rm", image, "true");
  const ours = await runRunner(host, ["PREFIX-far", "true"]);
  expect(kindOf(ours)).toEqual(kindOf(theirs));
  const [pulling, refused, hint] = ours.stderr.split("\n");
  expect(pulling).toBe(`docker-runner: pulling ${image}`);
  expect(refused).toMatch(/^docker-runner: localhost:1\/no\/such:1 is not to be had: .*connection refused/);
  expect(hint).toBe("hint: docker images localhost:1/no/such lists what is here");
});

function kindOf({ code, stdout, stderr }: Ran): { code: number; stdout: boolean; stderr: boolean } {
  return { code, stdout: stdout !== "", stderr: stderr !== "" };
}

/** Four at a time. */
async function inTurns<T, R>(all: readonly T[], act: (one: T, at: number) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const waiting = [...all.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await act(next[1], next[0]);
  };
  await Promise.all([work(), work(), work(), work()]);
  return results;
}
