import { spawn } from "node:child_process";
import { StringDecoder } from "node:string_decoder";
import type { Clock } from "../clock/clock.ts";
import { messageOf } from "../svc-error.ts";

/** Between the SIGTERM at the end of the time and SIGKILL. */
const graceMs = 2_000;
/** After its end its output is at its end too, unless another process has it. */
const drainMs = 500;
const longestLine = 4_096;

export type HostCommand = {
  /** One word: for the shell. */
  readonly command: readonly string[];
  readonly environment: readonly string[];
  readonly workingDir?: string | null;
  readonly input?: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly onLine: (line: string) => void;
  /** It is ended when this is. */
  readonly signal?: AbortSignal;
};

/** Of svc's own variables a command gets these alone. */
const passedOn = ["PATH", "HOME", "LANG", "TZ"];

/** Runs a command on the host as svc's own user, to its end or that of its time; null: it went well, else what went wrong. */
export async function runOnHost(what: HostCommand): Promise<string | null> {
  try {
    return await runToEnd(what);
  } catch (error) {
    return cannotBeRun(error);
  }
}

function runToEnd(what: HostCommand): Promise<string | null> {
  const [program = "", ...args] = what.command.length === 1 ? ["/bin/sh", "-c", ...what.command] : what.command;
  return new Promise((resolve) => {
    // A group of its own: what it has started goes with it when its time is over.
    const child = spawn(program, args, {
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
      env: variables([...passedOn, ...what.environment]),
      ...(what.workingDir ? { cwd: what.workingDir } : {}),
    });
    let late = false;
    let interrupted = false;
    let last = "";
    const end = (signal: NodeJS.Signals): void => {
      try {
        if (child.pid) process.kill(-child.pid, signal);
      } catch {
        // It is gone.
      }
    };
    const interrupt = (): void => {
      interrupted = true;
      end("SIGTERM");
      cancels.push(what.clock.after(graceMs, () => end("SIGKILL")));
    };
    what.signal?.addEventListener("abort", interrupt);
    const cancels = [
      () => what.signal?.removeEventListener("abort", interrupt),
      what.clock.after(what.timeoutMs, () => {
        late = true;
        end("SIGTERM");
      }),
      what.clock.after(what.timeoutMs + graceMs, () => end("SIGKILL")),
    ];
    const streams = [child.stdout, child.stderr].map((stream) => {
      const cut = lines((line) => {
        last = line;
        what.onLine(line);
      });
      stream.on("data", cut.take);
      return cut;
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(what.input ?? "");
    const done = (wrong: string | null): void => {
      for (const cancel of cancels) cancel();
      resolve(wrong);
    };
    child.on("error", (error) => done(cannotBeRun(error)));
    child.on("exit", (code, signal) => {
      // What it has written is read first; but a daemon that it has left behind may hold its output open for ever.
      const read = new Promise<void>((closed) => child.on("close", () => closed()));
      const enough = new Promise<void>((over) => cancels.push(what.clock.after(drainMs, over)));
      void Promise.race([read, enough]).then(() => {
        for (const cut of streams) cut.end();
        if (late) return done(`it took longer than ${what.timeoutMs / 1000} s`);
        if (interrupted) return done("it was interrupted");
        if (code === 0) return done(null);
        const how = code === null ? `it was ended by ${signal}` : `exit ${code}`;
        done(last === "" ? how : `${how}: ${last}`);
      });
    });
  });
}

function cannotBeRun(error: unknown): string {
  return `it cannot be run: ${messageOf(error)}`;
}

/** Cuts a stream into lines; `end`: the last one needs no end of its own. */
export function lines(onLine: (line: string) => void): { take(chunk: Buffer): void; end(): void } {
  const decoder = new StringDecoder();
  let rest = "";
  return {
    take(chunk) {
      const parts = (rest + decoder.write(chunk)).split("\n");
      rest = (parts.pop() ?? "").slice(-longestLine);
      for (const part of parts) onLine(part.slice(0, longestLine));
    },
    end() {
      rest += decoder.end();
      if (rest !== "") onLine(rest);
      rest = "";
    },
  };
}

function variables(pairs: readonly string[]): { readonly [name: string]: string } {
  return Object.fromEntries(
    pairs.flatMap((pair) => {
      const at = pair.indexOf("=");
      if (at > 0) return [[pair.slice(0, at), pair.slice(at + 1)]];
      const own = process.env[pair];
      return own === undefined ? [] : [[pair, own]];
    }),
  );
}
