import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What an engine says that it did, when it says it did it: ms since 1970, by its own clock. */
export type EngineEvents = {
  /** Resolves with the time of the next such event. */
  next(action: string, name: string): Promise<number>;
  /** Resolves once each of the names had one, with the time of the last. */
  last(action: string, names: readonly string[]): Promise<number>;
  close(): void;
};

type Listener = (at: number, action: string, name: string) => void;

const format = "{{.TimeNano}} {{.Action}} {{.Actor.Attributes.name}}";
/** Those that the bench looks for; others may have line feeds in them. */
const filters = ["type=container", ...["start", "die", "destroy"].map((action) => `event=${action}`)];
const withinMs = 180_000;

/** `around` is what the docker command is to be run by: for an engine that is elsewhere. */
export async function engineEvents(around: readonly string[] = []): Promise<EngineEvents> {
  const filtered = filters.flatMap((filter) => ["--filter", filter]);
  const [program = "", ...args] = [...around, "docker", "events", ...filtered, "--format", format];
  const child: ChildProcess = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const listeners = new Set<Listener>();
  if (!child.stdout) throw new Error("docker events has no output");
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [nanoseconds = "0", action = "", name = ""] = line.split(" ");
    for (const listener of [...listeners]) listener(Number(BigInt(nanoseconds) / 1000n) / 1000, action, name);
  });
  // The command does not say when it is subscribed.
  await new Promise((resolve) => setTimeout(resolve, 500));
  return {
    next: (action, name) => last(action, [name]),
    last,
    close: () => void child.kill(),
  };

  function last(action: string, names: readonly string[]): Promise<number> {
    const missing = new Set(names);
    let latest = 0;
    return new Promise((resolve, reject) => {
      const over = setTimeout(() => {
        listeners.delete(look);
        reject(new Error(`no ${action} of ${[...missing].join(", ")} within ${withinMs / 1000} s`));
      }, withinMs);
      const look: Listener = (at, what, who) => {
        if (what !== action || !missing.delete(who)) return;
        latest = Math.max(latest, at);
        if (missing.size > 0) return;
        clearTimeout(over);
        listeners.delete(look);
        resolve(latest);
      };
      listeners.add(look);
    });
  }
}

/** Now, by the clock that the engine's events go by. */
export function instant(): number {
  return performance.timeOrigin + performance.now();
}
