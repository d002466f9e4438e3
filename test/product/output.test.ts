import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LogLine } from "../../src/control/request.ts";
import { type Host, makeHost } from "../support/host.ts";
import { program } from "../support/program.ts";
import { run } from "../support/real-engine.ts";
import { until } from "../support/until.ts";

/** Every byte that a container writes is kept and shown: supervision.md B58, engine-semantics.md Logs. */
let host: Host;

beforeAll(async () => {
  host = await makeHost();
  await host.startDaemon();
});
afterAll(() => host?.cleanup());

/** A task that runs the script once, to its end. */
async function runOnce(short: string, script: string, change: object = {}): Promise<void> {
  await host.unit(short, { type: "task", respawn: false, command: ["sh", "-c", script], ...change });
  await host.ask("start", { names: [host.name(short)] });
}

/** The bytes of its log files, oldest first. */
async function logOf(short: string): Promise<Buffer> {
  const folder = join(host.folder, "log");
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${host.name(short)}.log`));
  const age = (name: string): number => Number(/\.(\d+)\.gz$/.exec(name)?.[1] ?? 0);
  const files = names.sort((a, b) => age(b) - age(a));
  const contents = files.map(async (name) => {
    const bytes = await readFile(join(folder, name));
    return name.endsWith(".gz") ? gunzipSync(bytes) : bytes;
  });
  return Buffer.concat(await Promise.all(contents));
}

/** What the unit itself wrote, as `svc logs` shows it. */
async function shown(short: string, ...options: string[]): Promise<readonly LogLine[]> {
  const { stdout } = await host.svc("logs", `PREFIX-${short}`, "--json", ...options);
  const lines = stdout.split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as LogLine).filter((line) => line.stream !== "svc");
}
const texts = async (short: string, ...options: string[]): Promise<readonly string[]> =>
  (await shown(short, ...options)).map((line) => line.text);

const counting = (count: number): string => `i=0; while [ $i -lt ${count} ]; do echo "line $i"; i=$((i+1)); done`;

describe.concurrent("output", () => {
  test.each(["list", "status", "logs", "events"])(
    "svc %s to a disk that is full is one line and 1",
    async (command) => {
      await runOnce(`full-${command}`, "echo hi");
      const words = `${program} ${command} ${host.name(`full-${command}`)} 2>&1 >/dev/full; echo code $?`;
      const told = await until(async () => {
        const { stdout } = await run("sh", ["-c", words], { env: host.env });
        // Before it has written anything nothing is lost.
        return stdout === "code 0\n" ? null : stdout;
      });
      expect(told).toBe(
        "svc: stdout cannot be written: ENOSPC: no space left on device, write\nhint: make room, or name another file\ncode 1\n",
      );
    },
  );

  test("a hundred thousand lines, as fast as they can be written, and then the end", async () => {
    await runOnce("burst", counting(100_000));
    const lines = await until(async () => {
      const all = await texts("burst");
      return all.at(-1) === "line 99999" ? all : null;
    });
    expect(lines.length).toBe(100_000);
    expect(lines.findIndex((line, index) => line !== `line ${index}`)).toBe(-1);
    expect(await texts("burst", "-n", "3")).toEqual(["line 99998", "line 99999"]);
    const [run] = await host.ask("history", { unit: host.name("burst") });
    expect(run?.lastLines).toEqual(Array.from({ length: 50 }, (_, index) => `line ${99_950 + index}`));
  });

  test("B58 one byte with no line end, and then SIGKILL", async () => {
    await host.unit("byte", { respawn: false, command: ["sh", "-c", "printf x; sleep 3600"] });
    await host.ask("start", { names: [host.name("byte")] });
    await host.engine.docker("kill", host.name("byte"));
    await host.reaches("PREFIX-byte", { phase: "failed" });
    expect(await shown("byte")).toMatchObject([{ stream: "out", text: "x" }]);
    expect(await host.ask("history", { unit: host.name("byte") })).toMatchObject([
      { code: 137, signal: "SIGKILL", by: "external", lastLines: ["x"] },
    ]);
  });

  test("bytes that are no text, either stream by its name, and line ends as they are", async () => {
    await runOnce("bytes", "printf 'a\\000b\\377c\\n'; printf 'dos\\r\\n10%%\\r20%%\\n'; echo to stderr >&2");
    const log = await logOf("bytes");
    expect(log.includes(Buffer.from([32, 97, 0, 98, 255, 99, 10]))).toBe(true);
    expect(log.includes("dos\r\n")).toBe(true);
    expect(log.includes("10%\r20%\n")).toBe(true);
    const lines = await shown("bytes");
    expect(lines.filter((line) => line.stream === "err").map((line) => line.text)).toEqual(["to stderr"]);
    expect(lines.filter((line) => line.stream === "out").map((line) => line.text)).toEqual([
      "a\0b\ufffdc",
      "dos\r",
      "10%\r20%",
    ]);
  });

  test("a line of three megabytes loses nothing", async () => {
    const size = 3 * 1024 * 1024;
    const box = "/bin/busybox";
    await runOnce("long", `${box} head -c ${size} /dev/zero | ${box} tr '\\000' x; echo; echo after`);
    const lines = await texts("long");
    expect(lines.at(-1)).toBe("after");
    expect(lines.slice(0, -1).join("").length).toBe(size);
  });

  test("rotated by size and compressed, in order, with no line lost", async () => {
    await runOnce("rotated", counting(20_000), { log: { max_size: "20k", max_files: 500 } });
    const lines = await until(async () => {
      const all = await texts("rotated");
      return all.length >= 20_000 ? all : null;
    });
    expect(lines.findIndex((line, index) => line !== `line ${index}`)).toBe(-1);
    const names = (await readdir(join(host.folder, "log"))).filter((name) => name.startsWith(host.name("rotated")));
    expect(names.filter((name) => name.endsWith(".gz")).length).toBeGreaterThan(1);
  });

  test("one who follows and never reads does not hold up the container", async () => {
    await host.unit("blind", {
      type: "task",
      respawn: false,
      command: ["sh", "-c", `until cat /tmp/go 2>/dev/null; do sleep 0.2; done; ${counting(150_000)}`],
    });
    await host.ask("start", { names: [host.name("blind")], wait: false });
    await host.reaches("PREFIX-blind", { phase: "up" });
    const reader = connect(host.env.SVC_SOCKET ?? "");
    reader.on("error", () => undefined);
    const ask = JSON.stringify({ units: [host.name("blind")], follow: true });
    reader.write(`POST /v1/logs HTTP/1.0\r\nContent-Length: ${ask.length}\r\n\r\n${ask}`);
    reader.pause();
    await host.engine.docker("exec", host.name("blind"), "sh", "-c", "echo > /tmp/go");
    await host.reaches("PREFIX-blind", { phase: "done" });
    expect((await texts("blind", "-n", "2"))[0]).toBe("line 149999");
    reader.destroy();
  });

  test("several units by time, by number, since a time, by an expression; a bad one is refused", async () => {
    for (const [at, short] of ["first", "second", "third"].entries()) {
      await runOnce(short, `echo ${at} a; sleep 1; echo ${at} b`);
    }
    const names = ["first", "second", "third"].map((short) => `PREFIX-${short}`);
    const all = (await host.svc("logs", ...names, "--json")).stdout.split("\n").filter(Boolean);
    const lines = all.map((line) => JSON.parse(line) as LogLine).filter((line) => line.stream === "out");
    expect(lines.map((line) => line.text)).toEqual(["0 a", "0 b", "1 a", "1 b", "2 a", "2 b"]);
    expect(await texts("first", "--grep", "b$")).toEqual(["0 b"]);
    expect(await texts("first", "--since", lines[1]?.time ?? "")).toEqual(["0 b"]);
    expect(await texts("first", "--since", "1h")).toEqual(["0 a", "0 b"]);
    const plain = (await host.svc("logs", ...names, "-n", "2", "--grep", "b$")).stdout;
    expect(plain.split("\n").filter((line) => line.includes(" 1 b"))[0]).toMatch(
      new RegExp(`^${host.name("second")} +\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ 1 b$`),
    );
    const bad = await host.svc("logs", "PREFIX-first", "--grep", "(");
    expect({ code: bad.code, says: bad.stderr.includes("is no regular expression") }).toEqual({ code: 2, says: true });
    expect((await host.svc("logs", "PREFIX-no-such")).code).toBe(2);
  });

  test("what the engine warns of at a start stands in the log", async () => {
    await runOnce("warned", "echo hi", { oom_kill_disable: true });
    const { stdout } = await host.svc("logs", "PREFIX-warned");
    expect(stdout).toMatch(/Z -- starting .*\n\S+Z -- the engine warns: .*oom.*\n\S+Z hi\n/i);
  });

  test("one who follows sees what comes across a restart, each line once", async () => {
    await host.unit("followed", {
      command: ["sh", "-c", "trap 'echo bye; exit 0' TERM; echo hello; sleep 3600 & wait"],
    });
    await host.ask("start", { names: [host.name("followed")] });
    const seen: string[] = [];
    void host
      .ask("logs", { units: [host.name("followed")], follow: true }, (line) => {
        if (line.stream === "out") seen.push(line.text);
      })
      .catch(() => undefined);
    await until(() => seen.length === 1);
    await host.ask("restart", { names: [host.name("followed")] });
    await until(() => seen.length >= 3);
    expect(seen).toEqual(["hello", "bye", "hello"]);
  });

  test("history tells code, signal, tag and how long, newest last", async () => {
    await host.unit("codes", { respawn: false, command: ["sh", "-c", "echo why; sleep 1; exit 9"] });
    await host.ask("start", { names: [host.name("codes")] });
    await host.reaches("PREFIX-codes", { phase: "failed" });
    const runs = JSON.parse((await host.svc("history", "PREFIX-codes", "--json")).stdout) as { ranFor: number }[];
    expect(runs).toMatchObject([{ code: 9, signal: null, tag: "1", oom: false, by: "itself", lastLines: ["why"] }]);
    expect(runs[0]?.ranFor).toBeGreaterThan(0.5);
    expect((await host.svc("history", "PREFIX-codes")).stdout).toMatch(
      /^ENDED +RAN FOR +TAG +BY +HOW\n\S+Z +\d.*exit 9\n$/,
    );
  });
});

test("events of a unit that is gone are shown; a name that nothing ever happened to is told", async () => {
  await runOnce("gone", "echo hi");
  await rm(join(host.folder, `units/${host.name("gone")}.yml`));
  expect(await host.svc("events", "PREFIX-gone")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("-gone  "),
  });
  for (const options of [[], ["-f"], ["--since", "1s"]]) {
    expect(await host.svc("events", "nobody", ...options)).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/^svc: there is no unit nobody\n/),
    });
  }
  const long = await host.svc("start", "x".repeat(256));
  expect(long.stderr).toContain("names must be a list of unit names, each of at most 255 characters");
});

test("svc is killed and comes back while the container writes: no line is lost or doubled", async () => {
  const script = "i=0; while :; do echo line $i; i=$((i+1)); sleep 0.05; done";
  await host.unit("writing", { command: ["sh", "-c", script], stop_grace_period: "1s" });
  await host.ask("start", { names: [host.name("writing")] });
  for (let round = 0; round < 2; round++) {
    await until(async () => (await texts("writing")).length > 10 * (round + 1));
    await host.endDaemon("SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 500));
    await host.startDaemon();
  }
  const { stdout } = await host.engine.docker("logs", host.name("writing"));
  const last = stdout.trim().split("\n").at(-1) ?? "none";
  const lines = await until(async () => {
    const all = await texts("writing");
    return all.includes(last) ? all : null;
  });
  expect(lines).toEqual(lines.map((_, index) => `line ${index}`));
});

test("a log that cannot be written is told of once, by the daemon, status and why, and so is that it can be again", async () => {
  const script = "i=0; while :; do echo line $i; i=$((i+1)); sleep 0.05; done";
  await host.unit("full", { command: ["sh", "-c", script], stop_grace_period: "1s" });
  const inTheWay = join(host.folder, "log", `${host.name("full")}.log`);
  await mkdir(inTheWay);
  await host.ask("start", { names: [host.name("full")] });
  const words = "EISDIR: illegal operation on a directory, open";
  const { logProblem } = await until(async () => {
    const status = await host.status(host.name("full"));
    return status.logProblem === null ? null : status;
  });
  expect(logProblem).toBe(`${words} '${inTheWay}'; up to 8 MiB of its lines wait in memory`);
  expect((await host.svc("status", "PREFIX-full")).stdout).toContain(
    `  log        it cannot be written: ${words} '${inTheWay}'; up to 8 MiB of its lines wait in memory\n`,
  );
  expect((await host.svc("list")).stdout).toMatch(/full .*; its log cannot be written: EISDIR/);
  const why = await host.svc("why", "PREFIX-full");
  expect(why.stdout).toContain(`its log cannot be written: ${words}`);
  expect(why.stdout).toContain("next: svc doctor\n");
  await rm(inTheWay, { recursive: true });
  await host.reaches("PREFIX-full", { logProblem: null });
  const [first, ...others] = await until(async () => {
    const all = await texts("full");
    return all.length > 10 ? all : null;
  });
  expect([first, others[0]]).toEqual(["line 0", "line 1"]);
  const told = host.daemonOutput().match(/full: its log (cannot be|is) written[^"\\]*/g);
  expect(told).toEqual([
    expect.stringContaining(`full: its log cannot be written: ${words}`),
    expect.stringContaining("full: its log is written again"),
  ]);
});

const later = (lines: string): string =>
  lines.replaceAll(/^\d{4}-\S+Z/gm, (time) => new Date(Date.parse(time) + 3_600_000).toISOString());

test("the clock was set back while svc was away: what containers wrote and write is logged, each line once", async () => {
  const script = "i=0; while :; do echo line $i; i=$((i+1)); sleep 0.05; done";
  const changes: { readonly [short: string]: (log: string) => string } = {
    "all-ahead": later,
    "last-ahead": (log) => log.replace(/(.+\n){3}$/, later),
    "other-ahead": (log) => `${log}${later(`${new Date().toISOString()} out not of this container\n`)}`,
  };
  const shorts = Object.keys(changes);
  for (const short of shorts) await host.unit(short, { command: ["sh", "-c", script], stop_grace_period: "1s" });
  await host.ask("start", { names: shorts.map(host.name) });
  for (const short of shorts) await until(async () => (await texts(short)).length > 10);
  await host.endDaemon("SIGKILL");
  for (const [short, change] of Object.entries(changes)) {
    const path = join(host.folder, `log/${host.name(short)}.log`);
    await writeFile(path, change(await readFile(path, "utf8")));
  }
  await host.startDaemon();
  for (const short of shorts) {
    const { stdout } = await host.engine.docker("logs", host.name(short));
    const last = stdout.trim().split("\n").at(-1) ?? "none";
    const lines = await until(async () => {
      const all = [...(await logOf(short)).toString().matchAll(/^\S+ out (line .*)$/gm)].map(([, text]) => text);
      return all.includes(last) ? all : null;
    });
    expect({ short, lines }).toEqual({ short, lines: lines.map((_, index) => `line ${index}`) });
  }
});

test.each([
  ["lines of pieces", {}],
  ["the same on a terminal", { tty: true }],
])(
  "svc is killed and comes back: long lines are whole, none twice, and so is one without an end: %s",
  async (_, tty) => {
    const short = "tty" in tty ? "wide-tty" : "wide";
    const script = `L=$(head -c 40000 /dev/zero | tr '\\0' x); for i in 0 1 2; do echo "w $i $L"; done; while [ ! -e /more ]; do sleep 0.05; done; for i in 3 4; do echo "w $i $L"; done; printf 'last words'; sleep 600`;
    await host.unit(short, { command: ["sh", "-c", script], respawn: false, stop_grace_period: "1s", ...tty });
    await host.ask("start", { names: [host.name(short)] });
    await until(async () => (await texts(short)).length === 3);
    await host.endDaemon("SIGKILL");
    await host.engine.docker("exec", host.name(short), "sh", "-c", ": >/more");
    await host.startDaemon();
    await until(async () => (await texts(short)).length === 5);
    await host.engine.docker("kill", host.name(short));
    const lines = await until(async () => {
      const all = await texts(short);
      return all.length === 6 ? all : null;
    });
    expect(lines.map((line) => [line.slice(0, 4), line.length])).toEqual([
      ...[0, 1, 2, 3, 4].map((number) => [`w ${number} `, 40_004]),
      ["last", 10],
    ]);
    const [end] = (await host.ask("history", { unit: host.name(short) })).slice(-1);
    expect(end?.lastLines?.at(-1)).toBe("last words");
  },
);

test("what is written and ends while svc is away, in the middle of a line, is in the log to the last byte", async () => {
  const script = "echo a; while [ ! -e /more ]; do sleep 0.05; done; echo b; printf 'no newline'; sleep 600";
  await host.unit("cut", { command: ["sh", "-c", script], respawn: false });
  await host.ask("start", { names: [host.name("cut")] });
  await until(async () => (await texts("cut")).length === 1);
  await host.endDaemon("SIGKILL");
  await host.engine.docker("exec", host.name("cut"), "sh", "-c", ": >/more");
  await until(async () => (await host.engine.docker("logs", host.name("cut"))).stdout.includes("b"));
  await host.engine.docker("kill", host.name("cut"));
  await host.startDaemon();
  const lines = await until(async () => {
    const all = await texts("cut");
    return all.filter((line) => line === "a").length === 2 ? all : null;
  });
  expect(lines).toEqual(["a", "b", "no newline", "a"]);
  const [end] = await host.ask("history", { unit: host.name("cut") });
  expect(end?.lastLines).toEqual(["a", "b", "no newline"]);
});

test("a container whose engine keeps no log is attached again when svc is back: what is lost is said once, its end is not held up", async () => {
  const script = "echo a; while [ ! -e /more ]; do sleep 0.05; done; echo b; printf 'no newline'; sleep 600";
  await host.unit("logless", { command: ["sh", "-c", script], respawn: false, logging: { driver: "none" } });
  await host.ask("start", { names: [host.name("logless")] });
  await until(async () => (await texts("logless")).length === 1);
  await host.endDaemon("SIGKILL");
  await host.startDaemon();
  const lost = "svc the engine keeps no log of this container: what it wrote while svc was away is lost";
  const remarks = async (): Promise<readonly string[]> => (await logOf("logless")).toString().match(/svc .*/g) ?? [];
  await until(async () => (await remarks()).includes(lost));
  await host.engine.docker("exec", host.name("logless"), "sh", "-c", ": >/more");
  await until(async () => (await texts("logless")).length === 2);
  await host.engine.docker("kill", host.name("logless"));
  await host.reaches("PREFIX-logless", { phase: "failed" });
  await until(async () => (await host.ask("history", { unit: host.name("logless") })).length === 1);
  expect(await texts("logless")).toEqual(["a", "b", "no newline"]);
  expect(await remarks()).toEqual([expect.stringMatching(/^svc starting /), lost, "svc exit 137 (SIGKILL)"]);
});
