import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import { program } from "./program.ts";
import { until } from "./until.ts";

export type Proxy = {
  readonly child: ChildProcess;
  readonly port: number;
  /** What it has written to stderr, line by line. */
  readonly told: readonly string[];
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
};

/** `svc proxy`, on a port of its own on this host alone; it is gone when the test is over. */
export async function startProxy(...args: readonly string[]): Promise<Proxy> {
  const child = spawn(program, ["proxy", "-l", "127.0.0.1:0", ...args], { stdio: ["ignore", "ignore", "pipe"] });
  const told = linesOf(child);
  const ended = once(child, "exit").then(([code, signal]) => code ?? signal);
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const port = await until(
    () => /listening on .*:(\d+)$/.exec(told.find((line) => line.includes("listening")) ?? "")?.[1],
  );
  return { child, port: Number(port), told, ended };
}

/** The lines of its stderr so far. */
export function linesOf({ stderr }: ChildProcess): readonly string[] {
  const lines: string[] = [];
  let rest = "";
  stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    const [last = "", ...whole] = (rest + chunk).split("\n").reverse();
    rest = last;
    lines.push(...whole.reverse());
  });
  return lines;
}
