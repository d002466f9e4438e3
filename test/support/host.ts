import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { UnitStatus } from "../../src/control/request.ts";
import { type Ran, type RealEngine, realEngine, run } from "./real-engine.ts";

const main = join(import.meta.dirname, "../../src/main.ts");

/** A host in a folder: unit files, env files, TAG files, and the daemon, driven as an operator drives it. */
export type Host = {
  readonly engine: RealEngine;
  readonly folder: string;
  /** `units/web.yml`, `default/web`, `www/web/TAG`; `PREFIX` stands for the run's prefix. */
  write(path: string, content: string): Promise<void>;
  /** Starts the daemon and resolves once it answers. */
  startDaemon(): Promise<void>;
  /** Ends it by the signal and resolves once it has ended. */
  endDaemon(signal: NodeJS.Signals): Promise<void>;
  svc(...args: string[]): Promise<Ran>;
  runner(args: readonly string[], input?: string): Promise<Ran>;
  /** The environment by which programs find this host. */
  readonly env: NodeJS.ProcessEnv;
  status(unit: string): Promise<UnitStatus>;
  daemonOutput(): string;
  cleanup(): Promise<void>;
};

export const mainScript = main;

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
  const host: Host = {
    engine,
    folder,
    env,
    async write(path, content) {
      const file = join(folder, path.replaceAll("PREFIX", engine.prefix));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content.replaceAll("PREFIX", engine.prefix).replaceAll("IMG", engine.image));
    },
    async startDaemon() {
      const args = [main, "daemon", "--state-dir", join(folder, "state"), "--log-dir", join(folder, "log")];
      const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
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
    svc: (...args) =>
      run(process.execPath, [main, ...args.map((word) => word.replaceAll("PREFIX", engine.prefix))], { env }),
    runner: (args, input = "") =>
      run(process.execPath, [main, "run", ...args.map((word) => word.replaceAll("PREFIX", engine.prefix))], {
        env,
        input,
      }),
    async status(unit) {
      const { stdout, stderr } = await host.svc("status", unit, "--json");
      const [found] = stdout === "" ? [] : (JSON.parse(stdout) as UnitStatus[]);
      if (!found) throw new Error(`no status of ${unit}: ${stderr}`);
      return found;
    },
    daemonOutput: () => output,
    async cleanup() {
      await host.endDaemon("SIGKILL");
      await engine.cleanup();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return host;
}
