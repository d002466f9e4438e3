import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { rm, stat, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import type { Clock } from "../../clock/clock.ts";
import { ownScript } from "../../control/own-program.ts";
import type { Address } from "../../front/address.ts";
import type { FrontAnswers, FrontAsk } from "../../front/front-socket.ts";
import type { FrontSpec } from "../../front/fronts.ts";
import { SvcError } from "../../svc-error.ts";

/** What it is asked it does at once, as far as it depends on it alone. */
const answerWithinMs = 5_000;

/** The process that has the fronts, which outlives this one. Nothing is started before there is a front to be had. */
export type FrontLink = {
  /** From now on these; why one could not be, by name. The process is started if need be. */
  set(specs: readonly FrontSpec[]): Promise<FrontAnswers["set"]>;
  /** As the process that runs has it; empty: none runs. */
  status(): Promise<FrontAnswers["status"]>;
  /** Resolves when no connection to it is left; those that are there after `ms` are reset. */
  drained(name: string, target: Address, ms: number): Promise<void>;
  /** Calls back when the process has ended by itself: who set the fronts sets them again. */
  onLost(listener: () => void): void;
};

export function frontLink(options: {
  readonly socket: string;
  readonly logFolder: string;
  /** A file that is there as long as there may be a front: without it nobody is asked whether there is one. */
  readonly marker: string;
  readonly clock: Clock;
}): FrontLink {
  const { socket, clock } = options;
  let lost: () => void = () => undefined;
  let watching: Socket | null = null;
  return {
    async set(specs) {
      if (specs.length === 0) {
        if (await mayAnswer()) await end();
        return {};
      }
      await writeFile(options.marker, "");
      if (!watching) await watch();
      return ask({ ask: "set", fronts: specs });
    },
    status: async () => ((await mayAnswer()) ? ask({ ask: "status" }) : {}),
    drained: async (name, target, ms) => void (await ask({ ask: "drained", name, target, ms }, ms)),
    onLost(listener) {
      lost = listener;
    },
  };

  /** `takesMs`: what it may take to do it. */
  async function ask<A extends FrontAsk>(what: A, takesMs = 0): Promise<FrontAnswers[A["ask"]]> {
    const asker = await dial();
    return (await answerOf(asker, what, { clock, withinMs: answerWithinMs + takesMs })) as FrontAnswers[A["ask"]];
  }

  async function mayAnswer(): Promise<boolean> {
    if (watching) return true;
    if (!(await stat(options.marker).catch(() => null))) return false;
    const asker = await tryDial();
    asker?.destroy();
    return asker !== null;
  }

  /** A connection for as long as both live: its end tells that the fronts are gone. */
  async function watch(): Promise<void> {
    const asker = await dial();
    await answerOf(asker, { ask: "watch" }, { clock, withinMs: answerWithinMs });
    watching = asker;
    asker.once("close", () => {
      if (watching !== asker) return;
      watching = null;
      lost();
    });
  }

  async function end(): Promise<void> {
    const watched = watching;
    watching = null;
    try {
      await ask({ ask: "end" });
    } finally {
      watched?.destroy();
    }
    await rm(options.marker, { force: true });
  }

  async function dial(): Promise<Socket> {
    return (await tryDial()) ?? (await startAndDial());
  }

  async function startAndDial(): Promise<Socket> {
    await startProcess(socket, options.logFolder);
    const asker = await tryDial();
    if (asker) return asker;
    throw new SvcError("cannot-listen", `the process that listens for units does not answer on ${socket}`, {
      hint: `${join(options.logFolder, "front.log")} may tell why`,
    });
  }

  /** null: nobody answers. */
  function tryDial(): Promise<Socket | null> {
    return new Promise((resolve) => {
      const asker = connect(socket);
      asker.once("connect", () => {
        asker.removeAllListeners("error");
        asker.on("error", () => asker.destroy());
        resolve(asker);
      });
      asker.once("error", () => resolve(null));
    });
  }
}

/** Where no systemd does it: a process of its own session, whose end of a pipe tells that it answers, or that it ended. */
async function startProcess(socket: string, logFolder: string): Promise<void> {
  const log = openSync(join(logFolder, "front.log"), "a", 0o640);
  try {
    const child = spawn(process.execPath, [...ownScript(), "front", socket], {
      argv0: "svc",
      detached: true,
      stdio: ["ignore", log, log, "pipe"],
      env: { ...withoutOurs(process.env), SVC_READY_FD: "3" },
    });
    child.unref();
    // That it cannot be started is found when nobody answers.
    child.on("error", () => undefined);
    const ready = child.stdio[3];
    ready?.on("error", () => undefined);
    (ready as Socket | null)?.resume();
    if (ready) await once(ready, "close");
  } finally {
    closeSync(log);
  }
}

/** What systemd gave this process is not for another. */
function withoutOurs({
  NOTIFY_SOCKET,
  WATCHDOG_USEC,
  WATCHDOG_PID,
  LISTEN_FDS,
  LISTEN_PID,
  ...rest
}: NodeJS.ProcessEnv) {
  return rest;
}

async function answerOf(
  asker: Socket,
  what: FrontAsk,
  { clock, withinMs }: { readonly clock: Clock; readonly withinMs: number },
): Promise<unknown> {
  asker.write(`${JSON.stringify(what)}\n`);
  let text = "";
  asker.setEncoding("utf8");
  const line = await new Promise<string>((resolve, reject) => {
    // One that is stopped accepts on and says nothing.
    const cancel = clock.after(withinMs, () => {
      reject(new SvcError("daemon-away", `the process that listens for units did not answer in ${withinMs / 1_000} s`));
      asker.destroy();
    });
    asker.on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end < 0) return;
      cancel();
      resolve(text.slice(0, end));
    });
    asker.once("close", cancel);
    asker.once("close", () => reject(new SvcError("daemon-away", "the process that listens for units has ended")));
  });
  if (what.ask !== "watch") asker.destroy();
  const { answer, error } = JSON.parse(line) as { readonly answer?: unknown; readonly error?: string };
  if (error !== undefined) throw new SvcError("bad-request", error);
  return answer;
}
