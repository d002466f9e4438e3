import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { Host } from "./host.ts";
import { program } from "./program.ts";
import { type Ran, run } from "./real-engine.ts";

/** docker-runner, as words of a command. */
const runner = [program, "run"];

/** docker-runner in a process of its own, with what it has written so far. */
export type Started = {
  readonly child: ChildProcess;
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** Resolves once stdout holds the words. */
  says(words: string): Promise<void>;
  /** The exit code, or 128+n for a signal that ended docker-runner itself. */
  readonly ended: Promise<number>;
};

export type StartOptions = { readonly env?: NodeJS.ProcessEnv; readonly program?: readonly string[] };

export function startRunner(host: Host, args: readonly string[], options: StartOptions = {}): Started {
  const [file = "", ...words] = options.program ?? runner;
  const child = spawn(file, [...words, ...args.map((word) => word.replaceAll("PREFIX", host.engine.prefix))], {
    env: { ...host.env, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  return watched(child);
}

/** docker-runner to its end. */
export function runRunner(host: Host, args: readonly string[]): Promise<Ran> {
  const [file = "", ...words] = runner;
  return run(file, [...words, ...args.map((word) => word.replaceAll("PREFIX", host.engine.prefix))], { env: host.env });
}

/** What the shell command writes to stdout; `$RUNNER` is docker-runner. */
export async function inShell(host: Host, command: string): Promise<string> {
  const env = { ...host.env, RUNNER: runner.join(" ") };
  return (await run("sh", ["-c", command.replaceAll("PREFIX", host.engine.prefix)], { env })).stdout;
}

/** The command in a terminal of its own, of 40 rows and 100 columns, by script(1). What is written to stdin is typed. */
export function startInTerminal(host: Host, command: string, options: StartOptions = {}): Started {
  const words = `stty rows 40 cols 100; ${command}`.replaceAll("PREFIX", host.engine.prefix);
  const child = spawn("script", ["-qefc", words, "/dev/null"], {
    env: { ...host.env, ...options.env, SHELL: "/bin/sh", RUNNER: runner.join(" ") },
    stdio: ["pipe", "pipe", "pipe"],
  });
  return watched(child);
}

const children = new Set<ChildProcess>();

/** Ends what a failed test may have left; a client that holds its task would keep the engine from removing it. */
export async function cleanUp(host: Host | undefined): Promise<void> {
  for (const child of children) child.kill("SIGKILL");
  if (!host) return;
  for (const pid of await guardsOf(host)) process.kill(pid, "SIGKILL");
  await host.cleanup();
}

function watched(child: ChildProcess): Started {
  children.add(child);
  child.once("exit", () => children.delete(child));
  let out = "";
  let err = "";
  let look = (): void => undefined;
  child.stdout?.on("data", (chunk: Buffer) => {
    out += chunk.toString();
    look();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  child.stdin?.on("error", () => undefined);
  const ended = once(child, "close").then(([code, signal]) => code ?? 128 + (signalNumbers[String(signal)] ?? 0));
  return {
    child,
    pid: child.pid ?? 0,
    stdout: () => out,
    stderr: () => err,
    says: (words) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (out.includes(words)) resolve();
        };
        look();
        void ended.then((code) => reject(new Error(`ended with ${code} before it said ${words}: ${out}${err}`)));
      }),
    ended,
  };
}

const signalNumbers: { readonly [name: string]: number } = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Ids of the containers of the app's tasks. */
export async function tasksOf(host: Host, app: string): Promise<readonly string[]> {
  const label = `label=svc.oneoff=${app.replaceAll("PREFIX", host.engine.prefix)}`;
  return (await host.engine.docker("ps", "-aq", "--no-trunc", "--filter", label)).stdout.split("\n").filter(Boolean);
}

/** Resolves once no container and no guard of this host's tasks is left. */
export async function allGone(host: Host, app: string): Promise<void> {
  await expect
    .poll(async () => [...(await tasksOf(host, app)), ...(await guardsOf(host))], { timeout: 60_000, interval: 100 })
    .toEqual([]);
}

/** Process ids of the guards of this host's tasks: known by their environment. */
export async function guardsOf(host: Host): Promise<readonly number[]> {
  const found: number[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const read = (name: string): Promise<string> => readFile(join("/proc", pid, name), "utf8").catch(() => "");
    const [line, environment] = [await read("cmdline"), await read("environ")];
    if (line.includes("\0__guard\0") && environment.includes(host.folder)) found.push(Number(pid));
  }
  return found;
}
