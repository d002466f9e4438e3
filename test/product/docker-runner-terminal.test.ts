import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { allGone, cleanUp, type Started, startInTerminal, tasksOf } from "../support/runner.ts";

/** A task on a real terminal: the test types into it and looks at it from outside. */
let host: Host;

beforeAll(async () => {
  host = await makeHost();
  await host.write("units/PREFIX-app.yml", "image: IMG\nstop_grace_period: 1s\nhealthcheck: {test: 'true'}\n");
  await host.write("units/PREFIX-none.yml", "image: PREFIX-none:1\npull_policy: never\n");
});
afterAll(() => cleanUp(host));

/** The terminal's file is named in a file, and docker-runner's process id in another. */
function onTerminal(
  name: string,
  task: string,
): { readonly started: Started; stty(...words: string[]): Promise<string>; pid(): Promise<number> } {
  const [tty, pid] = [join(host.folder, `${name}.tty`), join(host.folder, `${name}.pid`)];
  const script = `tty >${tty}; sh -c 'echo $$ >${pid}; exec $RUNNER PREFIX-app "$@"' - ${task}; echo "code $?"; stty -a`;
  return {
    started: startInTerminal(host, script),
    async stty(...words) {
      const file = (await readFile(tty, "utf8")).trim();
      return execFileSync("stty", ["-F", file, ...words], { encoding: "utf8" });
    },
    async pid() {
      return Number(await readFile(pid, "utf8"));
    },
  };
}

/** What is typed before belongs to docker-runner still. */
async function isRaw(stty: (...words: string[]) => Promise<string>): Promise<void> {
  await expect.poll(() => stty("-a"), { timeout: 60_000 }).toMatch(/-opost .*-icanon/s);
}

// Engines before 23 take a size only once the task runs, as docker run has it too: the task waits until it is there.
const sized = 'until test -n "$(busybox stty size 2>/dev/null)"; do :; done';

test("there is a terminal inside, of the same size, which follows; it is raw meanwhile and as before afterwards", async () => {
  const changes = 'while test "$(busybox stty size)" = "40 100"; do :; done; busybox stty size';
  const { started, stty } = onTerminal(
    "size",
    `sh -c '${sized}; test -t 0 && test -t 1 && test -t 2 && busybox stty size; ${changes}; read line'`,
  );
  await started.says("40 100\r\n");
  await stty("rows", "33");
  await started.says("33 100\r\n");
  expect(await stty("-a")).toMatch(/-icanon .*-echo /s);
  started.child.stdin?.write("\r");
  await started.ended;
  expect(started.stdout()).toContain("code 0\r\n");
  expect(started.stdout().split("code 0")[1]).toMatch(/ icanon .* echo /s);
});

test("Ctrl-C and the keys that detach reach the task as they are typed", async () => {
  const reads =
    "busybox stty raw -echo; echo ready; busybox dd bs=1 count=4 2>/dev/null | busybox od -An -tx1; busybox stty sane";
  const { started, stty } = onTerminal("keys", `sh -c '${reads}'`);
  await started.says("ready");
  await isRaw(stty);
  // One by one: the engine looks for its keys among single bytes.
  const [id = ""] = await tasksOf(host, "PREFIX-app");
  for (const key of ["\x03", "\x10", "\x11", "q"]) {
    started.child.stdin?.write(key);
    await host.engine.docker("inspect", id);
  }
  await started.ended;
  expect(started.stdout()).toContain(" 03 10 11 71");
  expect(started.stdout()).toContain("code 0\r\n");
});

test("typed Ctrl-C interrupts a task inside, and docker-runner itself gets no signal", async () => {
  const { started, stty } = onTerminal(
    "interrupt",
    `sh -c 'trap "echo interrupted; exit 5" INT; echo ready; while :; do sleep 0.1; done'`,
  );
  await started.says("ready");
  await isRaw(stty);
  started.child.stdin?.write("\x03");
  await started.ended;
  expect(started.stdout()).toMatch(/interrupted\r\n.*code 5\r\n/);
});

test("the terminal is as before after SIGTERM, and after a task that could not start", async () => {
  const { started, stty, pid } = onTerminal("killed", "sh -c 'trap : TERM; echo ready; while :; do sleep 0.1; done'");
  await started.says("ready");
  await isRaw(stty);
  process.kill(await pid(), "SIGTERM");
  await started.ended;
  expect(started.stdout().split("code 137")[1]).toMatch(/ icanon .* echo /s);

  const refused = startInTerminal(host, '$RUNNER PREFIX-none true; echo "code $?"; stty -a');
  await refused.ended;
  expect(refused.stdout()).toContain("No such image");
  expect(refused.stdout().split("code 125")[1]).toMatch(/ icanon .* echo /s);
});

test("a terminal that is lost ends the task", async () => {
  const { started } = onTerminal("lost", "sh -c 'echo ready; exec sleep 600'");
  await started.says("ready");
  started.child.kill("SIGKILL");
  await started.ended;
  await allGone(host, "PREFIX-app");
});
