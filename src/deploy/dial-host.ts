import { spawn } from "node:child_process";
import { Duplex } from "node:stream";
import type { Dial } from "../control/client.ts";
import { ownScript } from "../control/own-program.ts";
import { SvcError } from "../svc-error.ts";

type Environment = { readonly [name: string]: string | undefined };

/**
 * `ssh -T HOST svc dial-stdio`: the daemon of another host through the ssh that the operator has, with his keys and his config; no
 * port, no agent. SVC_SSH names another program that takes the same arguments, but for those by which ssh notices that a host is gone.
 */
export function dialHost(host: string, environment: Environment): Dial {
  return () => {
    const [program, args] = ssh(environment, host, "svc", "dial-stdio");
    const child = spawn(program, args, {
      stdio: ["pipe", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-500);
    });
    // An ssh that has ended takes no more input; why it ended is told when all that it had to say is here.
    child.stdin.on("error", () => undefined);
    const stream = new Duplex({
      read: () => void child.stdout.resume(),
      write: (chunk, _, done) => void child.stdin.write(chunk, () => done()),
      final: (done) => void child.stdin.end(() => done()),
      destroy(error, done) {
        child.kill();
        done(error);
      },
    });
    child.stdout.on("data", (chunk: Buffer) => {
      if (!stream.push(chunk)) child.stdout.pause();
    });
    const fail = (why: string): void => {
      const words = said.trim().split("\n").at(-1) || why;
      const hint = `try: ssh -T ${host} svc version`;
      stream.destroy(new SvcError("daemon-away", `${host} cannot be reached: ${words}`, { hint }));
    };
    child.on("error", (error) => fail(error.message));
    child.on("close", (code, signal) => {
      if (code === 0) stream.push(null);
      else fail(`ssh ended with ${code ?? signal}`);
    });
    return stream;
  };
}

/** Runs a command on a host, or here; its output goes where ours goes. Resolves with its exit code. */
export function runOn(
  host: string | null,
  words: readonly string[],
  { environment, signal }: { readonly environment: Environment; readonly signal: AbortSignal },
): Promise<number> {
  const [program, args] =
    host === null
      ? [process.execPath, [...ownScript(), ...words.slice(1)]]
      : ssh(environment, host, words.map(quoted).join(" "));
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ["ignore", "inherit", "inherit"],
      env: environment as NodeJS.ProcessEnv,
    });
    const end = (): void => void child.kill("SIGTERM");
    signal.addEventListener("abort", end);
    child.on("error", () => resolve(127));
    child.on("exit", (code) => {
      signal.removeEventListener("abort", end);
      resolve(code ?? 255);
    });
  });
}

/** A host that has lost its power closes no connection: ssh asks it, and gives it up after a quarter of a minute. */
const whileAlive = ["ConnectTimeout=10", "ServerAliveInterval=5", "ServerAliveCountMax=3"].flatMap((option) => [
  "-o",
  option,
]);

function ssh(
  { SVC_SSH }: Environment,
  host: string,
  ...words: readonly string[]
): readonly [string, readonly string[]] {
  return SVC_SSH ? [SVC_SSH, ["-T", host, ...words]] : ["ssh", ["-T", ...whileAlive, host, ...words]];
}

/** What ssh joins with blanks a shell takes apart again. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
