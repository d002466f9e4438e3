import { constants } from "node:os";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import { type Attachment, type Engine, EngineError } from "../engine/engine.ts";
import type { TerminalSize } from "../unit/one-off.ts";
import { passInput } from "./pass-input.ts";
import { passSignals } from "./pass-signals.ts";
import { type RawTerminal, rawTerminal } from "./raw-terminal.ts";
import { writeOutput } from "./write-output.ts";

/** What a killed task has written and nobody reads is given up after this. */
const unreadMs = 1_000;

/** A signal before the start, or a third one: this process ends at once, and the guard ends the task. */
export class Left extends Error {
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super(`left at ${signal}`);
    // As a shell counts a process that a signal has ended.
    this.exitCode = 128 + constants.signals[signal];
  }
}

/**
 * Attaches this process's stdin, stdout, stderr and signals to the container that was created, starts it, and returns its exit
 * code once it is gone and all its output is written. Rejects with `Left`, or when the engine refuses, or no longer answers, or
 * when what it wrote is lost.
 */
export async function runAttached(task: {
  readonly engine: Engine;
  readonly id: string;
  readonly terminal: TerminalSize | null;
  readonly graceMs: number;
}): Promise<number> {
  const { engine, id, terminal, graceMs } = task;
  const { promise: drained, resolve: drain } = Promise.withResolvers<void>();
  const { promise: broken, reject: breakOff } = Promise.withResolvers<never>();
  broken.catch(() => undefined);
  const { promise: killed, resolve: noteKill } = Promise.withResolvers<void>();
  let attachment: Attachment | null = null;
  const send = (signal: string): void => {
    engine.signal(id, signal).catch((error: unknown) => {
      // A refusal means that the container is gone, and its exit is on its way.
      if (error instanceof EngineError && error.status === 0) breakOff(error);
    });
  };
  const kill = (): void => {
    noteKill();
    output.letGo();
    send("SIGKILL");
  };
  const signals = passSignals({ graceMs, signal: send, kill, leave: (signal) => breakOff(new Left(signal)) });
  // Nobody gets what it writes any more: it has no more purpose than a command in a pipe whose reader has gone.
  const output = writeOutput(
    () => attachment,
    () => signals.pass("SIGTERM"),
  );
  try {
    const streams = { tty: terminal !== null, stdin: true, onOutput: output.take, onEnd: drain };
    attachment = await Promise.race([engine.attach(id, streams), broken]);
    const { exit } = await Promise.race([engine.wait(id, "removed"), broken]);
    // A signal that came together with the engine's answer is seen in the second turn only.
    await nextTurn();
    await nextTurn();
    const early = signals.starting();
    if (early) throw new Left(early);

    const raw = terminal && rawTerminal((size) => void resize(engine, id, size));
    let stopInput = (): void => undefined;
    try {
      raw?.begin();
      await Promise.race([start(engine, id, raw), broken]);
      signals.started();
      stopInput = passInput(attachment);
      const code = await Promise.race([exit, broken]);
      const written = drained.then(() => output.written());
      await Promise.race([written, killed.then(() => delay(unreadMs)), broken]);
      const lost = output.lost();
      if (lost) throw lost;
      return code;
    } finally {
      stopInput();
      raw?.end();
    }
  } finally {
    signals.stop();
    attachment?.close();
  }
}

async function start(engine: Engine, id: string, terminal: RawTerminal | null): Promise<void> {
  const started = engine.start(id);
  // Sent while the start is under way, so that the size is there before the task asks for it: engines before 23 take none earlier.
  terminal?.tellSize();
  await started;
  terminal?.tellSize();
}

/** A container that is gone by now has no size. */
async function resize(engine: Engine, id: string, { columns, rows }: TerminalSize): Promise<void> {
  await engine.resize(id, columns, rows).catch(() => undefined);
}
