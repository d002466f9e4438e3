import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { request } from "../../src/control/client.ts";
import type { Ask, ProgressOf, RequestName, Result, UnitStatus } from "../../src/control/request.ts";
import { program } from "./program.ts";
import { type Ran, type RealEngine, realEngine, run } from "./real-engine.ts";
import { tellers } from "./tellers.ts";
import { until } from "./until.ts";

/** A host in a folder: unit files, env files, TAG files, and the daemon, driven as an operator drives it. */
export type Host = {
  readonly engine: RealEngine;
  readonly folder: string;
  /** `units/web.yml`, `default/web`, `www/web/TAG`; `PREFIX` stands for the run's prefix. */
  write(path: string, content: string): Promise<void>;
  /** A unit of the image made here, which ends at once when it is told to; `change` are keys of the unit file. */
  unit(name: string, change?: object): Promise<void>;
  /** The full name of `web`: `PREFIX-web`. */
  name(short: string): string;
  /** Starts the daemon and resolves once it answers. */
  startDaemon(): Promise<void>;
  /** Ends it by the signal and resolves once it has ended. */
  endDaemon(signal: NodeJS.Signals): Promise<void>;
  svc(...args: string[]): Promise<Ran>;
  runner(args: readonly string[], input?: string): Promise<Ran>;
  /** The environment by which programs find this host; what a test changes in it goes for what it starts then. */
  readonly env: NodeJS.ProcessEnv;
  readonly pid: number;
  /** A request on the socket, with no program in between: for looking often. */
  ask<N extends RequestName>(name: N, ask: Ask<N>, onProgress?: (progress: ProgressOf<N>) => void): Promise<Result<N>>;
  status(unit: string): Promise<UnitStatus>;
  /** Resolves when the unit's status is as stated. */
  reaches(unit: string, wanted: Partial<UnitStatus>, within?: number): Promise<UnitStatus>;
  /** `docker inspect`, empty when there is no such container. */
  inspect(unit: string, format: string): Promise<string>;
  daemonOutput(): string;
  cleanup(): Promise<void>;
};

const idle = ["sh", "-c", "trap 'exit 0' TERM; sleep 3600 & wait"];

export async function makeHost(): Promise<Host> {
  const engine = await realEngine();
  const folder = await mkdtemp(join(tmpdir(), `${engine.prefix}-`));
  for (const name of ["units", "default", "www", "state", "log"]) await mkdir(join(folder, name));
  const env = {
    ...process.env,
    SVC_SOCKET: join(folder, "socket"),
    SVC_UNITS: join(folder, "units"),
    SVC_DEFAULT_DIR: join(folder, "default"),
    SVC_WWW_DIR: join(folder, "www"),
  };
  let daemon: ChildProcess | null = null;
  let output = "";
  const tell = (): string => output.split("\n").slice(-300).join("\n");
  tellers.add(tell);
  const full = (text: string): string => text.replaceAll("PREFIX", engine.prefix);
  const host: Host = {
    engine,
    folder,
    env,
    name: (short) => `${engine.prefix}-${short}`,
    async unit(name, change = {}) {
      const keys = {
        image: engine.image,
        stop_grace_period: "2s",
        ready: { after: "100ms" },
        command: idle,
        ...change,
      };
      await host.write(`units/PREFIX-${name}.yml`, JSON.stringify(keys));
    },
    get pid() {
      return daemon?.pid ?? 0;
    },
    ask: (name, ask, onProgress) => request(env.SVC_SOCKET, name, ask, onProgress),
    async reaches(unit, wanted, within = 90_000) {
      let seen: UnitStatus | null = null;
      const as = (status: UnitStatus): boolean =>
        Object.entries(wanted).every(([key, value]) => isDeepStrictEqual(status[key as keyof UnitStatus], value));
      return until(
        async () => {
          seen = (await host.ask("list", {})).find((one) => one.name === full(unit)) ?? null;
          return seen && as(seen) ? seen : null;
        },
        { within, seen: () => [wanted, seen] },
      );
    },
    async inspect(unit, format) {
      return (await engine.docker("inspect", "-f", format, full(unit))).stdout.trim();
    },
    async write(path, content) {
      const file = join(folder, full(path));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, full(content).replaceAll("IMG", engine.image));
    },
    async startDaemon() {
      const args = ["daemon", "--state-dir", join(folder, "state"), "--log-dir", join(folder, "log")];
      const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
      daemon = child;
      const answers = new Promise<void>((resolve, reject) => {
        const look = (chunk: Buffer): void => {
          output += chunk.toString();
          if (output.includes("supervises")) resolve();
        };
        child.stdout?.on("data", look);
        child.stderr?.on("data", look);
        child.once("exit", () => reject(new Error(`the daemon ended: ${output}`)));
      });
      await answers;
    },
    async endDaemon(signal) {
      const child = daemon;
      daemon = null;
      if (!child || child.exitCode !== null) return;
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
      output = "";
    },
    svc: (...args) => run(program, args.map(full), { env }),
    runner: (args, input = "") => run(program, ["run", ...args.map(full)], { env, input }),
    async status(unit) {
      const { stdout, stderr } = await host.svc("status", unit, "--json");
      const [found] = stdout === "" ? [] : (JSON.parse(stdout) as UnitStatus[]);
      if (!found) throw new Error(`no status of ${unit}: ${stderr}`);
      return found;
    },
    daemonOutput: () => output,
    async cleanup() {
      tellers.delete(tell);
      await host.endDaemon("SIGKILL");
      await endFront(join(folder, "state/front.sock"));
      await engine.cleanup();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return host;
}

/** What listens for units outlives a daemon that is killed. */
async function endFront(socket: string): Promise<void> {
  const asker = connect(socket);
  asker.on("error", () => undefined);
  asker.end('{"ask":"end"}\n').resume();
  await new Promise((resolve) => asker.once("close", resolve));
}
