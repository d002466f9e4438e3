import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { allGone, cleanUp, inShell, startInTerminal, startRunner, tasksOf } from "../support/runner.ts";

/** Stdin, stdout and stderr of a task without a terminal. */
let host: Host;

beforeAll(async () => {
  host = await makeHost();
  // The engine's own log would double the time that MBs take.
  await host.write("units/PREFIX-app.yml", "image: IMG\nstop_grace_period: 1s\nlogging: {driver: none}\n");
});
afterAll(() => cleanUp(host));

test("20 MB go in and come out byte for byte, and the end of stdin is passed on", async () => {
  const input = randomBytes(20 << 20);
  const task = startRunner(host, ["PREFIX-app", "cat"]);
  task.child.stdin?.end(input);
  const output = await readAll(task.child.stdout);
  expect(await task.ended).toBe(0);
  expect(digest(output)).toBe(digest(input));
});

test("output goes on after stdin has ended, and stdout and stderr stay apart", async () => {
  const task = startRunner(host, ["PREFIX-app", "sh", "-c", "busybox wc -c; echo to stderr >&2; sleep 0.3; echo end"]);
  task.child.stdin?.end("12345");
  expect(await task.ended).toBe(0);
  expect({ stdout: task.stdout(), stderr: task.stderr() }).toEqual({ stdout: "5\nend\n", stderr: "to stderr\n" });
});

test("stdin may be /dev/null, closed, or a file", async () => {
  const file = join(host.folder, "input");
  await writeFile(file, "from a file\n");
  const ends = ["</dev/null", "<&-", `<${file}`].map((from) =>
    inShell(host, `$RUNNER PREFIX-app cat ${from}; echo code $?`),
  );
  expect(await Promise.all(ends)).toEqual(["code 0\n", "code 0\n", "from a file\ncode 0\n"]);
});

test("a reader that leaves early ends the task", async () => {
  const text = await inShell(host, "$RUNNER PREFIX-app sh -c 'echo first; exec busybox yes' | head -1");
  expect(text).toBe("first\n");
  await allGone(host, "PREFIX-app");
});

test.each(["echo hi", "sh -c 'busybox seq 1 700000; exec sleep 60'"])(
  "on a disk that is full %s ends with a word and 1, not with the task's own code",
  async (command) => {
    const text = await inShell(host, `$RUNNER PREFIX-app ${command} 2>&1 >/dev/full; echo code $?`);
    expect(text).toBe(
      "docker-runner: stdout cannot be written: ENOSPC: no space left on device, write\nhint: make room, or name another file\ncode 1\n",
    );
    await allGone(host, "PREFIX-app");
  },
);

test("what a task writes to a stderr that is full is lost with 1 too", async () => {
  expect(await inShell(host, "$RUNNER PREFIX-app sh -c 'echo hi >&2; exec sleep 60' 2>/dev/full; echo code $?")).toBe(
    "code 1\n",
  );
  await allGone(host, "PREFIX-app");
});

test("a line that is printed to a full disk is lost with 1", async () => {
  expect(await inShell(host, "$RUNNER --print PREFIX-app true 2>&1 >/dev/full; echo code $?")).toMatch(
    /^docker-runner: stdout cannot be written: ENOSPC.*\nhint: .*\ncode 1\n$/,
  );
});

test("50 MB reach a slow reader whole, and do not gather in memory", async () => {
  const task = startRunner(host, ["PREFIX-app", "busybox", "seq", "1", "6500000"]);
  const hash = createHash("sha256");
  let read = 0;
  let peak = 0;
  const { stdout } = task.child;
  stdout?.removeAllListeners("data");
  for await (const chunk of stdout as Readable) {
    hash.update(chunk as Buffer);
    read += (chunk as Buffer).length;
    // Every 4 MB the reader turns away for a moment.
    if (read >> 22 !== (read - (chunk as Buffer).length) >> 22) peak = Math.max(peak, await peakOf(task.pid));
  }
  expect(await task.ended).toBe(0);
  const whole = Array.from({ length: 6_500_000 }, (_, at) => `${at + 1}\n`).join("");
  expect({ read, digest: hash.digest("hex") }).toEqual({ read: whole.length, digest: digest(Buffer.from(whole)) });
  expect(peak).toBeLessThan(200 << 20);
});

test("a reader that stops holds the task, not our memory, and then the task can still be ended", async () => {
  const task = startRunner(host, ["PREFIX-app", "busybox", "yes"]);
  task.child.stdout?.removeAllListeners("data");
  task.child.stdout?.pause();
  await expect.poll(async () => (await tasksOf(host, "PREFIX-app")).length, { timeout: 90_000 }).toBe(1);
  const [id = ""] = await tasksOf(host, "PREFIX-app");
  let before = -1;
  await expect
    .poll(
      async () => {
        const written = await writtenBy(id);
        const stands = written > 0 && written === before;
        before = written;
        return stands;
      },
      { timeout: 90_000, interval: 500 },
    )
    .toBe(true);
  expect(before).toBeLessThan(16 << 20);

  process.kill(task.pid, "SIGTERM");
  await once(task.child, "exit");
  expect(task.child.exitCode).toBe(143);
  task.child.stdout?.destroy();
  await allGone(host, "PREFIX-app");
});

test("without a terminal on both ends, or with -T, there is none inside", async () => {
  const asks = "sh -c 'test -t 0 && echo in; test -t 1 && echo out; echo end'";
  const task = startInTerminal(host, `$RUNNER PREFIX-app ${asks} | cat; $RUNNER -T PREFIX-app ${asks}`);
  await task.ended;
  expect(task.stdout()).toBe("end\r\nend\r\n");
});

async function readAll(stream: Readable | null): Promise<Buffer> {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  if (stream) await once(stream, "end");
  return Buffer.concat(chunks);
}

function digest(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

/** Bytes that the container's own process, below its init, has written. */
async function writtenBy(id: string): Promise<number> {
  const { stdout } = await host.engine.docker("inspect", "-f", "{{.State.Pid}}", id);
  const init = stdout.trim();
  const child = await readFile(`/proc/${init}/task/${init}/children`, "utf8").catch(() => "");
  const io = await readFile(`/proc/${child.trim()}/io`, "utf8").catch(() => "");
  return Number(/wchar: (\d+)/.exec(io)?.[1] ?? -1);
}
