import type { Attachment } from "../engine/engine.ts";

/** This process's stdin to the task's, at the task's pace, and its end too; returns what stops that. */
export function passInput(attachment: Attachment): () => void {
  const { stdin } = process;
  const pass = (chunk: Buffer): void => {
    if (!attachment.write(chunk)) stdin.pause();
  };
  const end = (): void => attachment.endInput();
  attachment.onDrain(() => stdin.resume());
  stdin.on("data", pass);
  stdin.on("end", end);
  stdin.on("error", end);
  return () => {
    stdin.off("data", pass);
    stdin.off("end", end);
    stdin.pause();
    stdin.unref?.();
  };
}
