import { expect, test } from "vitest";
import { systemClock } from "../../../src/clock/system-clock.ts";
import { lines, runOnHost } from "../../../src/host/run-on-host.ts";

const run = (script: string, onLine: (line: string) => void = () => undefined): Promise<string | null> =>
  runOnHost({ command: [script], environment: [], timeoutMs: 30_000, clock: systemClock(), onLine });

test("what a command wrote last is told, however soon it ended after it", async () => {
  const ended = Array.from({ length: 60 }, (_, at) => run(`seq ${at * 200} >&2; echo disk ${at} >&2; exit 1`));
  expect(await Promise.all(ended)).toEqual(Array.from(ended, (_, at) => `exit 1: disk ${at}`));
});

test("what it has left behind, which holds on to its output, keeps nobody waiting", async () => {
  const pids: string[] = [];
  expect(await run("sleep 60 & echo $!; echo gone >&2; exit 3", (line) => pids.push(line))).toBe("exit 3: gone");
  process.kill(Number(pids[0]));
});

test("a letter that comes in two pieces is one letter", () => {
  const said: string[] = [];
  const cut = lines((line) => said.push(line));
  const bytes = Buffer.from("fünf\nsechs €");
  for (let at = 0; at < bytes.length; at++) cut.take(bytes.subarray(at, at + 1));
  cut.end();
  expect(said).toEqual(["fünf", "sechs €"]);
});
