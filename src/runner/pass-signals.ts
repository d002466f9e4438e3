const passedOn = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH"] as const;
const ending: ReadonlySet<NodeJS.Signals> = new Set(["SIGINT", "SIGTERM", "SIGHUP"]);

export type SignalPassing = {
  /** As if this process had got it. */
  pass(signal: NodeJS.Signals): void;
  /** The start is asked for now: signals wait until it is answered. Returns the one that asked for the end before. */
  starting(): NodeJS.Signals | null;
  /** The task runs: signals reach it from now on, those that waited first. */
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
  let waiting: NodeJS.Signals[] = [];
  let asked = 0;
  let timer: NodeJS.Timeout | undefined;
  const askToEnd = (signal: NodeJS.Signals): void => {
    asked++;
    if (asked > 2) task.leave(signal);
    else if (asked > 1) task.kill();
    else {
      task.signal(signal);
      timer = setTimeout(task.kill, task.graceMs);
    }
  };
  const pass = (signal: NodeJS.Signals): void => {
    if (!isRunning) {
      waiting.push(signal);
      if (waiting.filter((one) => ending.has(one)).length > 2) task.leave(signal);
    } else if (ending.has(signal)) askToEnd(signal);
    else task.signal(signal);
  };
  for (const signal of passedOn) process.on(signal, pass);
  return {
    pass,
    starting() {
      const early = waiting.find((signal) => ending.has(signal)) ?? null;
      // The others are for a task that runs, as docker run has it.
      waiting = [];
      return early;
    },
    started() {
      isRunning = true;
      for (const signal of waiting) pass(signal);
    },
    stop() {
      clearTimeout(timer);
      for (const signal of passedOn) process.off(signal, pass);
    },
  };
}
