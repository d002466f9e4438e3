const passedOn = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH"] as const;
const ending: ReadonlySet<NodeJS.Signals> = new Set(["SIGINT", "SIGTERM", "SIGHUP"]);

export type SignalPassing = {
  /** As if this process had got it. */
  pass(signal: NodeJS.Signals): void;
  /** The signal that asked for the end before there was a task that could be asked. */
  early(): NodeJS.Signals | null;
  /** The task runs: signals reach it from now on, an early one first. */
  started(): void;
  stop(): void;
};

/**
 * Passes the signals that this process gets on to the task. After the first that asks for the end the grace runs, then it is
 * killed; the second kills it at once; at the third it is left to the guard.
 */
export function passSignals(task: {
  readonly graceMs: number;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly kill: () => void;
  readonly leave: (signal: NodeJS.Signals) => void;
}): SignalPassing {
  let isRunning = false;
  let early: NodeJS.Signals | null = null;
  let asked = 0;
  let timer: NodeJS.Timeout | undefined;
  const askToEnd = (signal: NodeJS.Signals): void => {
    asked++;
    if (asked > 2) task.leave(signal);
    else if (!isRunning) early ??= signal;
    else if (asked > 1) task.kill();
    else {
      task.signal(signal);
      timer = setTimeout(task.kill, task.graceMs);
    }
  };
  const pass = (signal: NodeJS.Signals): void => {
    if (ending.has(signal)) askToEnd(signal);
    else if (isRunning) task.signal(signal);
  };
  for (const signal of passedOn) process.on(signal, pass);
  return {
    pass,
    early: () => early,
    started() {
      isRunning = true;
      if (early === null) return;
      asked = 0;
      pass(early);
    },
    stop() {
      clearTimeout(timer);
      for (const signal of passedOn) process.off(signal, pass);
    },
  };
}
