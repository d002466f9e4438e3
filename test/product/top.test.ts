import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { UsageLook } from "../../src/control/request.ts";
import { type Host, makeHost } from "../support/host.ts";
import { program } from "../support/program.ts";
import { startInTerminal } from "../support/runner.ts";
import { type Tmux, tmux } from "../support/tmux.ts";

/** svc top as a person has it: a terminal, real containers, keys that are pressed, and what is to be seen then. */
let host: Host;
let terminal: Tmux;
let opened = 0;
const asBefore = { otherScreen: false, cursor: true, wrap: true };
const taken = { otherScreen: true, cursor: false, wrap: false };

const speak = (words: string, then = "sleep 3600 & wait"): readonly string[] => [
  "sh",
  "-c",
  `trap 'exit 0' TERM; printf '${words}\\n'; ${then}`,
];

beforeAll(async () => {
  host = await makeHost();
  await host.unit("db", { command: speak("ready for connections") });
  await host.unit("web", { depends_on: [host.name("db")], mem_limit: "64m", command: speak("GET / 200") });
  await host.unit("busy", { command: ["sh", "-c", "while :; do :; done"] });
  await host.unit("wide", { command: speak("\\033[31m日本語\\033[0m\\tund\\007 mehr") });
  await host.startDaemon();
  await host.ask("start", { names: ["web", "busy", "wide"].map(host.name) });
});
afterAll(() => host?.cleanup());
afterEach(() => terminal?.close());

async function openTop(options = ""): Promise<void> {
  terminal = await tmux(`${host.engine.prefix}-${opened++}`, host.env);
  await terminal.press(`echo $$ >${host.folder}/pid; exec ${program} top -d 0.5 ${options}`, "Enter");
  await terminal.shows(/^svc top .*4 units/);
}

/** In a shell that goes on afterwards. */
async function openTopInShell(): Promise<void> {
  terminal = await tmux(`${host.engine.prefix}-${opened++}`, host.env);
  const command = `sh -c 'echo $$ >${host.folder}/pid; exec ${program} top -d 0.5'; echo "code $?"; stty -a`;
  await terminal.press(command, "Enter");
  await terminal.shows(/^svc top .*4 units/);
}

/** The unit's row: name, phase, since, CPU, memory, restarts, last line. */
const row = (short: string, rest: string): RegExp => new RegExp(`^[ >]${host.name(short)} +${rest}`, "m");
const selected = (short: string): RegExp => new RegExp(`^>${host.name(short)} `, "m");

test("every unit has its row: phase, since, CPU, memory and its limit, restarts, last line", async () => {
  await openTop();
  const [figure, bytes] = ["\\d+\\.\\d", "[\\d.]+[KM]"];
  await terminal.shows(row("busy", `up +\\d+ (?:s|min) +[1-9]\\d*\\.\\d +${bytes} +0\n`));
  await terminal.shows(row("web", `up +\\d+ (?:s|min) +${figure} +${bytes}/64\\.0M +0 GET / 200\n`));
  await terminal.shows(row("wide", `up +\\d+ (?:s|min) +${figure} +${bytes} +0 日本語 und\\? mehr\n`));
  expect(await terminal.modes()).toEqual(taken);
});

test("restart, stop with what needs it, start: each is done, shown, and what became of it is said", async () => {
  await openTop();
  const before = await host.inspect("PREFIX-web", "{{.Id}}");
  await terminal.press("/", "web", "Enter");
  await terminal.shows(selected("web"));
  await terminal.press("r");
  await terminal.shows(new RegExp(`^${host.name("web")}: restarted$`, "m"));
  expect(await host.inspect("PREFIX-web", "{{.Id}}")).not.toBe(before);
  await terminal.press("Escape", "Home", "Down");
  await terminal.shows(selected("db"));
  await terminal.press("x");
  await terminal.shows(new RegExp(`^stop ${host.name("db")}\\? y/n$`, "m"));
  await terminal.press("y");
  await terminal.shows(/needs \S+-db\. Stop it\s+too\? y\/n/);
  expect(await host.status(host.name("db"))).toMatchObject({ phase: "up" });
  await terminal.press("y");
  await terminal.shows(row("db", "down"));
  await terminal.shows(row("web", "down +\\d+ (?:s|min) +- +- +0 GET / 200"));
  await terminal.press("Down");
  await terminal.shows(selected("web"));
  await terminal.press("s");
  await terminal.shows(row("web", "up"));
  await terminal.shows(new RegExp(`^${host.name("web")}: started$`, "m"));
  expect(await host.status(host.name("db"))).toMatchObject({ phase: "up", wanted: "up" });
});

