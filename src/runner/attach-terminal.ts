import type { Attachment, Engine } from "../engine/engine.ts";
import { endContainer } from "./end-container.ts";

const passedOn = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;
const ending: ReadonlySet<string> = new Set(["SIGINT", "SIGTERM", "SIGHUP"]);

/**
 * Attaches this process's stdin, stdout and stderr to the container, starts it, and returns its exit code once all output is
 * written. Signals are passed on; after one that asks for the end the grace runs, and a second one kills.
 */
export async function attachTerminal(task: {
  readonly engine: Engine;
  readonly id: string;
  readonly tty: boolean;
  readonly graceMs: number;
}): Promise<number> {
  const { engine, id, tty, graceMs } = task;
  const { promise: drained, resolve: drain } = Promise.withResolvers<void>();
  const attachment = await engine.attach(id, {
    tty,
    stdin: true,
    onOutput: (stream, chunk) => void (stream === "err" ? process.stderr : process.stdout).write(chunk),
    onEnd: drain,
  });
  const removed = engine.wait(id, "removed");
  removed.catch(() => undefined);
  const stopSignals = passSignals(task);
  // Nobody reads what it writes any more: it has no more purpose than a command in a pipe whose reader has gone.
  process.stdout.on("error", () => void endContainer(engine, id, graceMs).catch(() => undefined));
  process.stderr.on("error", () => undefined);
  try {
    await engine.start(id);
    const stopInput = passInput(attachment, tty, engine, id);
    try {
      const code = await removed;
      await drained;
      await written(process.stdout);
      await written(process.stderr);
      return code;
    } finally {
      stopInput();
    }
  } finally {
    stopSignals();
    attachment.close();
  }
}

function passSignals({
  engine,
  id,
  graceMs,
}: {
  readonly engine: Engine;
  readonly id: string;
  readonly graceMs: number;
}): () => void {
  let asked = false;
  let timer: NodeJS.Timeout | undefined;
  const pass = (signal: NodeJS.Signals): void => {
    const kill = ending.has(signal) && asked;
    // A failure means that the container is gone, and its exit is on its way.
    engine.signal(id, kill ? "SIGKILL" : signal).catch(() => undefined);
    if (!ending.has(signal) || asked) return;
    asked = true;
    timer = setTimeout(() => void engine.signal(id, "SIGKILL").catch(() => undefined), graceMs);
  };
  for (const signal of passedOn) process.on(signal, pass);
  return () => {
    clearTimeout(timer);
    for (const signal of passedOn) process.off(signal, pass);
  };
}

function passInput(attachment: Attachment, tty: boolean, engine: Engine, id: string): () => void {
  const { stdin, stdout } = process;
  const resize = (): void => void engine.resize(id, stdout.columns, stdout.rows).catch(() => undefined);
  const restore = (): void => void (tty && stdin.setRawMode(false));
  if (tty) {
    stdin.setRawMode(true);
    process.on("exit", restore);
    resize();
    stdout.on("resize", resize);
  }
  stdin.on("data", (chunk: Buffer) => {
    if (attachment.write(chunk)) return;
    stdin.pause();
  });
  attachment.onDrain(() => stdin.resume());
  stdin.on("end", () => attachment.endInput());
  stdin.on("error", () => attachment.endInput());
  return () => {
    restore();
    process.off("exit", restore);
    stdout.off("resize", resize);
    stdin.removeAllListeners("data");
    stdin.pause();
    stdin.unref?.();
  };
}

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}
