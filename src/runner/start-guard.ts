import { spawn } from "node:child_process";
import { isSea } from "node:sea";

/** What the guard is told of; the last line counts when the pipe ends. */
export type Guard = {
  /** null: it could not be started, and the task runs without. */
  readonly pid: number | null;
  /** From now on there may be a container. */
  creating(): void;
  made(id: string): void;
  /** Nothing is left to do: the guard ends. */
  release(): void;
};

// The shell waits, which costs next to nothing; it becomes this program only when there is something to end.
const wait = `trap '' HUP INT QUIT TERM
while read -r line; do last=$line; done
case $last in creating | made*) exec "$@" $last ;; esac`;

/** A process of its own that ends the task's container when this one is killed; it notices by the pipe between them. */
export function startGuard(run: string, graceMs: number): Guard {
  // The one executable takes node's own options from within; as arguments they would be the program's.
  const program = isSea() ? [process.execPath] : [process.execPath, ...process.execArgv, process.argv[1] ?? ""];
  const child = spawn("/bin/sh", ["-c", wait, "guard", ...program, "__guard", run, String(graceMs)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.on("error", () => undefined);
  child.stdin.on("error", () => undefined);
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return {
    pid: child.pid ?? null,
    creating: () => void child.stdin.write("creating\n"),
    made: (id) => void child.stdin.write(`made ${id}\n`),
    release: () => void child.stdin.end("released\n"),
  };
}