test("what svc refuses is said in its words, and the screen goes on", async () => {
  await openTop();
  await host.write("units/PREFIX-wide.yml", "image: IMG\nrestrat: always\n");
  await terminal.press("End");
  await terminal.shows(selected("wide"));
  await terminal.press("r");
  await terminal.shows(/the unit file of \S+-wide has errors.*nothing was\s+touched/s);
  await host.unit("wide", { command: speak("\\033[31m日本語\\033[0m\\tund\\007 mehr") });
  await terminal.press("Home");
  await terminal.shows(selected("busy"));
});

test("a log is followed on the full screen, filter and help come and go, and the size of the terminal is followed", async () => {
  await openTop();
  await terminal.press("/", "nothing");
  await terminal.shows(/no unit's name holds "nothing"/);
  await terminal.press("Escape", "?");
  await terminal.shows(/^keys of svc top\n/);
  await terminal.press("q");
  await terminal.press("End", "Enter");
  await terminal.shows(/^log of \S+-wide .*\n.*-- starting \w+(.|\n)*^\d\d:\d\d:\d\dZ 日本語 und\? mehr$/m);
  await host.engine.docker("exec", host.name("wide"), "sh", "-c", "echo of another; echo one more >/proc/1/fd/1");
  await terminal.shows(/^\d\d:\d\d:\d\dZ one more$/m);
  await terminal.press("q");
  await terminal.shows(/^svc top /);
  await terminal.resize(40, 10);
  await terminal.shows(/^svc top .*\n UNIT +PHASE +CPU % MEMORY\n(.*\n)+\? help {2}q quit {2}s start {2}x stop\n/);
  expect((await terminal.screen()).trimEnd().split("\n").length).toBe(10);
  await terminal.resize(120, 30);
  await terminal.shows(row("web", "up.*GET / 200"));
});

test("when svc goes away it is said, the last values stay, and it goes on when svc is back", async () => {
  await openTop();
  await host.endDaemon("SIGKILL");
  await terminal.shows(/^svc top .*svc is not running: nobody answers/);
  await terminal.shows(row("web", "up .*GET / 200"));
  await terminal.press("r");
  await terminal.shows(/svc is not running.*systemctl\s+start svc/s);
  await host.startDaemon();
  await terminal.shows(/^svc is back$/m);
  await terminal.shows(/^svc top .*4 units {2}4 up/);
  await terminal.shows(row("web", "up +\\d+ (?:s|min) +\\d.* GET / 200"));
});

test("of a daemon that hangs it is said within seconds, and the last values stay", async () => {
  await openTop();
  const since = Date.now();
  process.kill(host.pid, "SIGSTOP");
  try {
    await terminal.shows(/^svc top .*svc does not answer/);
    expect(Date.now() - since).toBeLessThan(9_000);
    await terminal.shows(row("web", "up .*GET / 200"));
  } finally {
    process.kill(host.pid, "SIGCONT");
  }
  await terminal.shows(/^svc is back$/m);
});

test("Ctrl-Z gives the terminal back, and fg goes on", async () => {
  terminal = await tmux(`${host.engine.prefix}-${opened++}`, host.env);
  await terminal.press(`set -m; ${program} top -d 0.5`, "Enter");
  await terminal.shows(/^svc top .*4 units/);
  await terminal.press("C-z");
  await terminal.shows(/Stopped/);
  expect(await terminal.modes()).toEqual(asBefore);
  await terminal.press("stty -a", "Enter");
  await terminal.shows(/ icanon (.|\n)* echo /);
  await terminal.press("fg", "Enter");
  await terminal.shows(/^svc top .*4 units/);
  expect(await terminal.modes()).toEqual(taken);
  await terminal.press("q");
  await terminal.shows(/ top -d 0\.5\n[#$]\s*$/); // what is typed before the shell is back, svc top reads
  await terminal.press("echo it is over", "Enter");
  await terminal.shows(/^(# )?it is over$/m);
  expect(await terminal.modes()).toEqual(asBefore);
});

test("the terminal is as before after q, Ctrl-C, SIGTERM, SIGHUP and SIGINT", async () => {
  const pid = async (): Promise<number> => Number(await readFile(join(host.folder, "pid"), "utf8"));
  const leave: { readonly [code: number]: (() => Promise<unknown>)[] } = {
    0: [() => terminal.press("q"), () => terminal.press("C-c"), () => terminal.press("l", "C-c")],
    143: [async () => process.kill(await pid(), "SIGTERM")],
    129: [async () => process.kill(await pid(), "SIGHUP")],
    130: [async () => process.kill(await pid(), "SIGINT")],
  };
  for (const [code, ways] of Object.entries(leave)) {
    for (const way of ways) {
      await openTopInShell();
      expect(await terminal.modes()).toEqual(taken);
      await way();
      const after = await terminal.shows(/code \d+\n(.|\n)* echo /);
      expect(after).toMatch(new RegExp(`code ${code}\n`));
      expect(after).toMatch(/ icanon /);
      expect(await terminal.modes()).toEqual(asBefore);
      await terminal.close();
    }
  }
});

test("no colours where none are wanted", async () => {
  for (const [options, NO_COLOR] of [
    ["--no-color", ""],
    ["", "1"],
  ] as const) {
    const { child, stdout, says, ended } = startInTerminal(host, `${program} ${options} top`, { env: { NO_COLOR } });
    await says("GET / 200");
    child.stdin?.write("q");
    expect(await ended).toBe(0);
    expect(stdout()).toContain("\x1b[?1049l");
    const styles = stdout()
      .split("\x1b[")
      .flatMap((sequence) => /^[\d;]*m/.exec(sequence)?.[0] ?? []);
    expect(new Set(styles)).toEqual(new Set(["0m"]));
  }
});

test("without a terminal it is one table, with --json all values", async () => {
  const { code, stdout } = await host.svc("top", "PREFIX-web", "PREFIX-db");
  expect({ code, head: stdout.split("\n")[0] }).toEqual({
    code: 0,
    head: expect.stringMatching(/^UNIT +PHASE +SINCE +CPU % +MEMORY +RESTARTS +LAST LINE$/),
  });
  expect(stdout).toMatch(
    new RegExp(`^${host.name("web")} +up +\\d+ (?:s|min) +\\d+\\.\\d +\\S+/64\\.0M +0 +GET / 200$`, "m"),
  );
  expect(stdout.trimEnd().split("\n").length).toBe(3);
  const look = JSON.parse((await host.svc("top", "--json")).stdout) as UsageLook;
  const [busy, , web] = look.units;
  expect(busy).toMatchObject({ name: host.name("busy"), phase: "up", restarts: 0, memoryLimitBytes: null });
  expect(busy?.cpuPercent).toBeGreaterThan(1);
  expect(busy?.memoryBytes).toBeGreaterThan(10_000);
  expect(web).toMatchObject({ memoryLimitBytes: 64 << 20, lastLine: "GET / 200" });
  expect(await host.svc("top", "PREFIX-wbe")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("did you mean"),
  });
  expect(await host.svc("top", "-d", "0")).toMatchObject({ code: 2, stderr: expect.stringContaining("write seconds") });
});
