import { messageOf } from "../svc-error.ts";
import { type Saved, serialise, writeSaved } from "./saved-state.ts";

/** Writes one at a time; what changes during a write goes into the next. Resolves when all that was so at the call is on disk. */
export function savingTo(
  folder: string,
  current: () => Saved,
  onFailure: (message: string) => void,
): () => Promise<void> {
  let onDisk = "";
  let writing: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  return save;

  function save(): Promise<void> {
    if (!writing) {
      writing = write().finally(() => {
        writing = null;
      });
      return writing;
    }
    next ??= writing.then(() => {
      next = null;
      return save();
    });
    return next;
  }

  async function write(): Promise<void> {
    const saved = current();
    const text = serialise(saved);
    if (text === onDisk) return;
    try {
      await writeSaved(folder, saved);
      onDisk = text;
    } catch (error) {
      onFailure(`the state cannot be saved: ${messageOf(error)}`);
    }
  }
}
