import { isDeepStrictEqual } from "node:util";
import { messageOf } from "../svc-error.ts";
import { type Saved, serialise, writeSaved } from "./saved-state.ts";

/** Resolves when all that was so at the call is on disk, with null, or with the reason why it is not. */
export type Save = () => Promise<string | null>;

/**
 * Writes one at a time; what changes during a write goes into the next. A disk that is full stops nothing: what is wished is
 * done, the one who wished it is told that it will not be remembered, and every later change tries again.
 */
export function savingTo(
  folder: string,
  current: (before: Saved | null) => Saved,
  onFailure: (message: string) => void,
): Save {
  /** What is on the disk, as it was and as it is written; null: nothing of this svc. */
  let onDisk: { readonly saved: Saved; readonly text: string } | null = null;
  let told: string | null = null;
  let writing: ReturnType<Save> | null = null;
  let next: ReturnType<Save> | null = null;
  return save;

  function save(): ReturnType<Save> {
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

  async function write(): ReturnType<Save> {
    const saved = current(onDisk?.saved ?? null);
    if (onDisk && isSame(saved, onDisk.saved)) return null;
    const text = serialise(saved);
    try {
      if (text !== onDisk?.text) await writeSaved(folder, text);
      onDisk = { saved, text };
      told = null;
    } catch (error) {
      const problem = `the state cannot be saved: ${messageOf(error)}`;
      if (problem !== told) onFailure(problem);
      told = problem;
    }
    return told;
  }
}

/** As far as can be told without writing it down. */
function isSame(one: Saved, other: Saved): boolean {
  return one.boot === other.boot && one.units === other.units && isDeepStrictEqual(one.enabled, other.enabled);
}
