import type { Attachment } from "../engine/engine.ts";
import { lostOutput, type SvcError } from "../svc-error.ts";

export type Output = {
  take(stream: "out" | "err", chunk: Buffer): void;
  /** From now on a reader that does not keep up holds the task no longer: it is to end. */
  letGo(): void;
  /** Resolves once all is written, or cannot be. */
  written(): Promise<void>;
  /** What could not be written, for another reason than that the reader has gone: a disk that is full. */
  lost(): SvcError | null;
};

/**
 * The task's output to this process's stdout and stderr. A reader that does not keep up holds the task, as in a pipe, and not
 * this process's memory. `onUnread`: the reader of stdout has gone, or what is written is lost.
 */
export function writeOutput(attachment: () => Attachment | null, onUnread: () => void): Output {
  const targets = { out: process.stdout, err: process.stderr };
  const full = new Set<NodeJS.WriteStream>();
  const gone = new Set<NodeJS.WriteStream>();
  let holds = true;
  let lost: SvcError | null = null;
  process.stdout.on("error", (error) => {
    lost ??= lostOutput(error, "stdout");
    goneAway(process.stdout);
    onUnread();
  });
  process.stderr.on("error", (error) => {
    lost ??= lostOutput(error, "stderr");
    goneAway(process.stderr);
    if (lost) onUnread();
  });
  return {
    take(stream, chunk) {
      const target = targets[stream];
      if (gone.has(target) || target.write(chunk) || full.has(target)) return;
      full.add(target);
      if (holds) attachment()?.pause();
      target.once("drain", () => emptied(target));
    },
    letGo() {
      holds = false;
      attachment()?.resume();
    },
    async written() {
      await Promise.all([process.stdout, process.stderr].filter((target) => !gone.has(target)).map(flushed));
    },
    lost: () => lost,
  };

  function emptied(target: NodeJS.WriteStream): void {
    full.delete(target);
    if (full.size === 0) attachment()?.resume();
  }

  function goneAway(target: NodeJS.WriteStream): void {
    gone.add(target);
    emptied(target);
  }
}

function flushed(target: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    target.write("", () => resolve());
  });
}
